using System.Buffers;
using System.Buffers.Text;
using System.Text;
using MessagePack;
using RealtimeApi.Server.Feed;

namespace RealtimeApi.Server.Watching;

/// <summary>The next events of a watch. Immutable; watches of one scope at the same position share one, and with it its encoded bytes.</summary>
/// <remarks>The encoded forms are made on first use, and made twice at worst when two threads come at once.</remarks>
internal sealed class WatchBatch
{
    private byte[]? json;
    private byte[]? messagePack;
    private byte[]? eventStream;

    /// <summary>The <see cref="Cursor"/> of this watch's batch before; null while the initial items are sent.</summary>
    public required string? From { get; init; }

    /// <summary>Where the watch stands after these events; null while the initial items are sent.</summary>
    public required string? Cursor { get; init; }

    /// <summary>The events in order; empty for a bookmark.</summary>
    public required IReadOnlyList<WatchEvent> Events { get; init; }

    /// <summary>Counts the batches of the initial items from 1; null afterwards.</summary>
    public int? Part { get; init; }

    /// <summary>Ends the initial items.</summary>
    public bool Synced { get; init; }

    /// <summary>Whether the watch has more to read at once.</summary>
    public bool HasMore { get; init; }

    /// <summary>The point of <see cref="From"/>.</summary>
    internal LogPoint FromPoint { get; init; }

    /// <summary>The point of <see cref="Cursor"/>.</summary>
    internal LogPoint ThroughPoint { get; init; }

    /// <summary>The batch as the protocol's JSON object, made once: <c>{"from":…,"cursor":…,"changes":[…]}</c>.</summary>
    public ReadOnlyMemory<byte> Json => json ??= MakeJson();

    /// <summary>The same map as MessagePack, made on first use.</summary>
    public ReadOnlyMemory<byte> MessagePack => messagePack ??= MakeMessagePack();

    /// <summary>The same events as lines of an event stream, made on first use.</summary>
    public ReadOnlyMemory<byte> EventStream => eventStream ??= EventStreamWriter.Write(this);

    private byte[] MakeJson()
    {
        var size = 96 + (From?.Length ?? 4) + (Cursor?.Length ?? 4);
        for (var i = 0; i < Events.Count; i++)
            size += Events[i].Json.Length + 1;
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        var length = 0;

        Write("{\"from\":"u8);
        WriteCursor(From);
        Write(",\"cursor\":"u8);
        WriteCursor(Cursor);
        Write(",\"changes\":["u8);
        for (var i = 0; i < Events.Count; i++)
        {
            if (i > 0)
                Write(","u8);
            Write(Events[i].Json.Span);
        }

        Write("]"u8);
        if (Part is { } part)
        {
            Write(",\"part\":"u8);
            Utf8Formatter.TryFormat(part, buffer.AsSpan(length), out var digits);
            length += digits;
        }

        if (Synced)
            Write(",\"synced\":true"u8);
        Write("}"u8);
        var made = buffer.AsSpan(0, length).ToArray();
        ArrayPool<byte>.Shared.Return(buffer);
        return made;

        void Write(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(buffer.AsSpan(length));
            length += bytes.Length;
        }

        // A cursor's letters need no escaping.
        void WriteCursor(string? cursor)
        {
            if (cursor is null)
            {
                Write("null"u8);
                return;
            }

            buffer[length++] = (byte)'"';
            length += Encoding.ASCII.GetBytes(cursor, buffer.AsSpan(length));
            buffer[length++] = (byte)'"';
        }
    }

    private byte[] MakeMessagePack()
    {
        var size = 64;
        for (var i = 0; i < Events.Count; i++)
            size += Events[i].MessagePack.Length;
        var buffer = new ArrayBufferWriter<byte>(size);
        var writer = new MessagePackWriter(buffer);
        writer.WriteMapHeader(3 + (Part is null ? 0 : 1) + (Synced ? 1 : 0));
        writer.Write("from");
        writer.Write(From);
        writer.Write("cursor");
        writer.Write(Cursor);
        writer.Write("changes");
        writer.WriteArrayHeader(Events.Count);
        for (var i = 0; i < Events.Count; i++)
            writer.WriteRaw(Events[i].MessagePack.Span);
        if (Part is { } part)
        {
            writer.Write("part");
            writer.Write(part);
        }

        if (Synced)
        {
            writer.Write("synced");
            writer.Write(true);
        }

        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
