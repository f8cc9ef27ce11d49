using RealtimeApi.Server.Watching;

namespace RealtimeApi.Server.Hubs;

/// <summary>One watch of a connection under the client's own name for it. Its state belongs to its <see cref="ConnectionPump"/> and is guarded by that one's lock.</summary>
internal sealed class Subscription(ConnectionPump pump, string id)
{
    private volatile bool stopped;

    public string Id { get; } = id;

    /// <summary>Null while it is being started. Whoever stops the subscription closes it, once.</summary>
    public Watch? Watch { get; set; }

    /// <summary>Where its client can talk with those who watch the same; null where that is not allowed.</summary>
    public Seat? Seat { get; set; }

    /// <summary>Nothing more is read or sent for it. Set under the lock; may be seen without.</summary>
    public bool Stopped
    {
        get => stopped;
        set => stopped = value;
    }

    /// <summary>Whether it stands in the queue of those that may have something to read.</summary>
    public bool Queued { get; set; }

    /// <summary>The next in that queue.</summary>
    public Subscription? Next { get; set; }

    /// <summary>Completes when the turn that it is being served in is over; made by whoever waits for that.</summary>
    public TaskCompletionSource? TurnOver { get; set; }

    /// <summary>Ends its watch, where one has been started.</summary>
    public void Close()
    {
        Seat?.Dispose();
        Watch?.Dispose();
    }

    /// <summary>Told by the engine, on any thread.</summary>
    public void OnReady(Watch watch) => pump.OnReady(this);
}
