using System.Text.Json;
using RealtimeApi.Contracts;

namespace RealtimeApi.Client;

/// <summary>What somebody said in a <see cref="Room"/>.</summary>
public sealed record RoomMessage
{
    /// <summary>Who said it: the <see cref="Peer.Id"/> of a peer.</summary>
    public required string From { get; init; }

    /// <summary>What was said: any JSON value.</summary>
    public required JsonElement Content { get; init; }
}
