using RealtimeApi.Tests.Faults.Injected;
using Xunit;

namespace RealtimeApi.Tests.Faults.Runs;

/// <summary>One thing breaks between clients and hosts.</summary>
public sealed class NetworkFaultTests(SharedWorld world) : SharedWorldTests(world), IClassFixture<SharedWorld>
{
    private static readonly Fault[] faults =
    [
        NetworkFaults.Cut, NetworkFaults.Refuse, NetworkFaults.Stall, NetworkFaults.StallAndCut, NetworkFaults.Slow, NetworkFaults.LoseClients, NetworkFaults.LoseServers,
        ClientFaults.StopReading,
    ];

    public static TheoryData<string> Names => [.. faults.Select(fault => fault.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public Task Watches_WhenOneThingBreaks_TellEachChangeOnce(string name) => RunAsync(faults, name);
}
