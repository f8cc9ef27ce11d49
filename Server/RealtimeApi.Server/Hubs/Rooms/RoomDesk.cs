using Microsoft.Extensions.Options;
using RealtimeApi.Contracts;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Hubs;

/// <summary>Judges what clients ask of rooms, and has it done: PROTOCOL, section SignalR, <c>Send</c> and <c>Presence</c>.</summary>
internal sealed class RoomDesk(RoomIndex rooms, ChangeFeed feed, IOptions<RealtimeApiOptions> options)
{
    /// <summary>Seconds: that long, the bucket of a connection fills by what it may send in the long run.</summary>
    private const int RetryAfterLimit = 1;

    /// <summary>Sends a message to the others who watch the item, or the resource where there is no key.</summary>
    /// <exception cref="ProblemException"><c>unknown-resource</c>, <c>forbidden</c>, <c>invalid-query</c>, <c>payload-too-large</c>, <c>limit-exceeded</c>, <c>unavailable</c>.</exception>
    public void Send(Participant? sender, string? resource, string? key, MessageBody body)
    {
        var messages = options.Value.Messages;
        var address = AddressOf(resource, key, static r => r.Messages, "messages");
        if (body.Json.Length > messages.MaxBytes)
            throw new ProblemException(ProblemCodes.PayloadTooLarge, $"The message has {body.Json.Length} bytes of JSON; it may have {messages.MaxBytes}.");
        var room = FindRoom(sender, address, "send to it");
        if (!sender!.MaySend())
            throw new ProblemException(ProblemCodes.LimitExceeded, $"A connection may send {messages.PerSecond} messages in a second, and {messages.Burst} at once after a pause.") { RetryAfter = RetryAfterLimit };
        rooms.Send(room, sender, body);
    }

    /// <summary>Who watches an item, for one of those; who comes and goes is told from then on, until their last watch of it ends.</summary>
    /// <exception cref="ProblemException"><c>unknown-resource</c>, <c>forbidden</c>, <c>invalid-query</c>, <c>limit-exceeded</c>, <c>unavailable</c>.</exception>
    public PresenceReply Ask(Participant? participant, string? resource, string? key)
    {
        if (key is null)
            throw new ProblemException(ProblemCodes.InvalidQuery, "Presence is of one item; give its key.");
        var address = AddressOf(resource, key, static r => r.Presence, "presence");
        return rooms.Ask(FindRoom(participant, address, "ask who else does"), participant!, key) ?? throw new ProblemException(ProblemCodes.Forbidden, "The watch has just ended.");
    }

    private RoomAddress AddressOf(string? name, string? key, Func<ResourceDefinition, bool> allows, string what)
    {
        if (string.IsNullOrEmpty(name))
            throw new ProblemException(ProblemCodes.UnknownResource, "The name of a resource is missing.");
        if (feed.State is not { } state)
            throw new ProblemException(ProblemCodes.Unavailable, "The change log has not been opened yet.") { RetryAfter = 2 };
        var resource = state.Catalog.Find(name) ?? throw new ProblemException(ProblemCodes.UnknownResource, $"There is no resource '{name}'.");
        if (!allows(resource))
            throw new ProblemException(ProblemCodes.Forbidden, $"The resource '{resource.Name}' does not allow {what}.");
        return RoomAddress.Of(state.LogId, resource, key);
    }

    private Room FindRoom(Participant? participant, RoomAddress address, string act)
    {
        if (participant is not null && rooms.Find(address, participant) is { } room)
            return room;
        var (what, how) = address.Key is null ? ($"the resource '{address.Resource}'", "without a key") : ($"this item of '{address.Resource}'", "by its key");
        throw new ProblemException(ProblemCodes.Forbidden, $"Only who watches {what} {how} on this connection may {act}; subscribe first.");
    }
}
