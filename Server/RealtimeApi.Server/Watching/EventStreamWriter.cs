using System.Buffers;
using System.Text;

namespace RealtimeApi.Server.Watching;

/// <summary>Writes batches in the format of an event stream (HTML, Server-sent events): lines <c>id</c>, <c>event</c> and <c>data</c>, then an empty one.</summary>
/// <remarks>
/// PROTOCOL, Server-sent events. Neither JSON nor cursors nor types have line breaks in them, so that one <c>data</c> line carries an event byte for byte. Own code
/// rather than the library's formatter, because one array is made for each batch and written to every stream as it is.
/// </remarks>
internal static class EventStreamWriter
{
    /// <summary>The most that stands around an event, beside its id and its type.</summary>
    private const int Around = 24;

    /// <summary>The events of a batch; a bookmark where it has none; the marks that begin and end the initial items.</summary>
    public static byte[] Write(WatchBatch batch)
    {
        var size = 64 + Around + (2 * (batch.Cursor?.Length ?? 0));
        foreach (var made in batch.Events)
            size += Around + made.Id.Length + Encoding.UTF8.GetMaxByteCount(made.Type.Length) + made.Json.Length;
        var lines = new Lines(size);
        if (batch.Part == 1)
            lines.Add("event: reset\ndata: {}\n\n"u8);
        foreach (var made in batch.Events)
        {
            // An initial item's id is no place to resume from: a snapshot that breaks off starts again.
            if (batch.Part is null)
                lines.Add("id: "u8, made.Id, "\n"u8);
            lines.Add("event: "u8, made.Type, "\ndata: "u8);
            lines.Add(made.Json.Span);
            lines.Add("\n\n"u8);
        }

        if (batch.Cursor is { } cursor && (batch.Synced || batch.Events.Count == 0))
            Mark(ref lines, batch.Synced ? "synced" : "bookmark", cursor);
        return lines.ToArray();
    }

    /// <summary>A cursor without a change.</summary>
    public static byte[] WriteBookmark(string cursor)
    {
        var lines = new Lines(64 + (2 * cursor.Length));
        Mark(ref lines, "bookmark", cursor);
        return lines.ToArray();
    }

    private static void Mark(ref Lines lines, string type, string cursor)
    {
        lines.Add("id: "u8, cursor, "\nevent: "u8);
        lines.Add([], type, "\ndata: {\"cursor\":\""u8);
        lines.Add([], cursor, "\"}\n\n"u8);
    }

    private struct Lines(int size)
    {
        private readonly byte[] bytes = ArrayPool<byte>.Shared.Rent(size);
        private int length;

        public void Add(ReadOnlySpan<byte> text)
        {
            text.CopyTo(bytes.AsSpan(length));
            length += text.Length;
        }

        public void Add(ReadOnlySpan<byte> before, string text, ReadOnlySpan<byte> after)
        {
            Add(before);
            length += Encoding.UTF8.GetBytes(text, bytes.AsSpan(length));
            Add(after);
        }

        /// <summary>What has been added; the last thing to ask for.</summary>
        public readonly byte[] ToArray()
        {
            var made = bytes.AsSpan(0, length).ToArray();
            ArrayPool<byte>.Shared.Return(bytes);
            return made;
        }
    }
}
