using System.Text.Json.Serialization;

namespace RealtimeApi.Contracts;

/// <summary>One of those who watch the same item over the hub: a connection, which is somebody else after it was lost and made again.</summary>
/// <remarks>PROTOCOL, section SignalR, <c>Presence</c>.</remarks>
public sealed record Peer
{
    /// <summary>Drawn at random for the connection; the <c>from</c> of its messages.</summary>
    [JsonPropertyName("id")]
    public string Id { get; init => field = value ?? ""; } = "";

    /// <summary>The user's name.</summary>
    /// <value>Null where the server does not know who it is.</value>
    [JsonPropertyName("name"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Name { get; init; }
}
