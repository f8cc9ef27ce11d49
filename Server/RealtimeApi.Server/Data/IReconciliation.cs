using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data;

/// <summary>Repairs what the capture of a database cannot see, by writing the missing changes into the log.</summary>
/// <remarks>
/// Only databases have it where rows can change past their triggers (<see cref="IDatabase.Reconciliation"/>). May run beside the server and beside writers; it works
/// in short transactions. Every method may throw <see cref="DatabaseUnavailableException"/>.
/// </remarks>
internal interface IReconciliation
{
    /// <summary>Compares the table of one watchable resource with what the log says of it, and writes what the log lacks.</summary>
    /// <param name="resource">The resource; watchable, its capture installed.</param>
    /// <param name="progress">Told now and then how far it is.</param>
    /// <param name="cancellationToken">Ends it between two transactions; what was written stays, and is right.</param>
    /// <returns>The final count.</returns>
    Task<ReconciliationProgress> RunAsync(ResourceDefinition resource, IProgress<ReconciliationProgress> progress, CancellationToken cancellationToken);
}
