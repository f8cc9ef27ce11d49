using RealtimeApi.Tests.Faults.Runs;

namespace RealtimeApi.Tests.Faults.Injected;

/// <summary>What happens to the Redis by which hosts wake each other.</summary>
internal static class RedisFaults
{
    public static readonly Fault Kill = Of("Redis killed", async (world, random, stop) =>
    {
        await world.Redis!.KillAsync();
        await Fault.PauseAsync(random, 200, 4000, stop);
        await world.Redis.RunAsync();
    });

    public static readonly Fault Pause = Of("Redis paused", async (world, random, stop) =>
    {
        await world.Redis!.PauseAsync();
        await Fault.PauseAsync(random, 200, 6000, stop);
        await world.Redis.ResumeAsync();
    });

    public static readonly Fault Flush = Of("Redis flushed", (world, _, _) => world.Redis!.CommandAsync("FLUSHALL"));

    private static Fault Of(string name, Func<World, Random, CancellationToken, Task> inject) => new(name, inject) { IsPossible = world => world.Redis is not null };
}
