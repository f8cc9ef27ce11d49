using System.Text.Json;

namespace RealtimeApi.Client;

/// <summary>The payload of <c>Changes</c>; its events are read when the caller takes them.</summary>
/// <remarks>PROTOCOL, section SignalR.</remarks>
internal sealed class ChangeBatch
{
    private ChangeBatch(string from, string cursor, JsonElement changes)
    {
        From = from;
        Cursor = cursor;
        Changes = changes;
        Count = changes.GetArrayLength();
    }

    public string From { get; }

    public string Cursor { get; }

    public JsonElement Changes { get; }

    public int Count { get; }

    /// <summary>What the batch takes of a buffer's room; a bookmark takes some, too.</summary>
    public int Weight => Math.Max(1, Count);

    /// <summary>The batch, or null when it is not one. (No watch of the SDK asks the hub for initial items, so that a cursor is always there.)</summary>
    public static ChangeBatch? Parse(JsonElement batch) =>
        batch.ValueKind == JsonValueKind.Object
        && batch.TryGetProperty("from", out var from) && from.ValueKind == JsonValueKind.String
        && batch.TryGetProperty("cursor", out var cursor) && cursor.ValueKind == JsonValueKind.String
        && batch.TryGetProperty("changes", out var changes) && changes.ValueKind == JsonValueKind.Array
            ? new(from.GetString()!, cursor.GetString()!, changes)
            : null;
}
