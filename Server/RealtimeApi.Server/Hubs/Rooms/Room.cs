namespace RealtimeApi.Server.Hubs;

/// <summary>Those of this node who watch one address. Guarded by the lock of its <see cref="RoomIndex"/>.</summary>
internal sealed class Room(RoomAddress address)
{
    private readonly Dictionary<Participant, Member> members = [];

    public RoomAddress Address { get; } = address;

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

    /// <returns>Whether this was their last watch.</returns>
    public bool Leave_NeedsLock(Participant participant) => --members[participant].Watches == 0 && members.Remove(participant);

    public bool Holds_NeedsLock(Participant participant) => members.ContainsKey(participant);

    public (Participant Participant, string? Key)[] List_NeedsLock() => [.. members.Select(static pair => (pair.Key, pair.Value.Key))];

    private sealed class Member(string? key)
    {
        public string? Key { get; } = key;

        public int Watches { get; set; } = 1;
    }
}
