using RealtimeApi.Contracts;

namespace RealtimeApi.Client;

/// <summary>Who has come to a <see cref="Room"/> and who has left it.</summary>
public sealed record PeersChange
{
    /// <summary>Who has come.</summary>
    public IReadOnlyList<Peer> Joined { get; init; } = [];

    /// <summary>Who has left; on a lost connection everyone, since nothing is known of them then.</summary>
    public IReadOnlyList<Peer> Left { get; init; } = [];
}
