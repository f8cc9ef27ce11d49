using System.Text.Json;
using System.Text.Json.Serialization;

namespace RealtimeApi.Client;

/// <summary>The answer to <c>GET …/changes</c>, its events not yet read.</summary>
internal sealed record ChangesAnswer
{
    [JsonPropertyName("changes")]
    public IReadOnlyList<JsonElement>? Changes { get; init; }

    [JsonPropertyName("cursor")]
    public string? Cursor { get; init; }

    [JsonPropertyName("more")]
    public bool More { get; init; }
}
