using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace RealtimeApi.Client;

/// <summary>What a write sends of an item.</summary>
internal static class ItemBody
{
    public static JsonObject Of<T>(T item, JsonTypeInfo<T> type)
        where T : class =>
        JsonSerializer.SerializeToNode(item ?? throw new ArgumentNullException(nameof(item)), type) as JsonObject
        ?? throw new ArgumentException($"A {typeof(T).Name} is not written as a JSON object.", nameof(item));

    /// <summary>Leaves out a key that is not set, so that the database gives one: null, and where the key has one part also 0 and the empty GUID.</summary>
    public static JsonObject WithoutUnsetKey(JsonObject item, IReadOnlyList<string> keyFields)
    {
        foreach (var field in keyFields)
            if (item.TryGetPropertyValue(field, out var value) && (value is null || (keyFields.Count == 1 && IsDefault(value.ToJsonString()))))
                item.Remove(field);
        return item;
    }

    /// <summary>The merge patch (RFC 7396) that makes one item the other.</summary>
    public static JsonObject Difference(JsonObject before, JsonObject after)
    {
        var patch = new JsonObject();
        foreach (var field in after)
            if (!before.TryGetPropertyValue(field.Key, out var old) || !JsonNode.DeepEquals(old, field.Value))
                patch[field.Key] = field.Value?.DeepClone();
        foreach (var field in before)
            if (!after.ContainsKey(field.Key))
                patch[field.Key] = null;
        return patch;
    }

    private static bool IsDefault(string json) => json is "0" or "\"00000000-0000-0000-0000-000000000000\"";
}
