using System.Text.Json.Serialization;

namespace RealtimeApi.Contracts;

/// <summary>The answer to <c>Subscribe</c>: every change of the view after <see cref="Cursor"/> will be pushed.</summary>
public sealed record SubscribeReply
{
    /// <summary>Where the watch starts; null when the current items are sent first.</summary>
    [JsonPropertyName("cursor")]
    public string? Cursor { get; init; }
}
