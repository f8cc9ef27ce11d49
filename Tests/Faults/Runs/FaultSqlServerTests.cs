using RealtimeApi.Tests.Faults.Injected;
using RealtimeApi.Tests.Faults.Shop;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Faults.Runs;

/// <summary>The random run over SQL Server, or what speaks like it.</summary>
public sealed class FaultSqlServerTests
{
    [Fact]
    public Task Watches_WhileAnythingBreaks_TellEachChangeOnce()
    {
        TestDatabase.SkipUnlessThere(TestDatabaseKind.SqlServer);
        return new FaultRun { World = new() { CreateAsync = SqlServerShop.CreateAsync } }.RunAsync(
            FaultSettings.Duration,
            [NodeFaults.Kill, NodeFaults.Freeze, NodeFaults.Restart, NodeFaults.Roll],
            [NetworkFaults.Cut, NetworkFaults.Refuse, NetworkFaults.Stall, NetworkFaults.StallAndCut, NetworkFaults.Slow, NetworkFaults.LoseClients],
            [SqlServerFaults.LongTransaction],
            [RedisFaults.Kill, RedisFaults.Pause, RedisFaults.Flush]);
    }

    [Fact]
    public Task Watches_WhileATransactionIsLong_TellWhatComesAfterItBehindIt()
    {
        TestDatabase.SkipUnlessThere(TestDatabaseKind.SqlServer);
        return new FaultRun { World = new() { CreateAsync = SqlServerShop.CreateAsync, Hosts = 2 }, Followers = 1 }.RunAsync(TimeSpan.FromSeconds(15), [SqlServerFaults.LongTransaction], [SqlServerFaults.LongTransaction]);
    }
}
