using System.Threading.Channels;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Client;

/// <summary>A clock that notes waits of more than half an hour, and spares a test them once it is told to.</summary>
internal sealed class NotingTime : TimeProvider
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(30);

    private readonly Channel<TimeSpan> waits = Channel.CreateUnbounded<TimeSpan>();

    /// <summary>Whether a wait has begun that was not taken.</summary>
    public bool HasMore => waits.Reader.TryPeek(out _);

    /// <summary>Whether those that begin from now on end at once.</summary>
    public bool Spares { get; set; }

    /// <summary>The next wait, once it has begun.</summary>
    public Task<TimeSpan> NextAsync() => waits.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Until.Patience, System);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime < Long)
            return base.CreateTimer(callback, state, dueTime, period);
        var timer = base.CreateTimer(callback, state, Spares ? TimeSpan.Zero : dueTime, period);
        waits.Writer.TryWrite(dueTime);
        return timer;
    }
}
