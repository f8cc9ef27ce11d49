using Microsoft.Extensions.DependencyInjection;

namespace RealtimeApi.Tests.TestSupport;

/// <summary>The system's clock, by which no wait of a minute or more is ever over: what a test sees that waits for longer has been brought about by something else.</summary>
public sealed class PatientClock : TimeProvider
{
    private static readonly TimeSpan never = TimeSpan.FromMinutes(1);

    /// <summary>Has a server go by it.</summary>
    public static void Use(IServiceCollection services) => services.AddSingleton<TimeProvider>(new PatientClock());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime < never ? dueTime : Timeout.InfiniteTimeSpan, period < never ? period : Timeout.InfiniteTimeSpan);
}
