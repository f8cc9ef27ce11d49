using System.Text.Json;
using System.Text.Json.Serialization;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Rest;

/// <summary>Writes the service document (PROTOCOL, Service document).</summary>
/// <remarks>Thread-safe: the newest one is kept, immutable and swapped whole.</remarks>
internal sealed partial class ServiceDocumentSource(CatalogSource catalogs)
{
    private volatile Written? newest;

    /// <param name="root">Where the resources stand, see <see cref="RestPaths.Root"/>.</param>
    public Written Get(string root)
    {
        var catalog = catalogs.Current;
        if (newest is { } kept && ReferenceEquals(kept.Catalog, catalog) && kept.Root == root)
            return kept;
        var document = new ServiceDocument
        {
            Resources = [.. catalog.Resources.Select(resource => new ResourceDescription
            {
                Name = resource.Name,
                Key = [.. resource.Key.Select(column => column.Name)],
                Watchable = resource.Watchable,
                Writable = resource.Writable,
                Href = RestPaths.Of(root, resource),
            })],
            Hub = RestPaths.Hub(root),
        };
        using var buffer = ReadBuffer.Rent();
        JsonSerializer.Serialize(buffer.Writer, document, Json.Default.ServiceDocument);
        buffer.Next();
        return newest = new(catalog, root, buffer.ComputeTag(weak: false), buffer.From(0).ToArray());
    }

    /// <param name="Catalog">What it describes.</param>
    /// <param name="Root">Where it says that the resources stand.</param>
    /// <param name="Tag">Its ETag.</param>
    /// <param name="Body">Its JSON.</param>
    internal sealed record Written(ResourceCatalog Catalog, string Root, string Tag, ReadOnlyMemory<byte> Body);

    [JsonSerializable(typeof(ServiceDocument))]
    private sealed partial class Json : JsonSerializerContext;
}
