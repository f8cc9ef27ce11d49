using System.Buffers.Text;
using System.Security.Cryptography;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Documents;

/// <summary>Keeps the newest of a document that is made from the catalog.</summary>
/// <remarks>Thread-safe: what is kept is immutable and swapped whole. Two requests at once may both make it.</remarks>
/// <param name="catalogs">Tells when it is no longer the newest.</param>
/// <param name="write">Writes it for a server at an address.</param>
internal sealed class DocumentSource(CatalogSource catalogs, Func<ServerAddress, CancellationToken, Task<byte[]>> write)
{
    private const int TagBytes = 16;

    private volatile Written? newest;

    public async Task<Written> GetAsync(ServerAddress address, CancellationToken cancellationToken)
    {
        var catalog = catalogs.Current;
        if (newest is { } kept && ReferenceEquals(kept.Catalog, catalog) && kept.Address == address)
            return kept;
        var body = await write(address, cancellationToken);
        return newest = new(catalog, address, $"\"{Base64Url.EncodeToString(SHA256.HashData(body).AsSpan(0, TagBytes))}\"", body);
    }

    /// <param name="Catalog">What it describes.</param>
    /// <param name="Address">Where it says that the server is.</param>
    /// <param name="Tag">Its ETag.</param>
    /// <param name="Body">Its JSON.</param>
    internal sealed record Written(ResourceCatalog Catalog, ServerAddress Address, string Tag, ReadOnlyMemory<byte> Body);
}
