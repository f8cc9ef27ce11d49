namespace RealtimeApi.Tests.Faults.Runs;

/// <summary>One world for several runs, one after another, each of which leaves it whole: its writers and watches are each run's own. After a run that failed there is a new one.</summary>
/// <remarks>A fixture of a class of tests; xunit makes it.</remarks>
public sealed class SharedWorld : IAsyncDisposable
{
    private World? world;

    /// <summary>Two hosts, which send their clients elsewhere within a second when they are stopped.</summary>
    private static WorldSettings Settings => new() { Hosts = 2, Settings = ["--RealtimeApi:Draining:Spread=00:00:01"] };

    /// <param name="run">Its seed must be another than those before it had: it makes the keys and stamps of what is written.</param>
    /// <param name="disturb">See <see cref="FaultRun.RunAsync(Func{World, Task, Task})"/>.</param>
    internal async Task RunAsync(FaultRun run, Func<World, Task, Task> disturb)
    {
        world ??= await World.StartAsync(Settings);
        var isSound = false;
        try
        {
            await run.RunAsync(world, disturb);
            isSound = true;
        }
        finally
        {
            if (!isSound)
                await DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (world is not null)
            await world.DisposeAsync();
        world = null;
    }
}
