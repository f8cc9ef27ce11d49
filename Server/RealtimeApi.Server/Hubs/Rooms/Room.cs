namespace RealtimeApi.Server.Hubs;

/// <summary>Those of this node who watch one address. Guarded by the lock of its <see cref="RoomIndex"/>.</summary>
internal sealed class Room(RoomAddress address, bool hasPresence)
{
    private readonly Dictionary<Participant, Member> members = [];

    public RoomAddress Address { get; } = address;

    /// <summary>Whether everyone is told who else is there.</summary>
    public bool HasPresence { get; } = hasPresence;

    public int Count => members.Count;

    /// <param name="participant">Who comes.</param>
    /// <param name="key">The key as this one spells it, which is how it is told to them.</param>
    /// <returns>Whether they were not there before; each watch of theirs counts.</returns>
    public bool Enter_NeedsLock(Participant participant, string? key)
    {
        if (members.TryGetValue(participant, out var member))
        {
            member.Watches++;
            return false;
        }

        members.Add(participant, new(key));
        return true;
    }

    /// <returns>The member, where this was their last watch; null where there are more.</returns>
    public Member? Leave_NeedsLock(Participant participant)
    {
        var member = members[participant];
        if (--member.Watches > 0)
            return null;
        members.Remove(participant);
        return member;
    }

    public Member? Find_NeedsLock(Participant participant) => members.GetValueOrDefault(participant);

    public (Participant Participant, string? Key)[] List_NeedsLock() => [.. members.Select(static pair => (pair.Key, pair.Value.Key))];

    /// <summary>How a participant is there.</summary>
    public sealed class Member(string? key)
    {
        /// <summary>The key as they spell it.</summary>
        public string? Key { get; } = key;

        public int Watches { get; set; } = 1;

        /// <summary>By which they are told who else is there; null where they have not asked.</summary>
        public PresenceWatcher? Presence { get; set; }
    }
}
