using RealtimeApi.Tests.Faults.Injected;
using Xunit;

namespace RealtimeApi.Tests.Faults.Runs;

/// <summary>One thing breaks between clients and hosts.</summary>
public sealed class NetworkFaultTests(SharedWorld world) : SharedWorldTests(world), IClassFixture<SharedWorld>
{
    /// <summary>For longer than clients bear to hear nothing, so that each has to find out by itself.</summary>
    private static readonly Fault loseServers = NetworkFaults.LoseServers with
    {
        InjectAsync = static async (world, random, stop) =>
        {
            await NetworkFaults.LoseServers.InjectAsync(world, random, stop);
            var silence = (int)SingleFault.Silence.TotalMilliseconds;
            await Fault.PauseAsync(random, silence + 500, silence + 1500, stop);
        },
    };

    private static readonly Fault[] faults =
    [
        NetworkFaults.Cut, NetworkFaults.Refuse, NetworkFaults.Stall, NetworkFaults.StallAndCut, NetworkFaults.Slow, NetworkFaults.LoseClients, loseServers,
        ClientFaults.StopReading,
    ];

    public static TheoryData<string> Names => [.. faults.Select(fault => fault.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public Task Watches_WhenOneThingBreaks_TellEachChangeOnce(string name) => RunAsync(faults, name);
}
