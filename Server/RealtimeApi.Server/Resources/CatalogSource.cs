namespace RealtimeApi.Server.Resources;

/// <summary>The catalog in force, made from what the database holds and what the configuration says of it.</summary>
/// <remarks>Thread-safe: <see cref="Current"/> is swapped whole; <see cref="RefreshAsync"/> is called by the feed's loop alone.</remarks>
internal sealed class CatalogSource
{
    /// <summary>The catalog in force; empty before the first refresh.</summary>
    public ResourceCatalog Current { get; private set; } = new([]);

    /// <summary>Discovers the schema anew and swaps the catalog. A definition that has not changed stays the same object.</summary>
    public Task<ResourceCatalog> RefreshAsync(CancellationToken cancellationToken) => throw new NotImplementedException();
}
