using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using MessagePack;
using MessagePack.Formatters;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Watching;

namespace RealtimeApi.Server.Hubs;

/// <summary>What one client says to others: any JSON value, in whatever hub protocol it came and goes out. Immutable.</summary>
internal sealed class MessageBody(ReadOnlyMemory<byte> json)
{
    /// <summary>Letters of any alphabet as themselves, so that the limit is judged by about the bytes that a client counts.</summary>
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private byte[]? messagePack;

    /// <summary>Without white space between the tokens; a client's limit is judged by it.</summary>
    public ReadOnlyMemory<byte> Json { get; } = json;

    /// <summary>The same value in MessagePack, made once and only if somebody is sent it.</summary>
    private ReadOnlySpan<byte> MessagePack => messagePack ??= MessagePackTranscoder.FromJson(Json.Span);

    private static ProblemException Invalid(string detail) => new(ProblemCodes.InvalidBody, detail);

    /// <summary>In the <c>json</c> hub protocol.</summary>
    public sealed class JsonConverter : JsonConverter<MessageBody>
    {
        /// <summary>Null is a value like any other.</summary>
        public override bool HandleNull => true;

        public override MessageBody Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            try
            {
                var buffer = new ArrayBufferWriter<byte>();
                using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
                using (var document = JsonDocument.ParseValue(ref reader))
                    document.RootElement.WriteTo(writer);
                return new(buffer.WrittenMemory);
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException)
            {
                throw Invalid("The message is not valid JSON, or nested too deeply.");
            }
        }

        public override void Write(Utf8JsonWriter writer, MessageBody value, JsonSerializerOptions options) => writer.WriteRawValue(value.Json.Span, skipInputValidation: true);
    }

    /// <summary>In the <c>messagepack</c> hub protocol.</summary>
    public sealed class MessagePackFormatter : IMessagePackFormatter<MessageBody?>
    {
        /// <summary>The readers of the other protocol go to 64, of which the call around the message takes two; and a client that cannot read one loses its connection.</summary>
        private const int MaxDepth = 62;

        public MessageBody? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
        {
            var buffer = new ArrayBufferWriter<byte>();
            using (var json = new Utf8JsonWriter(buffer, WriterOptions))
                Copy(ref reader, json, MaxDepth);
            return new(buffer.WrittenMemory);
        }

        public void Serialize(ref MessagePackWriter writer, MessageBody? value, MessagePackSerializerOptions options)
        {
            if (value is null)
                writer.WriteNil();
            else
                writer.WriteRaw(value.MessagePack);
        }

        private static void Copy(ref MessagePackReader reader, Utf8JsonWriter json, int depth)
        {
            switch (reader.NextMessagePackType)
            {
                case MessagePackType.Map or MessagePackType.Array when depth == 0:
                    throw Invalid("The message is nested too deeply.");
                case MessagePackType.Map:
                    json.WriteStartObject();
                    for (var left = reader.ReadMapHeader(); left > 0; left--)
                    {
                        json.WritePropertyName(reader.NextMessagePackType == MessagePackType.String ? reader.ReadString()! : throw Invalid("The keys of the message's maps must be strings."));
                        Copy(ref reader, json, depth - 1);
                    }

                    json.WriteEndObject();
                    break;
                case MessagePackType.Array:
                    json.WriteStartArray();
                    for (var left = reader.ReadArrayHeader(); left > 0; left--)
                        Copy(ref reader, json, depth - 1);
                    json.WriteEndArray();
                    break;
                case MessagePackType.String:
                    json.WriteStringValue(reader.ReadString());
                    break;
                case MessagePackType.Integer when reader.NextCode == MessagePackCode.UInt64:
                    json.WriteNumberValue(reader.ReadUInt64());
                    break;
                case MessagePackType.Integer:
                    json.WriteNumberValue(reader.ReadInt64());
                    break;
                case MessagePackType.Float:
                    var number = reader.ReadDouble();
                    json.WriteNumberValue(double.IsFinite(number) ? number : throw Invalid("The message has a number that JSON cannot hold."));
                    break;
                case MessagePackType.Boolean:
                    json.WriteBooleanValue(reader.ReadBoolean());
                    break;
                case MessagePackType.Nil:
                    reader.ReadNil();
                    json.WriteNullValue();
                    break;
                default:
                    throw Invalid("The message holds what JSON cannot: binary data or an extension type. Send binary data as text, e.g. base64.");
            }
        }
    }
}
