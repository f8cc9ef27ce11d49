using System.Text.Json;
using RealtimeApi.Contracts;

namespace RealtimeApi.Client;

/// <summary>A room's stay on one connection.</summary>
/// <remarks>Thread-safe; a lock guards who has left before the server's reply. What is told is taken in at once, in the order of arrival, whoever calls; handlers are called by <see cref="Raise"/>, which must not be called with a lock held.</remarks>
internal sealed class RoomVisit(string id, string resource, string? key, bool asksWhoIsThere, RoomNews news)
{
    private readonly TaskCompletionSource<RealtimeApiException?> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<string> gone = new(StringComparer.Ordinal);
    private bool hasBegun;

    public string Id { get; } = id;

    public string Resource { get; } = resource;

    public string? Key { get; } = key;

    public bool AsksWhoIsThere { get; } = asksWhoIsThere;

    /// <summary>Why the server ended it; null where the connection was lost.</summary>
    public Task<RealtimeApiException?> Ended => ended.Task;

    /// <summary>Whether the server means this room: it names resources as it spells them, and keys as this client does.</summary>
    public bool Is(string resource, string? key) => string.Equals(Resource, resource, StringComparison.OrdinalIgnoreCase) && Key == key;

    public void Hear(string from, JsonElement message) => news.Hear(this, new() { From = from, Content = message });

    public void Tell(IReadOnlyList<Peer> peers, bool joined)
    {
        lock (gone)
        {
            if (!hasBegun && joined)
                gone.ExceptWith(peers.Select(static peer => peer.Id));
            else if (!hasBegun)
                gone.UnionWith(peers.Select(static peer => peer.Id));
            news.Tell(this, peers, joined);
        }
    }

    /// <summary>The server's reply, which what was told after it may have overtaken: who has left meanwhile is not there.</summary>
    public void Begin(IReadOnlyList<Peer> others)
    {
        lock (gone)
        {
            hasBegun = true;
            news.Tell(this, [.. others.Where(peer => !gone.Contains(peer.Id))], joined: true);
            gone.Clear();
        }
    }

    public void Raise() => news.Raise();

    public void End(RealtimeApiException? why) => ended.TrySetResult(why);
}
