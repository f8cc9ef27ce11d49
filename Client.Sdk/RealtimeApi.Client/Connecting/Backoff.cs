namespace RealtimeApi.Client;

/// <summary>Waits between attempts: drawn at random between 0 and a bound that doubles with each failure, so that clients which lost one server do not return all at once.</summary>
/// <remarks>Owned by one loop.</remarks>
internal sealed class Backoff(TimeProvider time, TimeSpan maximum, Func<double> random)
{
    /// <summary>A server that sends clients elsewhere sooner than this after it has let them in may do so again and again, and is none to come back to at once each time.</summary>
    public static readonly TimeSpan Brief = TimeSpan.FromSeconds(1);

    /// <summary>For so long after a server has held a token good, a refusal may mean that the provider does not know yet that it has expired.</summary>
    public static readonly TimeSpan TokenPatience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(500);

    /// <summary>What a server asks for beyond this is a mistake of a clock, or would leave a watch for dead.</summary>
    private static readonly TimeSpan LongestAsked = TimeSpan.FromHours(1);

    /// <summary>The least wait before a server that says it is busy is asked again, where it names none.</summary>
    private static readonly TimeSpan LeastWhenBusy = TimeSpan.FromSeconds(1);
    private static readonly Random Shared = new();

    public int Failures { get; private set; }

    /// <summary>A number in [0, 1) from a source shared by all.</summary>
    public static double SharedRandom()
    {
        lock (Shared)
#pragma warning disable CA5394 // Spreads load; guards nothing.
            return Shared.NextDouble();
#pragma warning restore CA5394
    }

    public void Reset() => Failures = 0;

    /// <summary>Counts a failure and gives the wait after it, at least the time that the server asked for.</summary>
    public TimeSpan Next(TimeSpan? atLeast = null)
    {
        var bound = Math.Min(maximum.TotalMilliseconds, First.TotalMilliseconds * Math.Pow(2, Math.Min(Failures, 30)));
        Failures++;
        var wait = TimeSpan.FromMilliseconds(random() * bound);
        return atLeast is { } least ? Bound(least) + wait : wait;
    }

    /// <summary>How much of the time that a server asked for it is given.</summary>
    public static TimeSpan Bound(TimeSpan asked) => asked < LongestAsked ? asked : LongestAsked;

    /// <summary>Waits before a server that says it is busy is asked again: the time it asked for, or a second, and some more.</summary>
    public Task WaitWhileBusyAsync(RealtimeApiException refusal, CancellationToken cancellationToken) =>
        WaitAsync(refusal.RetryAfter ?? (maximum < LeastWhenBusy ? maximum : LeastWhenBusy), cancellationToken);

    public Task WaitAsync(TimeSpan? atLeast, CancellationToken cancellationToken) => time.Delay(Next(atLeast), cancellationToken);
}
