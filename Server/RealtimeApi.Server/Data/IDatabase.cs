using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data;

/// <summary>Everything the product asks of a database. The only seam behind which SQL is known.</summary>
/// <remarks>Thread-safe. Every method may throw <see cref="DatabaseUnavailableException"/> when the database does not answer.</remarks>
internal interface IDatabase : IAsyncDisposable
{
    /// <summary>The tables and views with their columns, types and keys.</summary>
    ISchemaReader Schema { get; }

    /// <summary>Reads of items, snapshots included.</summary>
    IItemReader Items { get; }

    /// <summary>Writes of items.</summary>
    IItemWrites Writes { get; }

    /// <summary>The change log and the capture that fills it.</summary>
    IChangeLog Log { get; }

    /// <summary>Which node does what only one needs to do; null where no node keeps another from it.</summary>
    ILeases? Leases => null;

    /// <summary>Installing and removing what the product needs in the database; null where the running server sees to that by itself.</summary>
    IDatabaseMigrations? Migrations => null;

    /// <summary>The repair of what the capture cannot see; null where it sees everything.</summary>
    IReconciliation? Reconciliation => null;

    /// <summary>Asks at start whether the database can be served.</summary>
    /// <param name="willWrite">Whether the server will write to it: its change log, or items.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RealtimeApiStartException">It cannot; the message says why and what to do.</exception>
    Task CheckAsync(bool willWrite, CancellationToken cancellationToken) => Task.CompletedTask;
}
