using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Watching;

namespace RealtimeApi.Server.Hubs;

/// <summary>Who of this node watches what, for the resources where clients can talk: finds those whom a message is for, and says who comes and goes.</summary>
/// <remarks>Thread-safe; <see cref="gate"/> guards the rooms, and is never held while a client is written to.</remarks>
internal sealed class RoomIndex(NodeBus bus, PresenceBoard board, PresenceGossip gossip, ChangeFeed feed)
{
    private readonly Lock gate = new();
    private readonly Dictionary<RoomAddress, Room> rooms = [];

    /// <summary>Takes a place for a watch, until that is disposed; null where nobody can talk about what it covers.</summary>
    /// <param name="participant">Whose watch it is; asked for only where it is needed.</param>
    /// <param name="view">What is watched.</param>
    /// <param name="key">The key as the client spelt it.</param>
    public Seat? Enter(Func<Participant> participant, WatchView view, string? key)
    {
        if (!(view.Resource.Messages || view.Resource.Presence) || feed.State is not { } state)
            return null;
        var who = participant();
        var address = new RoomAddress(state.LogId, view.Resource.Name, view.Key?.Identity);
        lock (gate)
        {
            if (!rooms.TryGetValue(address, out var room))
            {
                rooms.Add(address, room = new(address, view.Resource.Presence && key is not null));
                if (view.Resource.Messages)
                    bus.Follow(address.Topic, message => Receive(room, message));
            }

            if (room.Enter_NeedsLock(who, key) && room.HasPresence)
                gossip.Join(new(address, who.Peer));
            return new(this, room, who, key);
        }
    }

    public void Leave(Room room, Participant participant, string? key)
    {
        lock (gate)
        {
            var isGone = room.Leave_NeedsLock(participant, key, out var ended);
            if (ended?.Presence is { } watcher)
                board.Forget(watcher);
            if (isGone && room.HasPresence)
                gossip.Leave(new(room.Address, participant.Peer));

            if (room.Count == 0 && rooms.Remove(room.Address))
                bus.Unfollow(room.Address.Topic);
        }
    }

    /// <summary>The room of this address, where the participant is in it.</summary>
    public Room? Find(RoomAddress address, Participant participant)
    {
        lock (gate)
            return rooms.TryGetValue(address, out var room) && room.Holds_NeedsLock(participant) ? room : null;
    }

    /// <summary>Who watches the room's item; and from now on, until they end their last watch of it, the participant is told who comes and goes.</summary>
    /// <returns>Null where the participant is not in the room any more.</returns>
    /// <exception cref="ProblemException"><c>limit-exceeded</c>.</exception>
    public PresenceReply? Ask(Room room, Participant participant, string key)
    {
        lock (gate)
        {
            if (room.Find_NeedsLock(participant, key) is not { } spelling)
                return null;
            var watcher = spelling.Presence ?? new(board, participant, room.Address, spelling.Key!);
            var reply = board.Ask(watcher);
            spelling.Presence = watcher;
            return reply;
        }
    }

    /// <summary>Hands a message to all in a room but its sender, and to the other nodes, and waits for none of them. At most once: who cannot be reached now is not sent it later.</summary>
    public void Send(Room room, Participant sender, MessageBody body)
    {
        Deliver(room, sender, sender.Peer.Id, body);
        bus.Post(room.Address.Topic, NodeMessage.Write(sender.Peer.Id, body));
    }

    private void Receive(Room room, string message)
    {
        var (from, body) = NodeMessage.Read(message);
        Deliver(room, sender: null, from, body);
    }

    private void Deliver(Room room, Participant? sender, string from, MessageBody body)
    {
        List<(Participant Participant, string? Key)> members;
        lock (gate)
            members = room.List_NeedsLock();
        // Each is told the key as they spell it, so that a client need not know how the database compares; nearly always all spell it alike.
        (string? Key, SerializedHubMessage Message)? last = null;
        foreach (var (participant, key) in members)
        {
            if (participant == sender)
                continue;
            if (last is not { } made || made.Key != key)
                last = made = (key, new(new InvocationMessage("Message", [room.Address.Resource, key, from, body])));
            participant.Outbox.Post(made.Message);
        }
    }
}
