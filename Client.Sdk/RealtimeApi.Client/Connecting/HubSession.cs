using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;
using RealtimeApi.Contracts;

namespace RealtimeApi.Client;

/// <summary>One open hub connection, from connect to close; never reopened, so that nothing of an old connection is taken for something of a new one.</summary>
/// <remarks>Thread-safe. Calls to a subscription come from the connection's one receive loop, in the order of arrival.</remarks>
internal sealed class HubSession : IAsyncDisposable
{
    private readonly HubConnection connection;
    private readonly ConcurrentDictionary<string, Subscription> subscriptions = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource<Exception?> closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public HubSession(HubConnection connection)
    {
        this.connection = connection;
        connection.Closed += OnClosed;
        connection.On<string, JsonElement>("Changes", OnChanges);
        connection.On<string, ProblemDetails>("Ended", OnEnded);
    }

    /// <summary>Ends, with what broke it if anything, when the connection has closed. Every subscription has ended by then.</summary>
    public Task<Exception?> Closed => closed.Task;

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

    public void Forget(Subscription subscription) => subscriptions.TryRemove(subscription.Id, out _);

    public async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync().ConfigureAwait(false);
        await OnClosed(null).ConfigureAwait(false);
    }

    private void OnChanges(string id, JsonElement batch)
    {
        if (subscriptions.TryGetValue(id, out var subscription))
            subscription.Receive(batch);
    }

    private void OnEnded(string id, ProblemDetails problem)
    {
        if (subscriptions.TryRemove(id, out var subscription))
            subscription.End(new SubscriptionEnd(SubscriptionEndReason.Ended, new RealtimeApiException(problem)));
    }

    private Task OnClosed(Exception? error)
    {
        closed.TrySetResult(error);
        foreach (var subscription in subscriptions.Values)
            subscription.End(SubscriptionEnd.Disconnected);
        return Task.CompletedTask;
    }
}
