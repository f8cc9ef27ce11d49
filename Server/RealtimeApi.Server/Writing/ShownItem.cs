using System.Buffers;
using System.Text.Json;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Writing;

/// <summary>An item's values as reads show them, to tell what a body leaves as it is.</summary>
internal sealed class ShownItem : IDisposable
{
    private readonly JsonDocument values;

    public ShownItem(Item item)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, ItemWriter.Options))
        {
            writer.WriteStartArray();
            foreach (var value in item.Values)
                ItemWriter.WriteValue(writer, value);
            writer.WriteEndArray();
        }

        values = JsonDocument.Parse(buffer.WrittenMemory);
    }

    /// <summary>
    /// Whether the item shows this value already. A body that repeats what a read gave is so taken whole, even where the database holds what could not be written anew.
    /// </summary>
    public bool Shows(GivenField field)
    {
        try
        {
            return JsonElement.DeepEquals(values.RootElement[field.Column.Ordinal], field.Json);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentOutOfRangeException)
        {
            // Half a surrogate pair, or an exponent of many digits: no item shows those.
            return false;
        }
    }

    public void Dispose() => values.Dispose();
}
