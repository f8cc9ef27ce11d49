using RealtimeApi.Contracts;

namespace RealtimeApi.Client;

/// <summary>What a room has been told and its handlers have not: who is there now, and what was said.</summary>
/// <remarks>
/// Thread-safe; <see cref="gate"/> guards it, and is not held while handlers are called. One task at a time calls them, on the thread pool, while <see cref="raising"/> is set; nobody waits for it,
/// so that a handler may wait for anything, also for what the connection that told the news must do. They are told the difference between who was there when they were told last and who is there, and the newest messages where they are too slow for all.
/// </remarks>
/// <param name="onPeers">Tells the handlers who came and left.</param>
/// <param name="onMessage">Tells the handlers what was said.</param>
internal sealed class RoomNews(Action<PeersChange> onPeers, Action<RoomMessage> onMessage)
{
    /// <summary>So many messages wait for the handlers; then the oldest go, as they do at the server.</summary>
    public const int MaxMessages = 1000;

    private readonly object gate = new();
    private readonly Dictionary<string, Peer> present = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Peer> told = new(StringComparer.Ordinal);
    private readonly Queue<RoomMessage> messages = new();
    private bool changed;
    private bool raising;
    private bool closed;

    /// <summary>Who is there.</summary>
    public IReadOnlyList<Peer> Peers
    {
        get
        {
            lock (gate)
                return [.. present.Values];
        }
    }

    /// <summary>Takes a message in, unless the visit has ended.</summary>
    public void Hear(RoomVisit visit, RoomMessage message)
    {
        lock (gate)
        {
            if (closed || visit.Ended.IsCompleted)
                return;
            if (messages.Count == MaxMessages)
                messages.Dequeue();
            messages.Enqueue(message);
        }
    }

    /// <summary>Takes in who came or left, unless the visit has ended.</summary>
    public void Tell(RoomVisit visit, IReadOnlyList<Peer> peers, bool joined)
    {
        lock (gate)
        {
            if (closed || visit.Ended.IsCompleted)
                return;
            foreach (var peer in peers)
            {
                if (joined)
                    present[peer.Id] = peer;
                else
                    present.Remove(peer.Id);
            }

            changed = true;
        }
    }

    /// <summary>Takes in who is there, and nobody else is, unless the visit has ended.</summary>
    public void Know(RoomVisit visit, IEnumerable<Peer> peers)
    {
        lock (gate)
        {
            if (closed || visit.Ended.IsCompleted)
                return;
            present.Clear();
            foreach (var peer in peers)
                present[peer.Id] = peer;
            changed = true;
        }
    }

    /// <summary>Nobody is known to be there any more. The visit has ended before.</summary>
    public void Clear()
    {
        lock (gate)
        {
            present.Clear();
            changed = !closed;
        }
    }

    /// <summary>Nobody listens any more: what is told and was not raised yet never is.</summary>
    public void Close()
    {
        lock (gate)
        {
            closed = true;
            changed = false;
            present.Clear();
            messages.Clear();
        }
    }

    /// <summary>Has the handlers called for what they have not been told.</summary>
    /// <returns>Ends when they have been; where they are being called already, at once.</returns>
    public Task RaiseAsync()
    {
        lock (gate)
        {
            if (raising)
                return Task.CompletedTask;
            raising = true;
        }

        return Task.Run(Raise);
    }

    private void Raise()
    {
        while (Take() is { } next)
        {
            if (next.Peers is { } peers)
                onPeers(peers);
            else
                onMessage(next.Message!);
        }
    }

    private (PeersChange? Peers, RoomMessage? Message)? Take()
    {
        lock (gate)
        {
            if (changed && TakeChange_NeedsLock() is { } change)
                return (change, null);
            if (messages.Count > 0)
                return (null, messages.Dequeue());
            raising = false;
            return null;
        }
    }

    private PeersChange? TakeChange_NeedsLock()
    {
        changed = false;
        List<Peer> joined = [.. present.Values.Where(peer => !told.ContainsKey(peer.Id))];
        List<Peer> left = [.. told.Values.Where(peer => !present.ContainsKey(peer.Id))];
        joined.ForEach(peer => told.Add(peer.Id, peer));
        left.ForEach(peer => told.Remove(peer.Id));
        return joined.Count + left.Count == 0 ? null : new() { Joined = joined, Left = left };
    }
}
