using System.Text.Json;
using System.Text.Json.Serialization;

namespace RealtimeApi.Client;

/// <summary>A page as the server sends it, its items not yet read.</summary>
internal sealed record ListAnswer
{
    [JsonPropertyName("value")]
    public IReadOnlyList<JsonElement>? Value { get; init; }

    [JsonPropertyName("cursor")]
    public string? Cursor { get; init; }

    [JsonPropertyName("nextLink")]
    public string? NextLink { get; init; }

    [JsonPropertyName("count")]
    public long? Count { get; init; }
}
