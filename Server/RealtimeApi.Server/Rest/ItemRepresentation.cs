using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Rest;

/// <summary>An item as a caller sees it, and the ETag of that: the same after a write as by a read.</summary>
internal static class ItemRepresentation
{
    /// <param name="buffer">Where to write it; fresh, since the tag is of everything in it. It must outlive the body.</param>
    /// <param name="item">The item.</param>
    /// <param name="select">The fields to show.</param>
    /// <param name="rights">The fingerprint of the caller's row rules.</param>
    public static (string Tag, ReadOnlyMemory<byte> Body) Write(ReadBuffer buffer, Item item, FieldSelection select, string rights)
    {
        buffer.Append($"{item.Resource.Fingerprint}\n{rights}\n{select}\n");
        var start = buffer.Next();
        ItemWriter.Write(buffer.Writer, item.Values, select.Columns);
        buffer.Next();
        return (buffer.ComputeTag(weak: false), buffer.From(start));
    }
}
