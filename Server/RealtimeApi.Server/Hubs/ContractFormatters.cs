using MessagePack;
using MessagePack.Formatters;
using RealtimeApi.Contracts;

namespace RealtimeApi.Server.Hubs;

/// <summary>The wire types of the hub in the <c>messagepack</c> hub protocol: the same maps as in JSON.</summary>
internal static class ContractFormatters
{
    public static IMessagePackFormatter[] All { get; } = [new WatchRequestFormatter(), new SubscribeReplyFormatter(), new ProblemDetailsFormatter(), new MessageBody.MessagePackFormatter()];

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
