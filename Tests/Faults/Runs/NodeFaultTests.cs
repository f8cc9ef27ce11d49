using RealtimeApi.Tests.Faults.Injected;
using Xunit;

namespace RealtimeApi.Tests.Faults.Runs;

/// <summary>A host breaks, or all of them.</summary>
public sealed class NodeFaultTests(SharedWorld world) : SharedWorldTests(world), IClassFixture<SharedWorld>
{
    private static readonly Fault[] faults = [NodeFaults.Kill, NodeFaults.KillAll, NodeFaults.Freeze, NodeFaults.Restart, NodeFaults.Roll];

    public static TheoryData<string> Names => [.. faults.Select(fault => fault.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public Task Watches_WhenOneThingBreaks_TellEachChangeOnce(string name) => RunAsync(faults, name);
}
