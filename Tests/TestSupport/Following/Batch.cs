using System.Text.Json;

namespace RealtimeApi.Tests.TestSupport.Following;

/// <summary>The second argument of <c>Changes</c>.</summary>
internal sealed class Batch(JsonElement json)
{
    public JsonElement Json { get; } = json;

    public string? From { get; } = json.GetProperty("from").GetString();

    public string? Cursor { get; } = json.GetProperty("cursor").GetString();

    public List<JsonElement> Changes { get; } = [.. json.GetProperty("changes").EnumerateArray()];

    public int? Part { get; } = json.TryGetProperty("part", out var part) ? part.GetInt32() : null;

    public bool Synced { get; } = json.TryGetProperty("synced", out var synced) && synced.GetBoolean();
}
