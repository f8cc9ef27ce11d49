using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using RealtimeApi.Contracts;

namespace RealtimeApi.Client;

/// <summary>One open hub connection, from connect to close; never reopened, so that nothing of an old connection is taken for something of a new one.</summary>
/// <remarks>Thread-safe. Calls to a subscription come from the connection's one receive loop, in the order of arrival.</remarks>
internal sealed class HubSession : IAsyncDisposable
{
    private readonly HubConnection connection;
    private readonly bool renewsToken;
    private volatile bool hasLeftARoom;
    private readonly ConcurrentDictionary<string, Subscription> subscriptions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, RoomVisit> visits = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource<Exception?> closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="connection">Not started yet.</param>
    /// <param name="renewsToken">Whether the next connection asks for another token.</param>
    public HubSession(HubConnection connection, bool renewsToken = false)
    {
        this.connection = connection;
        this.renewsToken = renewsToken;
        connection.Closed += OnClosed;
        // One that is told to reconnect by itself comes back without its watches, as if nothing had happened.
        connection.Reconnecting += OnClosed;
        connection.On<string, JsonElement>("Changes", OnChanges);
        connection.On<string, ProblemDetails>("Ended", OnEnded);
        connection.On<string, string?, string, JsonElement>("Message", OnMessage);
        connection.On<string, string, JsonElement>("Joined", (resource, key, who) => OnPeers(resource, key, who, joined: true));
        connection.On<string, string, JsonElement>("Left", (resource, key, who) => OnPeers(resource, key, who, joined: false));
    }

    /// <summary>Ends, with what broke it if anything, when the connection has closed. Every subscription has ended by then.</summary>
    public Task<Exception?> Closed => closed.Task;

    /// <summary>Gives the connection up where the next one may have another token than the one that has expired.</summary>
    /// <returns>Whether it may.</returns>
    public bool LeaveForAnotherToken()
    {
        if (renewsToken)
            _ = OnClosed(null);
        return renewsToken;
    }

    public Task OpenAsync(CancellationToken cancellationToken) => connection.StartAsync(cancellationToken);

    /// <summary>Starts a watch; its events may come before this returns.</summary>
    public async Task<SubscribeReply> SubscribeAsync(Subscription subscription, WatchRequest request)
    {
        subscriptions[subscription.Id] = subscription;
        if (closed.Task.IsCompleted)
            subscription.End(SubscriptionEnd.Disconnected);

        return await connection.InvokeAsync<SubscribeReply>("Subscribe", subscription.Id, request).ConfigureAwait(false);
    }

    /// <summary>Stops a watch. Nothing more reaches the subscription from here on, and nothing more is sent for it once this returns.</summary>
    public async Task UnsubscribeAsync(Subscription subscription)
    {
        Forget(subscription);
        if (closed.Task.IsCompleted)
            return;
        try
        {
            await connection.InvokeAsync("Unsubscribe", subscription.Id).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // A closed connection has no watches; and what a server that fails goes on sending for this id reaches nobody.
        }
    }

    /// <summary>Enters a room: watches what is talked about, and asks who is there where the visit wants to know. What is told before this returns waits until whoever calls has the visit take the reply.</summary>
    /// <exception cref="HubException">The server refused.</exception>
    public async Task<PresenceReply?> EnterAsync(RoomVisit visit)
    {
        visits[visit.Id] = visit;
        if (closed.Task.IsCompleted)
            visit.End(null);
        await connection.InvokeAsync<SubscribeReply>("Subscribe", visit.Id, new WatchRequest { Resource = visit.Resource, Key = visit.Key }).ConfigureAwait(false);
        // The server tells a connection of everybody once; where another room or watch of this client has been told, only the reply says it.
        return visit.AsksWhoIsThere ? await AskAsync(visit).ConfigureAwait(false) : null;
    }

    /// <summary>Asks who is in a room.</summary>
    /// <exception cref="HubException">The server refused.</exception>
    public Task<PresenceReply> AskAsync(RoomVisit visit)
    {
        visit.Ask(mayBeToldOld: hasLeftARoom);
        return connection.InvokeAsync<PresenceReply>("Presence", visit.Resource, visit.Key);
    }

    /// <summary>Leaves a room. Nothing more reaches the visit from here on.</summary>
    public async Task LeaveAsync(RoomVisit visit)
    {
        if (visit.AsksWhoIsThere)
            hasLeftARoom = true;
        visits.TryRemove(visit.Id, out _);
        if (closed.Task.IsCompleted)
            return;
        try
        {
            await connection.InvokeAsync("Unsubscribe", visit.Id).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // A closed connection is in no room.
        }
    }

    /// <summary>Says something to the others in a room.</summary>
    /// <exception cref="HubException">The server refused.</exception>
    public Task SendAsync(RoomVisit visit, JsonElement message) => connection.InvokeAsync("Send", visit.Resource, visit.Key, message);

    public void Forget(Subscription subscription) => subscriptions.TryRemove(subscription.Id, out _);

    public async ValueTask DisposeAsync()
    {
        await OnClosed(null).ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    private void OnChanges(string id, JsonElement batch)
    {
        if (subscriptions.TryGetValue(id, out var subscription))
            subscription.Receive(batch);
    }

    private void OnEnded(string id, ProblemDetails problem)
    {
        if (problem.Code == ProblemCodes.Unauthorized && LeaveForAnotherToken())
            return;
        if (subscriptions.TryRemove(id, out var subscription))
            subscription.End(new SubscriptionEnd(SubscriptionEndReason.Ended, new RealtimeApiException(problem)));
        else if (visits.TryRemove(id, out var visit))
            visit.End(new RealtimeApiException(problem));
    }

    private void OnMessage(string resource, string? key, string from, JsonElement message)
    {
        foreach (var visit in visits.Values.Where(visit => visit.Is(resource, key)))
        {
            visit.Hear(from, message);
            _ = visit.RaiseAsync();
        }
    }

    private void OnPeers(string resource, string key, JsonElement who, bool joined)
    {
        var peers = who.Deserialize(ClientJsonContext.Default.ListPeer) ?? [];
        foreach (var visit in visits.Values.Where(visit => visit.AsksWhoIsThere && visit.Is(resource, key)))
        {
            visit.Tell(peers, joined);
            _ = visit.RaiseAsync();
        }
    }

    private Task OnClosed(Exception? error)
    {
        closed.TrySetResult(error);
        foreach (var subscription in subscriptions.Values)
            subscription.End(SubscriptionEnd.Disconnected);
        foreach (var visit in visits.Values)
            visit.End(null);
        return Task.CompletedTask;
    }
}
