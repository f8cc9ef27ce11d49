using System.Text.Json;
using RealtimeApi.Contracts;

namespace RealtimeApi.Client;

/// <summary>A room's stay on one connection.</summary>
/// <remarks>
/// Thread-safe; a lock guards what comes early, and what is told that the server's reply may contradict. What is told before the room is open waits for that, since handlers ask who this client is;
/// afterwards it is taken in at once, in the order of arrival, whoever calls. <see cref="RaiseAsync"/> has the handlers called.
/// </remarks>
internal sealed class RoomVisit(string id, string resource, string? key, bool asksWhoIsThere, RoomNews news)
{
    private readonly object gate = new();
    private readonly TaskCompletionSource<RealtimeApiException?> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<string, (Peer Peer, bool Joined)> toldSince = new(StringComparer.Ordinal);
    private readonly Queue<RoomMessage> earlyMessages = new();
    private HashSet<string>? named;
    private bool notes;
    private bool isInDoubt;
    private bool hasBegun;

    public string Id { get; } = id;

    public string Resource { get; } = resource;

    public string? Key { get; } = key;

    public bool AsksWhoIsThere { get; } = asksWhoIsThere;

    /// <summary>Why the server ended it; null where the connection was lost.</summary>
    public Task<RealtimeApiException?> Ended => ended.Task;

    /// <summary>Whether somebody may be taken for there who has left, which <see cref="Settle"/> finds out after a moment.</summary>
    public bool IsInDoubt
    {
        get
        {
            lock (gate)
                return isInDoubt;
        }
    }

    /// <summary>Whether the server means this room: it names resources as it spells them, and keys as this client does.</summary>
    public bool Is(string resource, string? key) => string.Equals(Resource, resource, StringComparison.OrdinalIgnoreCase) && Key == key;

    public void Hear(string from, JsonElement message)
    {
        var heard = new RoomMessage { From = from, Content = message };
        lock (gate)
        {
            if (hasBegun)
            {
                news.Hear(this, heard);
                return;
            }

            if (earlyMessages.Count == RoomNews.MaxMessages)
                earlyMessages.Dequeue();
            earlyMessages.Enqueue(heard);
        }
    }

    public void Tell(IReadOnlyList<Peer> peers, bool joined)
    {
        lock (gate)
        {
            if (hasBegun)
                news.Tell(this, peers, joined);
            if (!notes)
                return;
            foreach (var peer in peers)
                toldSince[peer.Id] = (peer, joined);
        }
    }

    /// <summary>The server is asked who is there: its reply knows of all that it told before.</summary>
    /// <param name="mayBeToldOld">Whether this connection has left a room. It may have been this one, and what was told to that may come only now, where nobody would tell any more how it went on.</param>
    public void Ask(bool mayBeToldOld)
    {
        lock (gate)
        {
            isInDoubt = mayBeToldOld;
            notes = true;
            named = null;
            toldSince.Clear();
        }
    }

    /// <summary>The room is open, or who is there is known anew: those whom the reply names, but for what was told since it was asked for, which may be newer.</summary>
    /// <param name="reply">Null where it was not asked for.</param>
    public void Take(PresenceReply? reply)
    {
        lock (gate)
        {
            var there = new Dictionary<string, Peer>(StringComparer.Ordinal);
            foreach (var peer in reply?.Others ?? [])
                there[peer.Id] = peer;
            named = new(there.Keys, StringComparer.Ordinal);
            foreach (var (peer, joined) in toldSince.Values)
            {
                if (joined)
                    there[peer.Id] = peer;
                else
                    there.Remove(peer.Id);
            }

            // Of those whom it has no room to name, it says nothing.
            var namesAll = !(reply?.Count > named.Count);
            if (namesAll || !hasBegun)
                news.Know(this, there.Values);
            isInDoubt &= namesAll;
            notes = isInDoubt && !hasBegun;
            hasBegun = true;
            while (earlyMessages.Count > 0)
                news.Hear(this, earlyMessages.Dequeue());
        }
    }

    /// <summary>Holds what was told against the reply, a moment after that, since what the server told before it may have come after it.</summary>
    /// <returns>Whether there is no doubt left. Otherwise somebody came or left just then, or what was told is old; the next reply says which.</returns>
    public bool Settle()
    {
        lock (gate)
        {
            notes = false;
            isInDoubt &= named is null || !toldSince.Values.All(told => named.Contains(told.Peer.Id) == told.Joined);
            return !isInDoubt;
        }
    }

    public Task RaiseAsync() => news.RaiseAsync();

    public void End(RealtimeApiException? why) => ended.TrySetResult(why);
}
