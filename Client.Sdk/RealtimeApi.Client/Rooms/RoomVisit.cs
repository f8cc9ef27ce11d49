using System.Text.Json;
using RealtimeApi.Contracts;

namespace RealtimeApi.Client;

/// <summary>A room's stay on one connection. Called by the connection's one receive loop, in the order of arrival.</summary>
internal sealed class RoomVisit(string id, string resource, string? key, bool asksWhoIsThere, Action<RoomMessage> hear, Action<IReadOnlyList<Peer>, bool> tell)
{
    private readonly TaskCompletionSource<RealtimeApiException?> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

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
        if (!ended.Task.IsCompleted)
            hear(new() { From = from, Content = message });
    }

    public void Tell(IReadOnlyList<Peer> peers, bool joined)
    {
        if (!ended.Task.IsCompleted)
            tell(peers, joined);
    }

    public void End(RealtimeApiException? why) => ended.TrySetResult(why);
}
