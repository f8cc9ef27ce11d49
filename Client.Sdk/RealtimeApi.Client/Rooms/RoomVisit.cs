using System.Text.Json;
using RealtimeApi.Contracts;

namespace RealtimeApi.Client;

/// <summary>A room's stay on one connection.</summary>
/// <remarks>
/// Thread-safe; a lock guards what comes early. What is told before the room is open waits for that, since handlers ask who this client is; afterwards it is taken in at once, in the order of arrival,
/// whoever calls. <see cref="RaiseAsync"/> has the handlers called.
/// </remarks>
internal sealed class RoomVisit(string id, string resource, string? key, bool asksWhoIsThere, RoomNews news)
{
    private readonly object gate = new();
    private readonly TaskCompletionSource<RealtimeApiException?> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<string, (Peer Peer, bool Joined)> earlyPeers = new(StringComparer.Ordinal);
    private readonly Queue<RoomMessage> earlyMessages = new();
    private bool hasBegun;

    public string Id { get; } = id;

    public string Resource { get; } = resource;

    public string? Key { get; } = key;

    public bool AsksWhoIsThere { get; } = asksWhoIsThere;

    /// <summary>Why the server ended it; null where the connection was lost.</summary>
    public Task<RealtimeApiException?> Ended => ended.Task;

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
            else
                foreach (var peer in peers)
                    earlyPeers[peer.Id] = (peer, joined);
        }
    }

    /// <summary>The server is asked who is there: its reply knows of all that was told before.</summary>
    public void Ask()
    {
        lock (gate)
            earlyPeers.Clear();
    }

    /// <summary>Whether the reply names all who have come since it was asked for. Otherwise they came after it, or were told to another room of this connection that has been left, and nobody would say that they leave.</summary>
    public bool IsAnsweredBy(IReadOnlyList<Peer> others)
    {
        lock (gate)
            return earlyPeers.All(early => !early.Value.Joined || others.Any(peer => peer.Id == early.Key));
    }

    /// <summary>The room is open. What was told after the server's reply may have overtaken it: who has left meanwhile is not there.</summary>
    /// <param name="others">Who is there by the reply.</param>
    public void Begin(IReadOnlyList<Peer> others)
    {
        lock (gate)
        {
            hasBegun = true;
            news.Tell(this, [.. others, .. earlyPeers.Values.Where(static early => early.Joined).Select(static early => early.Peer)], joined: true);
            news.Tell(this, [.. earlyPeers.Values.Where(static early => !early.Joined).Select(static early => early.Peer)], joined: false);
            while (earlyMessages.Count > 0)
                news.Hear(this, earlyMessages.Dequeue());
            earlyPeers.Clear();
        }
    }

    public Task RaiseAsync() => news.RaiseAsync();

    public void End(RealtimeApiException? why) => ended.TrySetResult(why);
}
