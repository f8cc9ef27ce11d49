using MessagePack;
using MessagePack.Formatters;
using RealtimeApi.Contracts;

namespace RealtimeApi.Server.Hubs;

/// <summary>The wire types of the hub in the <c>messagepack</c> hub protocol: the same maps as in JSON.</summary>
internal static class ContractFormatters
{
    public static IMessagePackFormatter[] All { get; } = [new WatchRequestFormatter(), new SubscribeReplyFormatter(), new ProblemDetailsFormatter(), new MessageBody.MessagePackFormatter(), new PeerFormatter(), new PresenceReplyFormatter()];

    private sealed class WatchRequestFormatter : IMessagePackFormatter<WatchRequest?>
    {
        public WatchRequest? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
        {
            if (reader.TryReadNil())
                return null;
            if (reader.NextMessagePackType != MessagePackType.Map)
                throw WatchRequestFields.NotAnObject();
            var fields = new WatchRequestFields();
            for (var left = reader.ReadMapHeader(); left > 0; left--)
            {
                var name = reader.ReadString() ?? "";
                fields.Set(name, reader.NextMessagePackType switch
                {
                    MessagePackType.String => reader.ReadString(),
                    MessagePackType.Boolean => reader.ReadBoolean(),
                    MessagePackType.Nil => ReadNil(ref reader),
                    _ => WatchRequestFields.OtherValue,
                });
            }
            return fields.Request;
        }

        public void Serialize(ref MessagePackWriter writer, WatchRequest? value, MessagePackSerializerOptions options) =>
            throw new NotSupportedException("The server only reads watch requests.");

        private static object? ReadNil(ref MessagePackReader reader)
        {
            reader.ReadNil();
            return null;
        }
    }

    private sealed class SubscribeReplyFormatter : IMessagePackFormatter<SubscribeReply?>
    {
        public SubscribeReply? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options) =>
            throw new NotSupportedException("The server only writes replies.");

        public void Serialize(ref MessagePackWriter writer, SubscribeReply? value, MessagePackSerializerOptions options)
        {
            writer.WriteMapHeader(1);
            writer.Write("cursor");
            writer.Write(value?.Cursor);
        }
    }

    private sealed class PeerFormatter : IMessagePackFormatter<Peer?>
    {
        public Peer? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options) => throw new NotSupportedException("The server only writes peers.");

        public void Serialize(ref MessagePackWriter writer, Peer? value, MessagePackSerializerOptions options)
        {
            writer.WriteMapHeader(value?.Name is null ? 1 : 2);
            writer.Write("id");
            writer.Write(value?.Id);
            if (value?.Name is { } name)
            {
                writer.Write("name");
                writer.Write(name);
            }
        }
    }

    private sealed class PresenceReplyFormatter : IMessagePackFormatter<PresenceReply?>
    {
        public PresenceReply? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options) =>
            throw new NotSupportedException("The server only writes replies.");

        public void Serialize(ref MessagePackWriter writer, PresenceReply? value, MessagePackSerializerOptions options)
        {
            var peers = options.Resolver.GetFormatterWithVerify<Peer>();
            writer.WriteMapHeader(3);
            writer.Write("you");
            peers.Serialize(ref writer, value!.You, options);
            writer.Write("count");
            writer.Write(value.Count);
            writer.Write("others");
            writer.WriteArrayHeader(value.Others.Count);
            foreach (var peer in value.Others)
                peers.Serialize(ref writer, peer, options);
        }
    }

    private sealed class ProblemDetailsFormatter : IMessagePackFormatter<ProblemDetails?>
    {
        public ProblemDetails? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options) =>
            throw new NotSupportedException("The server only writes problems.");

        public void Serialize(ref MessagePackWriter writer, ProblemDetails? value, MessagePackSerializerOptions options)
        {
            if (value is null)
            {
                writer.WriteNil();
                return;
            }
            writer.WriteMapHeader(value.Detail is null ? 3 : 4);
            writer.Write("type");
            writer.Write(value.Type);
            writer.Write("title");
            writer.Write(value.Title);
            writer.Write("status");
            writer.Write(value.Status);
            if (value.Detail is { } detail)
            {
                writer.Write("detail");
                writer.Write(detail);
            }
        }
    }
}
