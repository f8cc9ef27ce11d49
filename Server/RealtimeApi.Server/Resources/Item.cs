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

    /// <summary>
    /// Takes another image's objects for the texts and bytes that are the same: two images of a row that differ in one field so take little more than one. For whoever
    /// has just made the item, before anyone else sees it.
    /// </summary>
    public void ShareContentOf(Item other)
    {
        for (var i = 0; i < Values.Length; i++)
            if (Values[i].HasSameContent(other.Values[i]))
                Values[i] = other.Values[i];
    }

    /// <summary>About how many bytes it takes beside another image of the row.</summary>
    public long SizeBeside(Item other)
    {
        var size = Size;
        for (var i = 0; i < Values.Length; i++)
            if (Values[i].SharesContent(other.Values[i]))
                size -= Values[i].Size - default(FieldValue).Size;
        return size;
    }

    public ItemKey Key => key ??= ItemKey.Of(Resource, Values);
}
