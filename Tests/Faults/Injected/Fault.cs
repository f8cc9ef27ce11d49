using RealtimeApi.Tests.Faults.Runs;

namespace RealtimeApi.Tests.Faults.Injected;

/// <summary>Something that breaks, and is whole again when it returns.</summary>
/// <param name="Name">What it is called in the tally.</param>
/// <param name="InjectAsync">Breaks it for a while; never leaves it broken, also when it is told to stop.</param>
internal sealed record Fault(string Name, Func<World, Random, CancellationToken, Task> InjectAsync)
{
    /// <summary>How often it is drawn, compared with others.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Whether it can be done to this world.</summary>
    public Func<World, bool> IsPossible { get; init; } = _ => true;

    public override string ToString() => Name;

    /// <summary>Waits for a time between two, in milliseconds, or until stopped.</summary>
    public static Task PauseAsync(Random random, int least, int most, CancellationToken stop) =>
        Task.Delay(TimeSpan.FromMilliseconds(random.Next(least, most)), TimeProvider.System, stop).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
