namespace RealtimeApi.Server.Resources;

/// <summary>One row as the one projection gives it: the same for reads, snapshots and the images in the change log.</summary>
/// <remarks>Immutable. <see cref="Values"/> are in the order of <see cref="ResourceDefinition.Columns"/>.</remarks>
internal sealed class Item(ResourceDefinition resource, FieldValue[] values)
{
    /// <summary>The object itself, and that of the array.</summary>
    private const long Overhead = 64;

    private ItemKey? key;

    public ResourceDefinition Resource { get; } = resource;

    public FieldValue[] Values { get; } = values;

    /// <summary>About how many bytes it takes in memory.</summary>
    public long Size
    {
        get
        {
            var size = Overhead;
            foreach (var value in Values)
                size += value.Size;
            return size;
        }
    }

    public ItemKey Key => key ??= ItemKey.Of(Resource, Values);
}
