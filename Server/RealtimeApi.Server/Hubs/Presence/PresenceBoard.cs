using Microsoft.AspNetCore.SignalR;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;

namespace RealtimeApi.Server.Hubs;

/// <summary>Who watches which item, on whatever node, and who of this node is told of it.</summary>
/// <remarks>Thread-safe; <see cref="gate"/> guards everything, and nothing is waited for while it is held.</remarks>
internal sealed class PresenceBoard
{
    /// <summary>How many of one item may be told on one node: each is told of each other.</summary>
    public const int MaxWatchers = 1000;

    private const int MaxListed = 1000;

    private const int RetryAfterLimit = 10;

    private readonly Lock gate = new();
    private readonly Dictionary<RoomAddress, Item> items = [];

    /// <summary>Takes in who has come and who has left. Each comes once and leaves once; the callers see to that.</summary>
    public void Apply(IReadOnlyCollection<PresenceEntry> joined, IReadOnlyCollection<PresenceEntry> left)
    {
        lock (gate)
        {
            foreach (var (address, peer) in joined)
            {
                var item = Find_NeedsLock(address);
                item.Peers[peer.Id] = peer;
                Tell_NeedsLock(item, peer, joined: true);
            }

            foreach (var (address, peer) in left)
            {
                var item = Find_NeedsLock(address);
                item.Peers.Remove(peer.Id);
                Tell_NeedsLock(item, peer, joined: false);
                ForgetIfEmpty_NeedsLock(address, item);
            }
        }
    }

    /// <summary>Who is there; and from now on the watcher is told, beginning with everyone.</summary>
    /// <exception cref="ProblemException"><c>limit-exceeded</c>.</exception>
    public PresenceReply Ask(PresenceWatcher watcher)
    {
        lock (gate)
        {
            var item = Find_NeedsLock(watcher.Address);
            var you = watcher.Participant.Peer;
            if (!item.Watchers.Contains(watcher))
            {
                if (item.Watchers.Count == MaxWatchers)
                    throw new ProblemException(ProblemCodes.LimitExceeded, $"{MaxWatchers} connections to this server are told who watches this item, as many as may be.") { RetryAfter = RetryAfterLimit };
                item.Watchers.Add(watcher);
                foreach (var peer in item.Peers.Values)
                    if (peer.Id != you.Id)
                        watcher.Tell_NeedsLock(peer, joined: true);
                watcher.Participant.Outbox.Schedule(watcher);
            }

            watcher.Reply_NeedsLock();
            Peer[] others = [.. item.Peers.Values.Where(peer => peer.Id != you.Id).Take(MaxListed)];
            return new() { You = you, Count = item.Peers.Count - (item.Peers.ContainsKey(you.Id) ? 1 : 0), Others = others };
        }
    }

    /// <summary>Tells the watcher nothing more.</summary>
    public void Forget(PresenceWatcher watcher)
    {
        lock (gate)
        {
            watcher.End_NeedsLock();
            var item = Find_NeedsLock(watcher.Address);
            item.Watchers.Remove(watcher);
            ForgetIfEmpty_NeedsLock(watcher.Address, item);
        }
    }

    public SerializedHubMessage? TakeNext(PresenceWatcher watcher)
    {
        lock (gate)
            return watcher.TakeNext_NeedsLock();
    }

    private static void Tell_NeedsLock(Item item, Peer peer, bool joined)
    {
        foreach (var watcher in item.Watchers)
        {
            if (watcher.Participant.Peer.Id == peer.Id)
                continue;
            watcher.Tell_NeedsLock(peer, joined);
            watcher.Participant.Outbox.Schedule(watcher);
        }
    }

    private Item Find_NeedsLock(RoomAddress address)
    {
        if (!items.TryGetValue(address, out var item))
            items.Add(address, item = new());
        return item;
    }

    private void ForgetIfEmpty_NeedsLock(RoomAddress address, Item item)
    {
        if (item.Peers.Count == 0 && item.Watchers.Count == 0)
            items.Remove(address);
    }

    private sealed class Item
    {
        public Dictionary<string, Peer> Peers { get; } = new(StringComparer.Ordinal);

        public HashSet<PresenceWatcher> Watchers { get; } = [];
    }
}
