namespace RealtimeApi.Server.Hubs;

/// <summary>Those of this node who watch one address. Guarded by the lock of its <see cref="RoomIndex"/>.</summary>
internal sealed class Room(RoomAddress address, bool hasPresence)
{
    private readonly Dictionary<Participant, List<Spelling>> members = [];

    public RoomAddress Address { get; } = address;

    /// <summary>Whether everyone is told who else is there.</summary>
    public bool HasPresence { get; } = hasPresence;

    public int Count => members.Count;

    /// <param name="participant">Who comes.</param>
    /// <param name="key">The key as this watch of theirs spells it, which is how it is told to them.</param>
    /// <returns>Whether they were not there before; each watch of theirs counts.</returns>
    public bool Enter_NeedsLock(Participant participant, string? key)
    {
        var isNew = !members.TryGetValue(participant, out var spellings);
        if (isNew)
            members.Add(participant, spellings = []);
        if (spellings!.Find(spelling => spelling.Key == key) is { } known)
            known.Watches++;
        else
            spellings.Add(new(key));
        return isNew;
    }

    /// <param name="participant">Who goes.</param>
    /// <param name="key">The key as the watch spelt it.</param>
    /// <param name="ended">The spelling, where this was their last watch that had it.</param>
    /// <returns>Whether this was their last watch.</returns>
    public bool Leave_NeedsLock(Participant participant, string? key, out Spelling? ended)
    {
        var spellings = members[participant];
        ended = spellings.Find(spelling => spelling.Key == key)!;
        if (--ended.Watches > 0)
        {
            ended = null;
            return false;
        }

        spellings.Remove(ended);
        return spellings.Count == 0 && members.Remove(participant);
    }

    public bool Holds_NeedsLock(Participant participant) => members.ContainsKey(participant);

    /// <summary>The spelling of a participant that is told of what they spell like this: the same, where a watch of theirs has it.</summary>
    public Spelling? Find_NeedsLock(Participant participant, string key) =>
        members.TryGetValue(participant, out var spellings) ? spellings.Find(spelling => spelling.Key == key) ?? spellings[0] : null;

    public List<(Participant Participant, string? Key)> List_NeedsLock()
    {
        var all = new List<(Participant Participant, string? Key)>(members.Count);
        foreach (var (participant, spellings) in members)
            foreach (var spelling in spellings)
                all.Add((participant, spelling.Key));
        return all;
    }

    /// <summary>One way in which a participant spells the key: nearly always there is but one, and otherwise they are told in each, so that no part of a client need know the others.</summary>
    public sealed class Spelling(string? key)
    {
        public string? Key { get; } = key;

        public int Watches { get; set; } = 1;

        /// <summary>By which they are told who else is there; null where they have not asked.</summary>
        public PresenceWatcher? Presence { get; set; }
    }
}
