using Microsoft.Extensions.Logging;
using RealtimeApi.Contracts;

namespace RealtimeApi.Client;

/// <summary>Keeps one hub connection open while a watch uses it, for as long as it takes.</summary>
/// <remarks>
/// A lock guards who uses it and which session is current; one loop at a time, started by the first user, opens and closes sessions and raises the state.
/// </remarks>
internal sealed partial class ConnectionLoop(HubConnector connector, RealtimeApiClientOptions options, Func<double> random, ILogger logger, ConnectionStates states) : IAsyncDisposable
{
    /// <summary>A connection that held this long was sound: the next failure starts from the shortest wait again.</summary>
    private static readonly TimeSpan Stable = TimeSpan.FromSeconds(10);

    /// <summary>Within this time a client comes back that a server has sent elsewhere, so that not all of them do at the same moment.</summary>
    private static readonly TimeSpan LongestFarewell = TimeSpan.FromMilliseconds(200);

    /// <summary>So many attempts in a row at a server that answers plain requests, and no WebSocket: it does not pass.</summary>
    private const int MaximumUnsuitable = 2;

    private readonly object gate = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly Respite respite = new(options.TimeProvider);
    private TaskCompletionSource<HubSession> current = NewSource<HubSession>();
    private TaskCompletionSource<bool> unused = NewSource<bool>();
    private Task loop = Task.CompletedTask;
    private bool running;
    private bool disposed;
    private int users;

    public CancellationToken Stopping => stopping.Token;

    /// <summary>Counts a user in; the connection stays open until it is counted out by <see cref="Leave"/>.</summary>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public void Enter()
    {
        lock (gate)
        {
            if (disposed)
                throw new ObjectDisposedException(nameof(RealtimeApiClient));
            users++;
            StartLoop_NeedsLock();
        }
    }

    public void Leave()
    {
        lock (gate)
        {
            if (--users == 0)
                unused.TrySetResult(true);
        }
    }

    /// <summary>The open session, when there is one.</summary>
    /// <exception cref="RealtimeApiException">The server refused the connection.</exception>
    /// <exception cref="TransportUnsuitableException">WebSockets do not lead to the server, though other requests do, and the client may use those.</exception>
    /// <exception cref="ObjectDisposedException">The client was disposed meanwhile.</exception>
    public Task<HubSession> GetSessionAsync(CancellationToken cancellationToken)
    {
        Task<HubSession> task;
        lock (gate)
        {
            StartLoop_NeedsLock();
            // One that has closed is replaced by the loop only in a moment.
            if (current.Task.Status == TaskStatus.RanToCompletion && current.Task.Result.Closed.IsCompleted)
                current = NewSource<HubSession>();
            task = current.Task;
        }
        return task.WaitAsync(Timeout.InfiniteTimeSpan, options.TimeProvider, cancellationToken);
    }

    /// <summary>Whether a connection opens beside what is in use; it is closed at once. Within the time that a busy server has asked for, none is tried.</summary>
    public async Task<bool> CanConnectAsync(CancellationToken cancellationToken)
    {
        if (respite.Left is not null)
            return false;
        try
        {
            var session = await connector.ConnectAsync(cancellationToken).ConfigureAwait(false);
            await session.DisposeAsync().ConfigureAwait(false);
            respite.End();
            return true;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            respite.Begin(e);
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task running;
        lock (gate)
        {
            disposed = true;
            running = loop;
        }

        // Not within the lock: what waits for this goes on within the call, and may be anything.
        stopping.Cancel();
        await running.ConfigureAwait(false);
    }

    private static TaskCompletionSource<T> NewSource<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void StartLoop_NeedsLock()
    {
        if (running || disposed)
            return;
        running = true;
        // After the one before has closed its session, so that there is never a second connection.
        var before = loop;
        loop = Task.Run(() => RunAfterAsync(before));
    }

    private async Task RunAfterAsync(Task before)
    {
        await before.ConfigureAwait(false);
        try
        {
            await RunAsync(new Backoff(options.TimeProvider, options.MaxReconnectDelay, random)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Whatever it is, as a logger that fails: nobody must wait for a loop that has ended.
            Stop(stopping.IsCancellationRequested ? new ObjectDisposedException(nameof(RealtimeApiClient)) : e);
            Raise(new() { State = ConnectionState.Disconnected });
        }
    }

    private async Task RunAsync(Backoff backoff)
    {
        var waiting = ConnectionState.Connecting;
        var unsuitable = 0;
        var wasBrief = false;
        long? closed = null;
        if (respite.Left is { } left && !await WaitToRetryAsync(waiting, left.Refusal, backoff, backoff.Next(left.Time)).ConfigureAwait(false))
            return;

        while (true)
        {
            Exception? error;
            TimeSpan? atLeast = null;
            var isSentAway = false;
            Raise(new() { State = waiting, FailedAttempts = backoff.Failures });
            try
            {
                var session = await connector.ConnectAsync(stopping.Token).ConfigureAwait(false);
                var opened = options.TimeProvider.GetTimestamp();
                try
                {
                    unsuitable = 0;
                    respite.End();
                    Raise(new() { State = ConnectionState.Connected });
                    current.TrySetResult(session);
                    error = await UntilClosedOrUnusedAsync(session).ConfigureAwait(false);
                }
                finally
                {
                    lock (gate)
                        if (current.Task.IsCompleted)
                            current = NewSource<HubSession>();
                    await session.DisposeAsync().ConfigureAwait(false);
                }
                // A server that closes without an error is stopping, and others are there, or soon are: however often that happens, it is no failure.
                var held = options.TimeProvider.GetElapsedTime(opened);
                var isBrief = held < Backoff.Brief;
                closed = options.TimeProvider.GetTimestamp();
                isSentAway = error is null && !(isBrief && wasBrief);
                wasBrief = isBrief;
                if (held >= Stable || (isSentAway && !isBrief))
                    backoff.Reset();
                waiting = ConnectionState.Reconnecting;
            }
            catch (RealtimeApiException e) when (!e.IsTransient && !(e.Code == ProblemCodes.Unauthorized && MayHaveAnotherToken(closed)))
            {
                Log.Refused(logger, options.HubAddress, e.Message);
                Raise(new() { State = ConnectionState.Disconnected, Error = e, FailedAttempts = backoff.Failures + 1 });
                Stop(e);
                return;
            }
            catch (TransportUnsuitableException e) when (options.Transport == WatchTransport.Automatic && ++unsuitable >= MaximumUnsuitable)
            {
                Raise(new() { State = ConnectionState.Disconnected, Error = e, FailedAttempts = backoff.Failures + 1 });
                Stop(e);
                return;
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                if (e is not TransportUnsuitableException)
                    unsuitable = 0; // The server was away in between.
                error = e;
                atLeast = (e as RealtimeApiException)?.RetryAfter;
                respite.Begin(e);
            }

            if (StopIfUnused())
            {
                Raise(new() { State = ConnectionState.Disconnected });
                return;
            }

            var wait = isSentAway ? TimeSpan.FromTicks((long)(random() * LongestFarewell.Ticks)) : backoff.Next(atLeast);
            Log.Lost(logger, options.HubAddress, error?.Message ?? "closed by the server", wait.TotalMilliseconds);
            if (!await WaitToRetryAsync(waiting, error, backoff, wait).ConfigureAwait(false))
                return;
        }
    }

    /// <param name="closed">When a connection closed that the last token opened; null where none did.</param>
    private bool MayHaveAnotherToken(long? closed) =>
        options.AccessTokenProvider is not null && closed is { } since && options.TimeProvider.GetElapsedTime(since) < Backoff.TokenPatience;

    /// <returns>False where nobody uses the connection any more; the loop has stopped then.</returns>
    private async Task<bool> WaitToRetryAsync(ConnectionState waiting, Exception? error, Backoff backoff, TimeSpan wait)
    {
        Raise(new() { State = waiting, Error = error, FailedAttempts = backoff.Failures, RetryIn = wait });
        if (await WaitWhileUsedAsync(wait).ConfigureAwait(false))
            return true;
        Raise(new() { State = ConnectionState.Disconnected });
        return false;
    }

    /// <returns>False where nobody uses the connection any more; the loop has stopped then.</returns>
    private async Task<bool> WaitWhileUsedAsync(TimeSpan wait)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        var over = options.TimeProvider.Delay(wait, stop.Token);
        try
        {
            while (true)
            {
                await Task.WhenAny(over, Unused()).ConfigureAwait(false);
                stopping.Token.ThrowIfCancellationRequested();
                if (StopIfUnused())
                    return false;
                if (over.IsCompleted)
                    return true;
            }
        }
        finally
        {
            stop.Cancel();
        }
    }

    /// <summary>Ends when the session has closed, giving what broke it, or when nobody has used it for the idle time.</summary>
    private async Task<Exception?> UntilClosedOrUnusedAsync(HubSession session)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        var stopped = options.TimeProvider.Delay(Timeout.InfiniteTimeSpan, stop.Token);
        try
        {
            while (true)
            {
                await Task.WhenAny(session.Closed, stopped, Unused()).ConfigureAwait(false);
                if (!session.Closed.IsCompleted && !stopped.IsCompleted)
                    await Task.WhenAny(session.Closed, stopped, options.TimeProvider.Delay(options.IdleTimeout, stop.Token)).ConfigureAwait(false);
                stopping.Token.ThrowIfCancellationRequested();
                if (session.Closed.IsCompleted)
                    return await session.Closed.ConfigureAwait(false);
                if (Unused().IsCompleted)
                    return null;
            }
        }
        finally
        {
            stop.Cancel();
        }
    }

    /// <summary>Completed while nobody uses the connection.</summary>
    private Task<bool> Unused()
    {
        lock (gate)
        {
            if (users > 0 && unused.Task.IsCompleted)
                unused = NewSource<bool>();
            return unused.Task;
        }
    }

    private bool StopIfUnused()
    {
        lock (gate)
        {
            if (users > 0)
                return false;
            running = false;
            return true;
        }
    }

    private void Stop(Exception why)
    {
        TaskCompletionSource<HubSession> waited;
        lock (gate)
        {
            running = false;
            waited = current;
            current = NewSource<HubSession>();
        }
        if (waited.TrySetException(why))
            _ = waited.Task.Exception; // Seen, also where nobody waited.
    }

    private void Raise(ConnectionStateChange change) => states.Raise(change with { Transport = WatchTransport.WebSockets });

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The connection to {Address} is down ({Reason}); the next attempt is in {Milliseconds:0} ms", EventName = "Lost")]
        public static partial void Lost(ILogger logger, Uri address, string reason, double milliseconds);

        [LoggerMessage(2, LogLevel.Warning, "{Address} refused the connection: {Reason}", EventName = "Refused")]
        public static partial void Refused(ILogger logger, Uri address, string reason);
    }
}
