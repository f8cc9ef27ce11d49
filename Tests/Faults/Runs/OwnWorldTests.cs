using RealtimeApi.Tests.Faults.Injected;
using RealtimeApi.Tests.Faults.Shop;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Faults.Runs;

/// <summary>Single faults that need a world made for them.</summary>
public sealed class OwnWorldTests
{
    [Fact]
    public Task Watches_WhenTheDiskIsFull_TellEachChangeOnce()
    {
        using (var disk = SmallDisk.TryCreate(megabytes: 1))
            Assert.SkipUnless(disk is not null, SmallDisk.Missing);
        return RunAsync(DatabaseFaults.Full, new());
    }

    [Fact]
    public Task Watches_WhenTheDatabaseIsReadOnly_TellEachChangeOnce()
    {
        Assert.SkipUnless(ReadOnlyFault.IsPossible(Path.GetTempPath()), ReadOnlyFault.Missing);
        return RunAsync(ReadOnlyFault.Instance, new() { CreateAsync = static () => Task.FromResult<ShopDatabase>(new SqliteShop(hasDisk: false)) });
    }

    [Fact]
    public async Task Watches_WhenAClockJumps_TellEachChangeOnceOrThatTheyCannot()
    {
        Requirements.SkipUnless(ClockFaults.IsInstalled, ClockFaults.Missing);
        using var clock = new ClockFaults();
        var none = new Dictionary<string, string>();
        // By the clock of a host that is a month ahead, everything is older than the retention.
        await RunAsync(clock.Jump, new() { EnvironmentOf = number => number == 0 ? clock.Environment : none }, mayExpire: true);
    }

    /// <summary>Everyone is held up for longer than the log is kept.</summary>
    [Fact]
    public async Task Watches_OvertakenByTheRetention_AreToldSoAndBeginAnew()
    {
        var run = await RunAsync(
            new("stalls longer than the retention", async (world, random, stop) =>
            {
                world.Cluster.Front.Hold();
                await Fault.PauseAsync(random, 3000, 3500, stop);
                world.Cluster.Front.Cut();
            }),
            new(),
            retention: TimeSpan.FromMilliseconds(500));

        Assert.True(run.Expired > 0, "No cursor has expired.");
    }

    private static async Task<FaultRun> RunAsync(Fault fault, WorldSettings settings, TimeSpan? retention = null, bool? mayExpire = null)
    {
        var run = SingleFault.Run(retention: retention, mayExpire: mayExpire);
        await using var world = await World.StartAsync(settings with { Hosts = 2 });
        await run.RunAsync(world, SingleFault.Of(fault, run));
        return run;
    }
}
