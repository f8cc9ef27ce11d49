using System.Text.Json;
using System.Text.Json.Serialization;
using RealtimeApi.Contracts;

namespace RealtimeApi.Server.Hubs;

/// <summary>Reads a watch request of the <c>json</c> hub protocol, refusing what it does not know.</summary>
internal sealed class WatchRequestJsonConverter : JsonConverter<WatchRequest>
{
    public override WatchRequest Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw WatchRequestFields.NotAnObject();
        var fields = new WatchRequestFields();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            fields.Set(name, reader.TokenType switch
            {
                JsonTokenType.String => reader.GetString(),
                JsonTokenType.True => true,
                JsonTokenType.False => false,
                JsonTokenType.Null => null,
                _ => WatchRequestFields.OtherValue,
            });
        }
        return fields.Request;
    }

    public override void Write(Utf8JsonWriter writer, WatchRequest value, JsonSerializerOptions options) =>
        throw new NotSupportedException("The server only reads watch requests.");
}
