using RealtimeApi.Contracts;

namespace RealtimeApi.Client;

/// <summary>The state of a transport on which each watch has requests of its own: connected while none of them fails.</summary>
/// <param name="transport">Which one.</param>
/// <param name="states">The client's.</param>
/// <param name="renewsToken">Whether the next request asks for another token.</param>
/// <param name="time">The clock.</param>
/// <param name="stopping">Ends when the client does.</param>
internal sealed class StreamStates(WatchTransport transport, ConnectionStates states, bool renewsToken, TimeProvider time, CancellationToken stopping)
{
    private readonly object gate = new();
    private readonly Respite respite = new(time);
    private ConnectionState state;
    private int users;
    private int standing;
    private int failures;
    private long? fell;

    /// <summary>See <see cref="IWatchTransport.Respite"/>. While a watch stands, it is that one's time and nobody else's.</summary>
    public (RealtimeApiException Refusal, TimeSpan Time)? Respite
    {
        get
        {
            lock (gate)
                return standing > 0 ? null : respite.Left;
        }
    }

    public IDisposable Use()
    {
        if (stopping.IsCancellationRequested)
            throw new ObjectDisposedException(nameof(RealtimeApiClient));
        lock (gate)
            if (users++ == 0)
                Set_NeedsLock(ConnectionState.Connecting, null);
        return new Usage(this);
    }

    /// <summary>One run of a watch, which says by <see cref="Opened"/> when it stands, that is when its subscription starts.</summary>
    /// <returns>How it ended; as broken where one that may go on at once ended soon after it began, since it may do so again and again.</returns>
    public async Task<SubscriptionEnd> RunAsync(Subscription subscription, Func<Task<SubscriptionEnd>> follow)
    {
        var begun = time.GetTimestamp();
        try
        {
            var end = await follow().ConfigureAwait(false);
            if (end is { Reason: SubscriptionEndReason.Ended, Error.Code: ProblemCodes.Unauthorized } && (subscription.Cursor is not null || FellLately) && renewsToken)
                end = end with { Reason = SubscriptionEndReason.Disconnected, Error = null }; // The token has expired.
            if (end.Reason == SubscriptionEndReason.Disconnected && time.GetElapsedTime(begun) < Backoff.Brief)
                end = end with { Reason = SubscriptionEndReason.Broken };
            if (end.IsFailure)
                Broke(end.Cause);
            return end;
        }
        finally
        {
            if (subscription.Cursor is not null)
                Fell();
        }
    }

    /// <summary>A watch stands.</summary>
    public void Opened()
    {
        lock (gate)
        {
            standing++;
            failures = 0;
            respite.End();
            if (users > 0 && state != ConnectionState.Connected)
                Set_NeedsLock(ConnectionState.Connected, null);
        }
    }

    /// <summary>A watch that stood does so no more, for whatever reason.</summary>
    private void Fell()
    {
        lock (gate)
        {
            standing--;
            fell = time.GetTimestamp();
        }
    }

    /// <summary>Something has broken a watch, or kept it from standing.</summary>
    private void Broke(Exception? error)
    {
        lock (gate)
        {
            failures++;
            respite.Begin(error);
            if (users > 0)
                Set_NeedsLock(state is ConnectionState.Connected or ConnectionState.Reconnecting ? ConnectionState.Reconnecting : ConnectionState.Connecting, error);
        }
    }

    /// <summary>Whether the server has held a token good not long ago.</summary>
    private bool FellLately
    {
        get
        {
            lock (gate)
                return fell is { } since && time.GetElapsedTime(since) < Backoff.TokenPatience;
        }
    }

    private void Leave()
    {
        lock (gate)
        {
            if (--users == 0)
                Set_NeedsLock(ConnectionState.Disconnected, null);
            else if (standing == users && state != ConnectionState.Connected)
                Set_NeedsLock(ConnectionState.Connected, null); // It was the one that did not stand.
        }
    }

    private void Set_NeedsLock(ConnectionState next, Exception? error)
    {
        state = next;
        states.Raise(new() { State = next, Error = error, FailedAttempts = failures, Transport = transport });
    }

    private sealed class Usage(StreamStates owner) : IDisposable
    {
        private int disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref disposed, 1) == 0)
                owner.Leave();
        }
    }
}
