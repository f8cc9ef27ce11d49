using System.Buffers;
using System.Text.Json;
using MessagePack;

namespace RealtimeApi.Server.Watching;

/// <summary>Turns JSON into the same maps as MessagePack: integers as int, other numbers as float64, everything else as in JSON.</summary>
/// <remarks>PROTOCOL, SignalR. Reads only what this server wrote, so the depth of nesting is its own.</remarks>
internal static class MessagePackTranscoder
{
    public static byte[] FromJson(ReadOnlySpan<byte> json)
    {
        var buffer = new ArrayBufferWriter<byte>(json.Length);
        var writer = new MessagePackWriter(buffer);
        var reader = new Utf8JsonReader(json);
        reader.Read();
        WriteValue(ref writer, ref reader);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteValue(ref MessagePackWriter writer, ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                writer.WriteMapHeader(CountChildren(reader, JsonTokenType.EndObject));
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    WriteText(ref writer, ref reader);
                    reader.Read();
                    WriteValue(ref writer, ref reader);
                }

                break;
            case JsonTokenType.StartArray:
                writer.WriteArrayHeader(CountChildren(reader, JsonTokenType.EndArray));
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    WriteValue(ref writer, ref reader);
                break;
            case JsonTokenType.Number:
                if (reader.TryGetInt64(out var integer))
                    writer.Write(integer);
                else if (reader.TryGetUInt64(out var unsigned))
                    writer.Write(unsigned);
                else
                    writer.Write(reader.GetDouble());
                break;
            case JsonTokenType.True or JsonTokenType.False:
                writer.Write(reader.TokenType == JsonTokenType.True);
                break;
            case JsonTokenType.Null:
                writer.WriteNil();
                break;
            default:
                WriteText(ref writer, ref reader);
                break;
        }
    }

    private static void WriteText(ref MessagePackWriter writer, ref Utf8JsonReader reader)
    {
        if (reader.ValueIsEscaped)
            writer.Write(reader.GetString());
        else
            writer.WriteString(reader.ValueSpan);
    }

    /// <summary>MessagePack says how many there are before they come; the copy of the reader looks ahead.</summary>
    private static int CountChildren(Utf8JsonReader ahead, JsonTokenType end)
    {
        var count = 0;
        while (ahead.Read() && ahead.TokenType != end)
        {
            count++;
            if (ahead.TokenType == JsonTokenType.PropertyName)
                ahead.Read();
            ahead.Skip();
        }

        return count;
    }
}
