using RealtimeApi.Tests.Faults.Injected;
using Xunit;

namespace RealtimeApi.Tests.Faults.Runs;

/// <summary>The database keeps everyone waiting, or Redis breaks.</summary>
public sealed class DatabaseFaultTests(SharedWorld world) : SharedWorldTests(world), IClassFixture<SharedWorld>
{
    private static readonly Fault[] redisFaults = [RedisFaults.Kill, RedisFaults.Pause, RedisFaults.Flush];
    private static readonly Fault[] databaseFaults = [DatabaseFaults.Lock, DatabaseFaults.LongRead, DatabaseFaults.Checkpoint];
    private static readonly Fault[] faults = [.. redisFaults, .. databaseFaults];

    public static TheoryData<string> RedisNames => [.. redisFaults.Select(fault => fault.Name)];

    public static TheoryData<string> Names => [.. databaseFaults.Select(fault => fault.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public Task Watches_WhenOneThingBreaks_TellEachChangeOnce(string name) => RunAsync(faults, name);

    [Theory]
    [MemberData(nameof(RedisNames))]
    public Task Watches_WhenRedisBreaks_TellEachChangeOnce(string name)
    {
        Assert.SkipUnless(TestSupport.RedisServer.IsInstalled, TestSupport.RedisServer.Missing);
        return RunAsync(faults, name);
    }
}
