namespace RealtimeApi.Server.Diagnostics;

/// <summary>Tells the first failure of an outage from its repetitions, so that it is logged once, however many requests meet with it.</summary>
/// <remarks>Thread-safe: a lock guards when each was last met with.</remarks>
internal sealed class Outages(TimeProvider time)
{
    /// <summary>An outage is over when nothing has met with it for so long.</summary>
    internal static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    /// <summary>There are a few at a time at the most; beyond this, all that are known count as over.</summary>
    private const int MaxReasons = 100;

    private readonly Lock gate = new();
    private readonly Dictionary<string, long> lastMet = new(StringComparer.Ordinal);

    /// <summary>Something has failed.</summary>
    /// <param name="reason">Why: what fails for another reason is another outage.</param>
    /// <returns>Whether an outage begins with it.</returns>
    public bool Begins(string reason)
    {
        lock (gate)
        {
            var now = time.GetTimestamp();
            var begins = !lastMet.TryGetValue(reason, out var last) || time.GetElapsedTime(last, now) >= Quiet;
            if (begins && lastMet.Count >= MaxReasons)
                lastMet.Clear();
            lastMet[reason] = now;
            return begins;
        }
    }
}
