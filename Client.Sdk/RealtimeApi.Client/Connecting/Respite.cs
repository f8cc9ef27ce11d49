namespace RealtimeApi.Client;

/// <summary>The time for which a server that is busy has asked not to be asked again. Whoever comes anew within it waits for what is left.</summary>
/// <remarks>Thread-safe; a lock guards all.</remarks>
internal sealed class Respite(TimeProvider time)
{
    private readonly object gate = new();
    private RealtimeApiException? refusal;
    private TimeSpan length;
    private long asked;

    /// <summary>What the server said, and what is left of the time that it asked for; null where it asked for none, or that is over.</summary>
    public (RealtimeApiException Refusal, TimeSpan Time)? Left
    {
        get
        {
            lock (gate)
                return refusal is not null && Left_NeedsLock is var left && left > TimeSpan.Zero ? (refusal, left) : null;
        }
    }

    /// <summary>An attempt has failed. Where the server asked for time, that begins now; a longer one that it asked for before goes on.</summary>
    public void Begin(Exception? failure)
    {
        if (failure is not RealtimeApiException { IsTransient: true, RetryAfter: { } after } busy)
            return;
        var bounded = Backoff.Bound(after);
        lock (gate)
            if (refusal is null || bounded > Left_NeedsLock)
                (refusal, length, asked) = (busy, bounded, time.GetTimestamp());
    }

    /// <summary>The server takes requests again.</summary>
    public void End()
    {
        lock (gate)
            refusal = null;
    }

    private TimeSpan Left_NeedsLock => length - time.GetElapsedTime(asked);
}
