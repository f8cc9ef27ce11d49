using RealtimeApi.Tests.Faults.Injected;
using RealtimeApi.Tests.Faults.Shop;
using Xunit;

namespace RealtimeApi.Tests.Faults.Runs;

/// <summary>One thing breaks, once, in the middle of writes and watches.</summary>
public sealed class SingleFaultTests
{
    private static readonly Dictionary<string, Fault> faults = new Fault[]
    {
        NodeFaults.Kill, NodeFaults.KillAll, NodeFaults.Freeze, NodeFaults.Restart, NodeFaults.Roll,
        NetworkFaults.Cut, NetworkFaults.Refuse, NetworkFaults.Stall, NetworkFaults.StallAndCut, NetworkFaults.Slow, NetworkFaults.LoseClients, NetworkFaults.LoseServers,
        DatabaseFaults.Lock, DatabaseFaults.LongRead, DatabaseFaults.Checkpoint,
        ClientFaults.StopReading,
    }.ToDictionary(fault => fault.Name);

    private static readonly Dictionary<string, Fault> redisFaults = new[] { RedisFaults.Kill, RedisFaults.Pause, RedisFaults.Flush }.ToDictionary(fault => fault.Name);

    public static TheoryData<string> Names => [.. faults.Keys];

    public static TheoryData<string> RedisNames => [.. redisFaults.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public Task Watches_WhenOneThingBreaks_TellEachChangeOnce(string name) => RunAsync(faults[name]);

    [Theory]
    [MemberData(nameof(RedisNames))]
    public Task Watches_WhenRedisBreaks_TellEachChangeOnce(string name)
    {
        Assert.SkipUnless(TestSupport.RedisServer.IsInstalled, TestSupport.RedisServer.Missing);
        return RunAsync(redisFaults[name]);
    }

    [Fact]
    public Task Watches_WhenTheDiskIsFull_TellEachChangeOnce()
    {
        using (var disk = SmallDisk.TryCreate(megabytes: 1))
            Assert.SkipUnless(disk is not null, SmallDisk.Missing);
        return RunAsync(DatabaseFaults.Full);
    }

    [Fact]
    public Task Watches_WhenTheDatabaseIsReadOnly_TellEachChangeOnce()
    {
        Assert.SkipUnless(ReadOnlyFault.IsPossible(Path.GetTempPath()), ReadOnlyFault.Missing);
        return RunAsync(ReadOnlyFault.Instance, new FaultRun { Hosts = 2, Followers = 1, Beginning = TimeSpan.FromSeconds(1), CreateAsync = static () => Task.FromResult<ShopDatabase>(new SqliteShop(hasDisk: false)) });
    }

    [Fact]
    public async Task Watches_WhenAClockJumps_TellEachChangeOnceOrThatTheyCannot()
    {
        Assert.SkipUnless(ClockFaults.IsInstalled, ClockFaults.Missing);
        using var clock = new ClockFaults();
        var none = new Dictionary<string, string>();
        // By the clock of a host that is a month ahead, everything is older than the retention.
        await RunAsync(clock.Jump, new FaultRun { Hosts = 2, Followers = 1, Beginning = TimeSpan.FromSeconds(1), MayExpire = true, EnvironmentOf = number => number == 0 ? clock.Environment : none });
    }

    /// <summary>Everyone is held up for longer than the log is kept.</summary>
    [Fact]
    public async Task Watches_OvertakenByTheRetention_AreToldSoAndBeginAnew()
    {
        var run = new FaultRun { Hosts = 2, Followers = 1, Beginning = TimeSpan.FromSeconds(1), Retention = TimeSpan.FromMilliseconds(500) };
        await RunAsync(new("stalls longer than the retention", async (world, random, stop) =>
        {
            world.Cluster.Front.Hold();
            await Fault.PauseAsync(random, 3000, 3500, stop);
            world.Cluster.Front.Cut();
        }), run);

        Assert.True(run.Expired > 0, "No cursor has expired.");
    }

    private static Task RunAsync(Fault fault) => RunAsync(fault, new FaultRun { Hosts = 2, Followers = 1, Beginning = TimeSpan.FromSeconds(1) });

    private static Task RunAsync(Fault fault, FaultRun run) => run.RunAsync(async (world, failed) =>
    {
        var random = new Random(run.Seed);
        // Until every watch has begun.
        await Task.WhenAny(Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, TestContext.Current.CancellationToken), failed);
        await fault.InjectAsync(world, random, TestContext.Current.CancellationToken);
        world.Tally.Add(fault.Name);
        await Task.WhenAny(Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, TestContext.Current.CancellationToken), failed);
    });
}
