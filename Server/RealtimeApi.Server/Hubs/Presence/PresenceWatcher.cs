using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using RealtimeApi.Contracts;

namespace RealtimeApi.Server.Hubs;

/// <summary>A client that is told who watches an item: what it does not know yet, as it stands when it is written.</summary>
/// <remarks>
/// Who came and went while a slow client took nothing is not told at all, so that what waits is never more than who is there and whom the client knows of. A reply tells the client too: what waited
/// before it is told in any case, as it stands then.
/// Guarded by the lock of its <see cref="PresenceBoard"/>.
/// </remarks>
internal sealed class PresenceWatcher(PresenceBoard board, Participant participant, RoomAddress address, string key)
{
    /// <summary>So many in one frame.</summary>
    private const int MaxPeers = 100;

    private readonly Dictionary<string, (Peer Peer, bool Joined, int Replies)> pending = new(StringComparer.Ordinal);
    private int replies;
    private bool ended;

    public Participant Participant { get; } = participant;

    public RoomAddress Address { get; } = address;

    /// <summary>Whether it stands in its outbox; guarded by that one's lock.</summary>
    public bool IsDue { get; set; }

    /// <summary>What to write next; null where there is nothing now.</summary>
    public SerializedHubMessage? TakeNext() => board.TakeNext(this);

    public void Tell_NeedsLock(Peer peer, bool joined)
    {
        var waits = pending.TryGetValue(peer.Id, out var waiting);
        if (waits && waiting.Joined != joined && waiting.Replies == replies)
            pending.Remove(peer.Id);
        else
            pending[peer.Id] = (peer, joined, waits ? waiting.Replies : replies);
    }

    /// <summary>The client is told by a reply who is there now.</summary>
    public void Reply_NeedsLock() => replies++;

    public void End_NeedsLock()
    {
        ended = true;
        pending.Clear();
    }

    /// <summary>Those who came before those who left, in frames.</summary>
    public SerializedHubMessage? TakeNext_NeedsLock()
    {
        if (ended || pending.Count == 0)
            return null;
        var joined = pending.Values.Any(static waiting => waiting.Joined);
        Peer[] peers = [.. pending.Values.Where(waiting => waiting.Joined == joined).Take(MaxPeers).Select(static waiting => waiting.Peer)];
        foreach (var peer in peers)
            pending.Remove(peer.Id);
        return new(new InvocationMessage(joined ? "Joined" : "Left", [Address.Resource, key, peers]));
    }
}
