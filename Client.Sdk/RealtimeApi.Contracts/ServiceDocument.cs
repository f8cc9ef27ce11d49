using System.Text.Json.Serialization;

namespace RealtimeApi.Contracts;

/// <summary>The answer to <c>GET /api</c>: what the caller may read, and where the hub is.</summary>
public sealed record ServiceDocument
{
    /// <summary>The resources, by name.</summary>
    [JsonPropertyName("resources")]
    public IReadOnlyList<ResourceDescription> Resources { get; init => field = value ?? Array.Empty<ResourceDescription>(); } = Array.Empty<ResourceDescription>();

    /// <summary>The path of the SignalR hub.</summary>
    [JsonPropertyName("hub")]
    public string Hub { get; init => field = value ?? ""; } = "";
}
