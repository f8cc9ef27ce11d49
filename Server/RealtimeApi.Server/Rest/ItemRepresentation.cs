using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;
using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Rest;

/// <summary>An item as a caller sees it, and the ETag of that: the same after a write as by a read.</summary>
/// <remarks>
/// The tag is of the whole item that the caller may see, whatever of it is shown; one of some fields names them after a dot. So a write that is conditional on
/// a tag notices a change of any field, and takes the tag of any selection.
/// </remarks>
internal static class ItemRepresentation
{
    private const char BeforeFields = '.';
    private const int FieldsBytes = 6;

    /// <param name="buffer">Where to write it; fresh, since the tag is of everything in it. It must outlive the body.</param>
    /// <param name="item">The item.</param>
    /// <param name="select">The fields to show.</param>
    /// <param name="rights">The fingerprint of the caller's row rules.</param>
    public static (string Tag, ReadOnlyMemory<byte> Body) Write(ReadBuffer buffer, Item item, FieldSelection select, string rights)
    {
        var (tag, body) = WriteAll(buffer, item, select.IsAll ? select : FieldSelection.All(item.Resource), rights);
        if (select.IsAll)
            return (tag, body);
        var start = buffer.Next();
        ItemWriter.Write(buffer.Writer, item.Values, select.Columns);
        buffer.Next();
        return ($"{tag.AsSpan()[..^1]}{BeforeFields}{Name(select)}\"", buffer.From(start));
    }

    /// <summary>The tag of the item as it is, that of its whole.</summary>
    public static string TagOf(Item item, string rights)
    {
        using var buffer = ReadBuffer.Rent();
        return WriteAll(buffer, item, FieldSelection.All(item.Resource), rights).Tag;
    }

    /// <summary>Whether a tag that was sent, its quotes included, is that of an item, or of some fields of it.</summary>
    /// <param name="sent">The tag that was sent.</param>
    /// <param name="tag">The item's, by <see cref="TagOf"/>.</param>
    public static bool IsTagOf(StringSegment sent, string tag) =>
        sent.StartsWith(tag[..^1], StringComparison.Ordinal) && sent[tag.Length - 1] is '"' or BeforeFields;

    private static (string Tag, ReadOnlyMemory<byte> Body) WriteAll(ReadBuffer buffer, Item item, FieldSelection all, string rights)
    {
        buffer.Append($"{item.Resource.Fingerprint}\n{rights}\n");
        var start = buffer.Next();
        ItemWriter.Write(buffer.Writer, item.Values, all.Columns);
        buffer.Next();
        return (buffer.ComputeTag(weak: false), buffer.From(start));
    }

    private static string Name(FieldSelection select) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(select.ToString())).AsSpan(0, FieldsBytes));
}
