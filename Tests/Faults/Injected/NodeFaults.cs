using RealtimeApi.Tests.Faults.Nodes;
using RealtimeApi.Tests.Faults.Runs;

namespace RealtimeApi.Tests.Faults.Injected;

/// <summary>What happens to hosts.</summary>
internal static class NodeFaults
{
    public static readonly Fault Kill = new("hosts killed", (world, random, stop) => WithNodeAsync(world, random, async node =>
    {
        await node.KillAsync();
        await Fault.PauseAsync(random, 0, 1500, stop);
        await node.StartAsync();
    }))
    {
        Weight = 3,
    };

    public static readonly Fault KillAll = new("hosts killed all at once", (world, random, stop) => WithAllAsync(world, async nodes =>
    {
        await Task.WhenAll(nodes.Select(node => node.KillAsync()));
        await Fault.PauseAsync(random, 0, 1000, stop);
        await Task.WhenAll(nodes.Select(node => node.StartAsync()));
    }));

    public static readonly Fault Freeze = new("hosts frozen", (world, random, stop) => FreezeAsync(world, random, 300, 5000, stop)) { Weight = 3 };

    /// <summary>Longer than clients wait for a sign of life, and than the server waits for one of theirs.</summary>
    public static readonly Fault FreezeLong = new("hosts frozen beyond every timeout", (world, random, stop) => FreezeAsync(world, random, 35_000, 45_000, stop));

    public static readonly Fault Restart = new("hosts restarted", (world, random, _) => WithNodeAsync(world, random, async node =>
    {
        await StopAsync(node);
        await node.StartAsync();
    }));

    /// <summary>A new version is rolled out.</summary>
    public static readonly Fault Roll = new("rolling restarts", (world, random, stop) => WithAllAsync(world, async nodes =>
    {
        foreach (var node in nodes)
        {
            await StopAsync(node);
            await node.StartAsync();
            await Fault.PauseAsync(random, 0, 500, stop);
        }
    }));

    private static Task FreezeAsync(World world, Random random, int least, int most, CancellationToken stop) => WithNodeAsync(world, random, async node =>
    {
        await node.Process.FreezeAsync();
        await Fault.PauseAsync(random, least, most, stop);
        await node.Process.ThawAsync();
    });

    private static async Task StopAsync(Node node)
    {
        var code = await node.StopAsync();
        if (code != 0)
            throw new InvalidOperationException($"A host that was asked to stop ended with {code}.");
    }

    /// <summary>One that nobody else is at, if there is one.</summary>
    private static async Task WithNodeAsync(World world, Random random, Func<Node, Task> act)
    {
        var node = world.Cluster.Nodes[random.Next(world.Cluster.Nodes.Count)];
        await node.Gate.WaitAsync(CancellationToken.None);
        try
        {
            await act(node);
        }
        finally
        {
            node.Gate.Release();
        }
    }

    private static async Task WithAllAsync(World world, Func<IReadOnlyList<Node>, Task> act)
    {
        foreach (var node in world.Cluster.Nodes)
            await node.Gate.WaitAsync(CancellationToken.None);
        try
        {
            await act(world.Cluster.Nodes);
        }
        finally
        {
            foreach (var node in world.Cluster.Nodes)
                node.Gate.Release();
        }
    }
}
