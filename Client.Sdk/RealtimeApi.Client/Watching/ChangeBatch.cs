using System.Text.Json;

namespace RealtimeApi.Client;

/// <summary>Events that came together, in order; they are read when the caller takes them. One without any is a bookmark.</summary>
/// <remarks>PROTOCOL, section Watching.</remarks>
internal sealed class ChangeBatch
{
    private readonly JsonElement array;
    private readonly IReadOnlyList<JsonElement>? list;

    private ChangeBatch(string from, string cursor, JsonElement array, IReadOnlyList<JsonElement>? list)
    {
        From = from;
        Cursor = cursor;
        this.array = array;
        this.list = list;
        Count = list?.Count ?? array.GetArrayLength();
    }

    /// <summary>Where the batch before ended.</summary>
    public string From { get; }

    /// <summary>Where this one ends.</summary>
    public string Cursor { get; }

    public int Count { get; }

    /// <summary>What the batch takes of a buffer's room; a bookmark takes some, too.</summary>
    public int Weight => Math.Max(1, Count);

    public JsonElement this[int index] => list is null ? array[index] : list[index];

    public static ChangeBatch Of(string from, string cursor, IReadOnlyList<JsonElement> changes) => new(from, cursor, default, changes);

    /// <summary>The payload of the hub's <c>Changes</c>, or null when it is not one. (No watch of the SDK asks the hub for initial items, so that a cursor is always there.)</summary>
    public static ChangeBatch? Parse(JsonElement batch) =>
        batch.ValueKind == JsonValueKind.Object
        && batch.TryGetProperty("from", out var from) && from.ValueKind == JsonValueKind.String
        && batch.TryGetProperty("cursor", out var cursor) && cursor.ValueKind == JsonValueKind.String
        && batch.TryGetProperty("changes", out var changes) && changes.ValueKind == JsonValueKind.Array
            ? new(from.GetString()!, cursor.GetString()!, changes, null)
            : null;
}
