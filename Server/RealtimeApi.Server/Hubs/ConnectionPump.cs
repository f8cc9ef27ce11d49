using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Logging;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Requests;
using RealtimeApi.Server.Watching;

namespace RealtimeApi.Server.Hubs;

/// <summary>Serves the watches of one connection in turn: reads a batch, writes its frame, and only then reads again, so that one write is pending at most.</summary>
/// <remarks>
/// Holds no queue of changes: what a slow client has not taken stays in the log. The state is guarded by <see cref="gate"/>; the frames are read and written by
/// one runner at a time, whoever set <see cref="running"/>.
/// </remarks>
internal sealed partial class ConnectionPump : IThreadPoolWorkItem, IDisposable
{
    /// <summary>How many frames the engine's thread writes for one connection, before the rest moves to the thread pool.</summary>
    private const int FramesInline = 4;

    /// <summary>How many frames are written for one connection, before others on the thread pool have their turn.</summary>
    private const int FramesPerRun = 16;

    /// <summary>Seconds that a client waits which asks again for a watch too many, whatever it has done about it.</summary>
    private const int RetryAfterLimit = 10;

    private readonly Lock gate = new();
    private readonly HubConnectionContext connection;
    private readonly PumpContext context;
    private readonly string protocol;
    private readonly string caller;
    private readonly CancellationTokenRegistration aborted;
    private readonly Dictionary<string, Subscription> subscriptions = new(StringComparer.Ordinal);
    private Subscription? firstReady;
    private Subscription? lastReady;
    private Subscription? served;
    private bool running;
    private bool disposed;
    private Participant? participant;

    public ConnectionPump(HubConnectionContext connection, PumpContext context)
    {
        this.connection = connection;
        this.context = context;
        protocol = connection.Protocol.Name;
        caller = connection.GetHttpContext() is { } request ? Caller.OrAddressOf(request) : connection.ConnectionId;
        aborted = connection.ConnectionAborted.UnsafeRegister(static pump => ((ConnectionPump)pump!).Dispose(), this);
    }

    /// <summary>The connection as others see it; null before its first watch of something where one can talk.</summary>
    public Participant? Participant
    {
        get
        {
            lock (gate)
                return participant;
        }
    }

    /// <summary>Starts a watch under a free id.</summary>
    /// <returns>The cursor it starts from; null where the current items come first.</returns>
    /// <exception cref="ProblemException">The request is refused, the id is taken, or the connection has as many watches as it may.</exception>
    public async Task<string?> SubscribeAsync(string id, WatchRequest request)
    {
        var subscription = Reserve(id);
        Watch watch;
        try
        {
            watch = await context.Engine.StartAsync(request, caller, subscription.OnReady, connection.ConnectionAborted);
        }
        catch
        {
            Release(subscription);
            throw;
        }
        var seat = context.Rooms.Enter(TakePart, watch.Scope.View, request.Key);
        lock (gate)
        {
            subscription.Watch = watch;
            subscription.Seat = seat;
            if (Enqueue_NeedsLock(subscription))
            {
                if (!running)
                    ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                running = true;
                return watch.StartCursor;
            }
        }
        subscription.Close();
        throw new OperationCanceledException("The connection was closed, or the watch stopped, while it was being started.");
    }

    /// <summary>Stops a watch. Once the task has completed, nothing more is written for <paramref name="id"/>, its end included.</summary>
    public Task UnsubscribeAsync(string id)
    {
        Subscription? stopped = null;
        var turnOver = Task.CompletedTask;
        lock (gate)
        {
            // One that is still being started closes itself.
            if (subscriptions.Remove(id, out var subscription))
            {
                subscription.Stopped = true;
                stopped = subscription.Watch is null ? null : subscription;
            }
            if (served is { } current && current.Id == id)
                turnOver = (current.TurnOver ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
        stopped?.Close();
        return turnOver;
    }

    /// <summary>
    /// Serves the watch, at once and on the caller's thread where the connection is idle: a frame is a copy into the connection's pipe, which costs less than a
    /// hop to another thread. Where a read or a write does not complete at once, the caller is not held up.
    /// </summary>
    public void OnReady(Subscription subscription)
    {
        lock (gate)
        {
            // One that is still being started is queued when that is done.
            if (subscription.Watch is null || !Enqueue_NeedsLock(subscription) || running)
                return;
            running = true;
        }
        _ = RunAsync(FramesInline);
    }

    void IThreadPoolWorkItem.Execute() => _ = RunAsync(FramesPerRun);

    public void Dispose()
    {
        var stopped = new List<Subscription>();
        lock (gate)
        {
            if (disposed)
                return;
            disposed = true;
            foreach (var subscription in subscriptions.Values)
            {
                subscription.Stopped = true;
                if (subscription.Watch is not null)
                    stopped.Add(subscription);
            }
            subscriptions.Clear();
            firstReady = lastReady = null;
        }
        foreach (var subscription in stopped)
            subscription.Close();
        Participant?.Dispose();
        aborted.Unregister();
    }

    private async Task RunAsync(int framesLeft)
    {
        try
        {
            await ServeAsync(framesLeft);
        }
        catch (Exception) when (connection.ConnectionAborted.IsCancellationRequested)
        {
            // Nobody is there to be served.
            EndTurn();
        }
        catch (Exception exception)
        {
            // Nobody would serve its watches any more while it stays open. Its client connects again and resumes.
            Log.ConnectionFailed(context.Logger, connection.ConnectionId, exception);
            Abort();
            EndTurn();
        }
    }

    private async Task ServeAsync(int framesLeft)
    {
        Subscription? again = null;
        while (TakeTurn(again, framesLeft) is { } subscription)
        {
            again = null;
            try
            {
                var batch = await subscription.Watch!.ReadAsync(BatchLimit.Frame, connection.ConnectionAborted);
                if (batch is null || subscription.Stopped)
                    continue;
                framesLeft--;
                await SendAsync(connection.WriteAsync(context.Frames.Compose(protocol, subscription.Id, batch)));
                again = subscription;
            }
            catch (Exception) when (subscription.Stopped || connection.ConnectionAborted.IsCancellationRequested)
            {
                // It was stopped while it was being read.
            }
            catch (ProblemException problem)
            {
                await EndAsync(subscription, problem);
            }
            catch (Exception exception)
            {
                Log.WatchFailed(context.Logger, exception);
                await EndAsync(subscription, new(ProblemCodes.Unavailable, "The watch broke off; resume it later."));
            }
        }
    }

    /// <summary>
    /// Ends the turn that was being served, and begins the next; null when nothing is ready, or when <paramref name="framesLeft"/> is used up and the thread pool
    /// goes on.
    /// </summary>
    private Subscription? TakeTurn(Subscription? again, int framesLeft)
    {
        lock (gate)
        {
            served?.TurnOver?.TrySetResult();
            served = null;
            if (again is not null)
                Enqueue_NeedsLock(again);
            while (firstReady is { Stopped: true })
                Dequeue_NeedsLock();
            running = firstReady is not null;
            if (!running || framesLeft > 0)
                return served = Dequeue_NeedsLock();
        }
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return null;
    }

    /// <summary>Ends the turn that broke off, so that nobody waits for it: an <c>Unsubscribe</c> that never returned would keep the closed connection in memory.</summary>
    private void EndTurn()
    {
        lock (gate)
        {
            served?.TurnOver?.TrySetResult();
            served = null;
        }
    }

    /// <summary>Ends a watch and says so, in order with what was sent of it; its id is free before.</summary>
    private async Task EndAsync(Subscription subscription, ProblemException problem)
    {
        if (!Release(subscription))
            return;
        subscription.Close();
        await SendAsync(connection.WriteAsync(new InvocationMessage("Ended", [subscription.Id, problem.ToProblemDetails()])));
    }

    private ValueTask SendAsync(ValueTask write) => write.IsCompletedSuccessfully ? write : SendSlowlyAsync(write.AsTask());

    /// <summary>Gives up on a client that takes nothing. It may resume from its last cursor.</summary>
    private async ValueTask SendSlowlyAsync(Task write)
    {
        await write.WaitAsync(context.Options.SendTimeout, context.Clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!write.IsCompleted)
        {
            Log.SendTimedOut(context.Logger, connection.ConnectionId, context.Options.SendTimeout);
            Abort();
        }

        await write;
    }

    private void Abort()
    {
        connection.Abort();
        // Aborting the hub's connection lets the transport finish the send that is stuck; this ends it.
        connection.Features.Get<IConnectionLifetimeFeature>()?.Abort();
    }

    private Participant TakePart()
    {
        lock (gate)
            return participant ??= new(connection, context.Messages);
    }

    private Subscription Reserve(string id)
    {
        lock (gate)
        {
            if (disposed)
                throw new OperationCanceledException("The connection was closed.");
            if (subscriptions.ContainsKey(id))
                throw new ProblemException(ProblemCodes.AlreadySubscribed, $"This connection already has a watch '{id}'; unsubscribe it first, or choose another id.");
            var limit = context.Options.MaxWatchesPerConnection;
            if (subscriptions.Count >= limit)
                throw new ProblemException(ProblemCodes.LimitExceeded, $"A connection may have {limit} watches; unsubscribe one first, or open another connection.") { RetryAfter = RetryAfterLimit };
            return subscriptions[id] = new(this, id);
        }
    }

    /// <summary>Stops a watch and frees its id; false when that had been done.</summary>
    private bool Release(Subscription subscription)
    {
        lock (gate)
        {
            if (subscription.Stopped)
                return false;
            subscription.Stopped = true;
            return subscriptions.Remove(subscription.Id);
        }
    }

    private bool Enqueue_NeedsLock(Subscription subscription)
    {
        if (subscription.Queued || subscription.Stopped)
            return false;
        subscription.Queued = true;
        if (lastReady is null)
            firstReady = subscription;
        else
            lastReady.Next = subscription;
        lastReady = subscription;
        return true;
    }

    private Subscription? Dequeue_NeedsLock()
    {
        if (firstReady is not { } subscription)
            return null;
        firstReady = subscription.Next;
        if (firstReady is null)
            lastReady = null;
        subscription.Next = null;
        subscription.Queued = false;
        return subscription;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A watch broke off.", EventName = "WatchFailed")]
        public static partial void WatchFailed(ILogger logger, Exception exception);

        [LoggerMessage(2, LogLevel.Information, "Connection {ConnectionId} took nothing for {SendTimeout} and was aborted.", EventName = "SendTimedOut")]
        public static partial void SendTimedOut(ILogger logger, string connectionId, TimeSpan sendTimeout);

        [LoggerMessage(3, LogLevel.Error, "Connection {ConnectionId} could not be served and was aborted.", EventName = "ConnectionFailed")]
        public static partial void ConnectionFailed(ILogger logger, string connectionId, Exception exception);
    }
}
