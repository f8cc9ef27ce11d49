using System.Text.Json;
using RealtimeApi.Contracts;

namespace RealtimeApi.Client;

/// <summary>The visits to rooms on one connection, and who the server has told to be in each: it tells a connection of everybody once, however many visits the connection has there.</summary>
/// <remarks>Thread-safe; <see cref="gate"/> guards it, and is held while visits take in what is told, but not while handlers are called.</remarks>
internal sealed class RoomVisits
{
    private readonly object gate = new();
    private readonly Dictionary<string, RoomVisit> visits = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Resource, string? Key), Dictionary<string, Peer>> present = [];

    /// <summary>Lets a visit hear what is said, beginning with who is known to be there.</summary>
    public void Add(RoomVisit visit)
    {
        lock (gate)
        {
            visits[visit.Id] = visit;
            if (visit.AsksWhoIsThere && present.TryGetValue(RoomOf(visit), out var known) && known.Count > 0)
                visit.Tell([.. known.Values], joined: true);
        }

        visit.Raise();
    }

    /// <returns>The visit of this id; null where there is none any more.</returns>
    public RoomVisit? Remove(string id)
    {
        lock (gate)
        {
            if (!visits.TryGetValue(id, out var visit))
                return null;
            visits.Remove(id);
            var room = RoomOf(visit);
            // The server tells of everybody anew whoever asks next.
            if (!visits.Values.Any(other => RoomOf(other) == room))
                present.Remove(room);
            return visit;
        }
    }

    public void Hear(string resource, string? key, string from, JsonElement message)
    {
        List<RoomVisit> told;
        lock (gate)
        {
            told = Find_NeedsLock(resource, key);
            told.ForEach(visit => visit.Hear(from, message));
        }

        told.ForEach(static visit => visit.Raise());
    }

    public void Tell(string resource, string key, IReadOnlyList<Peer> peers, bool joined)
    {
        List<RoomVisit> told;
        lock (gate)
        {
            told = Find_NeedsLock(resource, key);
            if (told.Count == 0)
                return;
            var room = RoomOf(told[0]);
            if (!present.TryGetValue(room, out var known))
                present.Add(room, known = new(StringComparer.Ordinal));
            foreach (var peer in peers)
            {
                if (joined)
                    known[peer.Id] = peer;
                else
                    known.Remove(peer.Id);
            }

            foreach (var visit in told.Where(static visit => visit.AsksWhoIsThere))
                visit.Tell(peers, joined);
        }

        told.ForEach(static visit => visit.Raise());
    }

    /// <summary>The connection is lost.</summary>
    public void EndAll()
    {
        lock (gate)
        {
            foreach (var visit in visits.Values)
                visit.End(null);
        }
    }

    private List<RoomVisit> Find_NeedsLock(string resource, string? key) => [.. visits.Values.Where(visit => visit.Is(resource, key))];

    private static (string Resource, string? Key) RoomOf(RoomVisit visit) => (visit.Resource.ToUpperInvariant(), visit.Key);
}
