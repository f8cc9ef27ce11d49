using System.Buffers;
using System.Text.Json;
using MessagePack;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using RealtimeApi.Server.Watching;

namespace RealtimeApi.Server.Hubs;

/// <summary>Composes the invocation <c>Changes(id, batch)</c> around the batch's encoded bytes, byte for byte as a stock hub protocol would write it.</summary>
/// <remarks>
/// Keeps the last frame of each protocol: connections that watch the same view under the same id are served one after the other, and share it.
/// Thread-safe: a frame is immutable and swapped whole.
/// </remarks>
internal sealed class FrameComposer
{
    public const string MessagePackProtocol = "messagepack";

    private const byte RecordSeparator = 0x1E;

    private Frame? lastJson;
    private Frame? lastMessagePack;

    public SerializedHubMessage Compose(string protocol, string id, WatchBatch batch) => protocol == MessagePackProtocol
        ? Compose(ref lastMessagePack, MessagePackProtocol, id, batch)
        : Compose(ref lastJson, protocol, id, batch);

    private static SerializedHubMessage Compose(ref Frame? last, string protocol, string id, WatchBatch batch)
    {
        if (Volatile.Read(ref last) is { } frame && ReferenceEquals(frame.Batch, batch) && frame.Id == id)
            return frame.Message;
        var bytes = protocol == MessagePackProtocol ? MessagePack(id, batch.MessagePack.Span) : Json(id, batch.Json.Span);
        var message = new SerializedHubMessage([new SerializedMessage(protocol, bytes)]);
        Volatile.Write(ref last, new(batch, id, message));
        return message;
    }

    /// <summary>One message of the <c>json</c> hub protocol.</summary>
    internal static byte[] Json(string id, ReadOnlySpan<byte> batch)
    {
        var encodedId = JsonEncodedText.Encode(id).EncodedUtf8Bytes;
        return [.. "{\"type\":1,\"target\":\"Changes\",\"arguments\":[\""u8, .. encodedId, .. "\","u8, .. batch, .. "]}"u8, RecordSeparator];
    }

    /// <summary>One message of the <c>messagepack</c> hub protocol: the length as a varint, then type, headers, no invocation id, target, arguments, no streams.</summary>
    internal static byte[] MessagePack(string id, ReadOnlySpan<byte> batch)
    {
        var head = new ArrayBufferWriter<byte>(128);
        var writer = new MessagePackWriter(head);
        writer.WriteArrayHeader(6);
        writer.Write(HubProtocolConstants.InvocationMessageType);
        writer.WriteMapHeader(0);
        writer.WriteNil();
        writer.Write("Changes");
        writer.WriteArrayHeader(2);
        writer.Write(id);
        writer.Flush();

        const byte noStreams = MessagePackCode.MinFixArray;
        Span<byte> prefix = stackalloc byte[5];
        var length = WriteVarint(prefix, head.WrittenCount + batch.Length + 1);
        return [.. prefix[..length], .. head.WrittenSpan, .. batch, noStreams];
    }

    private static int WriteVarint(Span<byte> target, int value)
    {
        var at = 0;
        for (; value > 0x7F; value >>= 7)
            target[at++] = (byte)(value | 0x80);
        target[at++] = (byte)value;
        return at;
    }

    private sealed record Frame(WatchBatch Batch, string Id, SerializedHubMessage Message);
}
