namespace RealtimeApi.Tests.Integration.Client;

/// <summary>The system's clock, by which times that are measured may be longer than they were.</summary>
internal sealed class LeapingTime : TimeProvider
{
    private long leapt;

    /// <summary>What began before began so much earlier.</summary>
    public void Leap(TimeSpan time) => Interlocked.Add(ref leapt, time.Ticks * TimestampFrequency / TimeSpan.TicksPerSecond);

    public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref leapt);
}
