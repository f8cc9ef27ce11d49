namespace RealtimeApi.Server.Hubs;

/// <summary>What another node has told of who watches what on it. Owned by <see cref="PresenceNodes"/>.</summary>
internal sealed class PresenceNode
{
    private readonly Dictionary<(RoomAddress Address, string Id), PresenceEntry> entries = [];
    private List<PresenceEntry>? state;
    private long stateNumber;
    private int nextPart;

    /// <summary>How many of its changes are in; null before its state has come.</summary>
    public long? Count { get; private set; }

    /// <summary>This node's own heartbeat at which the other was heard last.</summary>
    public long HeardAt { get; set; }

    /// <summary>Whether it has been asked for its state and not answered yet.</summary>
    public bool IsAsked { get; set; }

    public IReadOnlyCollection<PresenceEntry> Entries => entries.Values;

    /// <summary>Takes a change in, where it is the next one.</summary>
    /// <returns>What is new by it; null where one is missing before it.</returns>
    public (List<PresenceEntry> Joined, List<PresenceEntry> Left)? Take(long count, IEnumerable<PresenceEntry> joined, IEnumerable<PresenceEntry> left)
    {
        if (count <= Count)
            return ([], []);
        if (count != Count + 1)
            return null;
        Count = count;
        return ([.. joined.Where(Add)], [.. left.Where(Remove)]);
    }

    /// <summary>Takes a part of its state in. Parts come in order; when one is missing, the rest is passed over: that of another state may be divided otherwise, though it says the same.</summary>
    /// <returns>What is new once the state is complete; null before.</returns>
    public (List<PresenceEntry> Joined, List<PresenceEntry> Left)? TakeState(long count, long number, int part, bool isLast, IEnumerable<PresenceEntry> there)
    {
        if (count == Count)
            return null;
        if (part == 0)
            (state, stateNumber, nextPart) = ([], number, 0);
        if (state is null || number != stateNumber || part != nextPart)
        {
            state = null;
            return null;
        }

        state.AddRange(there);
        nextPart++;
        if (!isLast)
            return null;
        var kept = state.Select(KeyOf).ToHashSet();
        List<PresenceEntry> left = [.. entries.Values.Where(entry => !kept.Contains(KeyOf(entry)))];
        left.ForEach(entry => Remove(entry));
        List<PresenceEntry> joined = [.. state.Where(Add)];
        (state, Count, IsAsked) = (null, count, false);
        return (joined, left);
    }

    private static (RoomAddress Address, string Id) KeyOf(PresenceEntry entry) => (entry.Address, entry.Peer.Id);

    private bool Add(PresenceEntry entry) => entries.TryAdd(KeyOf(entry), entry);

    private bool Remove(PresenceEntry entry) => entries.Remove(KeyOf(entry));
}
