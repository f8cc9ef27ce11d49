using Microsoft.Extensions.Time.Testing;
using RealtimeApi.Tests.TestSupport;

namespace RealtimeApi.Tests.Unit.Draining;

/// <summary>A clock that the test moves, and that knows whether it is waited for: then all that is to be done by now is done.</summary>
internal sealed class DrainClock : FakeTimeProvider
{
    private long due;

    /// <summary>Completes when a timer has been set that is not due yet.</summary>
    public Task WaitedForAsync() => Until.TrueAsync(() => Volatile.Read(ref due) > GetUtcNow().Ticks);

    /// <summary>The same, or when something is over by which it would be waited for.</summary>
    public Task WaitedForAsync(Task unless) => Until.TrueAsync(() => Volatile.Read(ref due) > GetUtcNow().Ticks, unless);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        Volatile.Write(ref due, (GetUtcNow() + dueTime).Ticks);
        return timer;
    }
}
