using RealtimeApi.Tests.Faults.Injected;
using Xunit;

namespace RealtimeApi.Tests.Faults.Runs;

/// <summary>Everything breaks at random, several things at once. <c>REALTIMEAPI_FAULTS_SECONDS</c> says for how long, <c>REALTIMEAPI_TEST_SEED</c> with which choices.</summary>
public sealed class RandomFaultTests
{
    private static readonly Fault[] nodes =
    [
        NodeFaults.Kill, NodeFaults.KillAll, NodeFaults.Freeze, NodeFaults.Restart, NodeFaults.Roll,
        .. FaultSettings.IsLong ? (Fault[])[NodeFaults.FreezeLong] : [],
    ];

    private static readonly Fault[] network =
    [
        NetworkFaults.Cut, NetworkFaults.Refuse, NetworkFaults.Stall, NetworkFaults.StallAndCut, NetworkFaults.Slow, NetworkFaults.LoseClients, NetworkFaults.LoseServers,
    ];

    private static readonly Fault[] databases = [DatabaseFaults.Lock, DatabaseFaults.LongRead, DatabaseFaults.Checkpoint, DatabaseFaults.Full];
    private static readonly Fault[] clients = [ClientFaults.StopReading];
    private static readonly Fault[] redis = [RedisFaults.Kill, RedisFaults.Pause, RedisFaults.Flush];

    [Fact]
    public Task Watches_WhileAnythingBreaks_TellEachChangeOnce() => new FaultRun().RunAsync(FaultSettings.Duration, nodes, nodes, network, databases, redis, clients);

    [Fact]
    public Task Watches_WhileAnythingBreaksAndTheLogIsTrimmed_TellEachChangeOnceOrThatTheyCannot() =>
        new FaultRun { Retention = TimeSpan.FromSeconds(3), Seed = FaultSettings.Seed + 1 }.RunAsync(FaultSettings.Duration, nodes, network, databases, redis, clients);
}
