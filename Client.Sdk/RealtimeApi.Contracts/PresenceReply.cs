using System.Text.Json.Serialization;

namespace RealtimeApi.Contracts;

/// <summary>The answer to <c>Presence</c>: who watches the item now. <c>Joined</c> and <c>Left</c> tell it anew from the start.</summary>
/// <remarks>PROTOCOL, section SignalR.</remarks>
public sealed record PresenceReply
{
    /// <summary>The caller's own connection, as the others see it.</summary>
    [JsonPropertyName("you")]
    public Peer You { get; init => field = value ?? new(); } = new();

    /// <summary>How many others there are.</summary>
    [JsonPropertyName("count")]
    public int Count { get; init; }

    /// <summary>The others; of more than 1,000 that many.</summary>
    [JsonPropertyName("others")]
    public IReadOnlyList<Peer> Others { get; init => field = value ?? []; } = [];
}
