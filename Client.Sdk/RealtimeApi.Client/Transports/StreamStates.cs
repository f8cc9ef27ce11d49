namespace RealtimeApi.Client;

/// <summary>The state of a transport on which each watch has requests of its own: connected while none of them fails.</summary>
internal sealed class StreamStates(WatchTransport transport, ConnectionStates states, CancellationToken stopping)
{
    private readonly object gate = new();
    private ConnectionState state;
    private int users;
    private int failures;

    public IDisposable Use()
    {
        if (stopping.IsCancellationRequested)
            throw new ObjectDisposedException(nameof(RealtimeApiClient));
        lock (gate)
            if (users++ == 0)
                Set_NeedsLock(ConnectionState.Connecting, null);
        return new Usage(this);
    }

    /// <summary>A watch stands.</summary>
    public void Opened()
    {
        lock (gate)
        {
            failures = 0;
            if (users > 0 && state != ConnectionState.Connected)
                Set_NeedsLock(ConnectionState.Connected, null);
        }
    }

    /// <summary>A watch stands no more, or could not begin to.</summary>
    public void Broke(Exception? error)
    {
        lock (gate)
        {
            failures++;
            if (users > 0)
                Set_NeedsLock(state is ConnectionState.Connected or ConnectionState.Reconnecting ? ConnectionState.Reconnecting : ConnectionState.Connecting, error);
        }
    }

    private void Leave()
    {
        lock (gate)
            if (--users == 0)
                Set_NeedsLock(ConnectionState.Disconnected, null);
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
