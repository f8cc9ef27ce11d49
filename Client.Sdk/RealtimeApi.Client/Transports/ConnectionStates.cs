using Microsoft.Extensions.Logging;

namespace RealtimeApi.Client;

/// <summary>How a client's connection stands, whatever the transport, told one step at a time.</summary>
/// <remarks>
/// Thread-safe; <see cref="gate"/> guards it, and is not held while handlers are called. Whoever raises a step does not wait for them: one task at a time, on the thread pool, tells them of what has
/// happened, in order, so that a handler may wait for anything, also for what only goes on without it, as the end of the connection.
/// Where a transport is left while another is in use, as one that rooms or slower watches have used, that other one's state is the client's.
/// </remarks>
/// <param name="changed">Tells the handlers, and gives on what each of them throws.</param>
/// <param name="logger">The client's.</param>
internal sealed partial class ConnectionStates(Action<ConnectionStateChange, Action<Exception>> changed, ILogger logger)
{
    /// <summary>So many steps wait for the handlers; then the oldest go.</summary>
    public const int MaxSteps = 100;

    private readonly object gate = new();
    private readonly Queue<ConnectionStateChange> steps = new();
    private readonly List<ConnectionStateChange> inUse = [];
    private readonly Action<Exception> failed = error => Log.HandlerFailed(logger, error);
    private ConnectionStateChange? last;
    private volatile ConnectionState state;
    private bool raising;

    /// <summary>The state now, which the handlers may still have to be told of.</summary>
    public ConnectionState State => state;

    public void Raise(ConnectionStateChange change)
    {
        lock (gate)
        {
            inUse.RemoveAll(other => other.Transport == change.Transport);
            if (change.State != ConnectionState.Disconnected)
                inUse.Add(change);
            else if (inUse.Count > 0)
                change = inUse[inUse.Count - 1];
            if (change == last)
                return;

            last = change;
            state = change.State;
            if (steps.Count == MaxSteps)
                steps.Dequeue();
            steps.Enqueue(change);
            if (raising)
                return;
            raising = true;
        }

        _ = Task.Run(Tell);
    }

    private void Tell()
    {
        while (Take() is { } step)
            changed(step, failed);
    }

    private ConnectionStateChange? Take()
    {
        lock (gate)
        {
            raising = steps.Count > 0;
            return raising ? steps.Dequeue() : null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3, LogLevel.Error, "A handler of ConnectionStateChanged failed", EventName = "HandlerFailed")]
        public static partial void HandlerFailed(ILogger logger, Exception exception);
    }
}
