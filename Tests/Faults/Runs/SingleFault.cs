using RealtimeApi.Tests.Faults.Injected;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Faults.Runs;

/// <summary>One thing breaks, once, in the middle of writes and watches.</summary>
internal static class SingleFault
{
    /// <summary>How long clients bear to hear nothing: longer than a poll waits.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(8);

    /// <summary>What goes on at the least after it, before the writers are stopped.</summary>
    private static readonly (string What, int Count)[] Afterwards = [("transactions of a program", 10), ("transactions of a shell", 20), ("writes over REST", 5)];

    /// <summary>A run for it.</summary>
    /// <param name="number">The fault's number among those that are done to the same world: no two have the same seed, and each has its own whichever are done.</param>
    /// <param name="retention">See <see cref="FaultRun.Retention"/>.</param>
    /// <param name="mayExpire">See <see cref="FaultRun.MayExpire"/>.</param>
    public static FaultRun Run(int number = 0, TimeSpan? retention = null, bool? mayExpire = null) => new()
    {
        Retention = retention,
        MayExpire = mayExpire,
        Followers = 1,
        Beginning = TimeSpan.FromMilliseconds(500),
        WaitsForWatches = true,
        Silence = Silence,
        Seed = FaultSettings.Seed + (10 * number),
    };

    /// <summary>Breaks it, and lets everyone go on for a moment.</summary>
    public static Func<World, Task, Task> Of(Fault fault, FaultRun run) => async (world, failed) =>
    {
        await fault.InjectAsync(world, new(run.Seed), TestContext.Current.CancellationToken);
        world.Tally.Add(fault.Name);
        var counts = Afterwards.Select(what => world.Tally[what.What] + what.Count).ToArray();
        await Until.TrueAsync(() => Afterwards.Select(what => world.Tally[what.What]).Zip(counts, static (now, then) => now >= then).All(static enough => enough), failed);
    };
}
