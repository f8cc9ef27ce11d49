namespace RealtimeApi.Server.Hubs;

/// <summary>What this node has to tell the others of who watches what on it, and, by <see cref="PresenceNodes"/>, what they have told it. Sends nothing, and waits for nothing.</summary>
/// <remarks>Thread-safe. <see cref="gate"/> guards everything, and is held while the board is changed, so that it is changed in the order in which things were said.</remarks>
/// <param name="board">Where all of it is told to the clients.</param>
/// <param name="node">This node's name among all.</param>
/// <param name="heartbeat">How often it says that it is there.</param>
/// <param name="time">The clock.</param>
/// <param name="maxEntries">How many peers are told in one message.</param>
internal sealed class PresenceTalk(PresenceBoard board, string node, TimeSpan heartbeat, TimeProvider time, int maxEntries = PresenceMessage.MaxEntries)
{
    private readonly Lock gate = new();
    private readonly Dictionary<(RoomAddress Address, string Id), PresenceEntry> here = [];
    private readonly Dictionary<(RoomAddress Address, string Id), (PresenceEntry Entry, bool Joined)> untold = [];
    private readonly HashSet<string> asks = new(StringComparer.Ordinal);
    private readonly PresenceNodes others = new(board, heartbeat, time);
    private string? logId;
    private long count;
    private long states;
    private bool beatDue = true;
    private bool stateDue;

    /// <summary>A client of this node has begun to watch an item, or ended its last watch of it.</summary>
    public void Change(PresenceEntry entry, bool joined)
    {
        var key = (entry.Address, entry.Peer.Id);
        lock (gate)
        {
            if (joined)
                here[key] = entry;
            else
                here.Remove(key);
            board.Apply(joined ? [entry] : [], joined ? [] : [entry]);
            // Before there is a log, nothing is told: the state that is told then has all of it.
            if (logId is null)
                return;
            if (untold.TryGetValue(key, out var waiting) && waiting.Joined != joined)
                untold.Remove(key);
            else
                untold[key] = (entry, joined);
        }
    }

    /// <summary>It is time to say that this node is there.</summary>
    public void Beat()
    {
        lock (gate)
            beatDue = true;
    }

    /// <summary>From now on it is about this log: nothing is known of the others, nor they of this node, unless they have not found out yet that it was away.</summary>
    public void TurnTo(string log)
    {
        lock (gate)
        {
            others.Clear();
            logId = log;
            // What is told then is new to whoever heard of this log before: what came and went meanwhile was not told there.
            count++;
            stateDue = true;
            asks.Add("");
        }
    }

    /// <summary>What is to be said now, in this order. What came and went meanwhile is not told.</summary>
    public List<PresenceMessage> TakeDue()
    {
        var due = new List<PresenceMessage>();
        lock (gate)
        {
            foreach (var asked in asks)
                due.Add(new() { Node = node, Kind = PresenceMessageKind.Question, Asked = asked.Length == 0 ? null : asked });
            asks.Clear();
            if (stateDue)
                AddState_NeedsLock(due);
            else
                AddChanges_NeedsLock(due);
            if (beatDue)
                due.Add(new() { Node = node, Kind = PresenceMessageKind.Beat, Count = count });
            beatDue = stateDue = false;
        }

        return due;
    }

    /// <summary>Takes in what a node has said, this one's own heartbeats among it.</summary>
    /// <param name="ofLog">What it is about.</param>
    /// <param name="message">What was said.</param>
    /// <returns>Whether there is now something to say, and which nodes have been silent for too long.</returns>
    public (bool IsDue, IReadOnlyList<string> Silent) Hear(string ofLog, PresenceMessage message)
    {
        lock (gate)
        {
            if (ofLog != logId)
                return (false, []);
            if (message.Node == node)
                return (false, message.Kind == PresenceMessageKind.Beat ? others.Beat() : []);
            if (message.Kind == PresenceMessageKind.Question && (message.Asked is null || message.Asked == node))
                stateDue = true;
            if (others.Take(message, ofLog))
                asks.Add(message.Node);
            return (stateDue || asks.Count > 0, []);
        }
    }

    /// <summary>The state includes what has not been told yet: it counts as a change where there is any.</summary>
    private void AddState_NeedsLock(List<PresenceMessage> due)
    {
        if (untold.Count > 0)
            count++;
        untold.Clear();
        states++;
        var parts = here.Values.Where(entry => entry.Address.LogId == logId).Select(PresenceMessage.Entry.Of).Chunk(maxEntries).ToList();
        if (parts.Count == 0)
            parts.Add([]);
        for (var part = 0; part < parts.Count; part++)
            due.Add(new() { Node = node, Kind = PresenceMessageKind.State, Count = count, State = states, Part = part, IsLast = part == parts.Count - 1, Joined = parts[part] });
    }

    private void AddChanges_NeedsLock(List<PresenceMessage> due)
    {
        foreach (var change in untold.Values.Where(change => change.Entry.Address.LogId == logId).Chunk(maxEntries))
        {
            due.Add(new()
            {
                Node = node,
                Kind = PresenceMessageKind.Change,
                Count = ++count,
                Joined = [.. change.Where(static c => c.Joined).Select(static c => PresenceMessage.Entry.Of(c.Entry))],
                Left = [.. change.Where(static c => !c.Joined).Select(static c => PresenceMessage.Entry.Of(c.Entry))],
            });
        }

        untold.Clear();
    }
}
