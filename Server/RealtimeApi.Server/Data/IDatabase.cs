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

    /// <summary>The change log and the capture that fills it.</summary>
    IChangeLog Log { get; }
}
