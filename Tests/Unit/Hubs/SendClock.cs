using Microsoft.Extensions.Time.Testing;

namespace RealtimeApi.Tests.Unit.Hubs;

/// <summary>A clock that the test moves, and that tells when a pump has set a timer by it.</summary>
internal sealed class SendClock : FakeTimeProvider
{
    private readonly TaskCompletionSource timerSet = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task TimerSet => timerSet.Task;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        timerSet.TrySetResult();
        return timer;
    }
}
