using RealtimeApi.Tests.Faults.Injected;

namespace RealtimeApi.Tests.Faults.Runs;

/// <summary>Single faults that leave the world whole, one after another in one world.</summary>
public abstract class SharedWorldTests(SharedWorld world)
{
    private protected Task RunAsync(IReadOnlyList<Fault> faults, string name)
    {
        var number = faults.TakeWhile(fault => fault.Name != name).Count();
        var run = SingleFault.Run(number);
        return world.RunAsync(run, SingleFault.Of(faults[number], run));
    }
}
