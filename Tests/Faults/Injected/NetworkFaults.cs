using RealtimeApi.Tests.Faults.Runs;

namespace RealtimeApi.Tests.Faults.Injected;

/// <summary>What happens to connections between clients and hosts.</summary>
internal static class NetworkFaults
{
    public static readonly Fault Cut = new("connections cut", (world, random, _) =>
    {
        world.Tally.Add("single connections cut", world.Cluster.Front.Cut(Some(random)));
        return Task.CompletedTask;
    })
    {
        Weight = 4,
    };

    public static readonly Fault Refuse = new("connections refused for a while", async (world, random, stop) =>
    {
        world.Cluster.Front.Refuse();
        await Fault.PauseAsync(random, 50, 1500, stop);
        world.Cluster.Front.Restore();
    });

    /// <summary>What was sent meanwhile arrives, late.</summary>
    public static readonly Fault Stall = new("connections stalled and released", async (world, random, stop) =>
    {
        world.Tally.Add("single connections stalled", world.Cluster.Front.Hold(Some(random)));
        await Fault.PauseAsync(random, 200, 5000, stop);
        world.Cluster.Front.Release();
    });

    /// <summary>What was sent meanwhile is lost with the connection.</summary>
    public static readonly Fault StallAndCut = new("connections stalled and cut", async (world, random, stop) =>
    {
        world.Cluster.Front.Hold();
        await Fault.PauseAsync(random, 200, 3000, stop);
        world.Cluster.Front.Cut();
    });

    public static readonly Fault Slow = new("connections slow for a while", async (world, random, stop) =>
    {
        world.Cluster.Front.Slow(random.Next(2_000, 60_000));
        await Fault.PauseAsync(random, 500, 6000, stop);
        world.Cluster.Front.Slow(0);
    });

    public static readonly Fault LoseClients = new("clients gone without a word", (world, random, _) =>
    {
        world.Tally.Add("single connections half open", world.Cluster.Front.HalfCut(clientsGo: true, Some(random)));
        return Task.CompletedTask;
    });

    /// <summary>Clients are told nothing, and must find out by the silence.</summary>
    public static readonly Fault LoseServers = new("servers gone without a word", (world, random, _) =>
    {
        world.Tally.Add("single connections half open", world.Cluster.Front.HalfCut(clientsGo: false, Some(random)));
        return Task.CompletedTask;
    });

    /// <summary>A quarter, half, three quarters or all of them; one at the least.</summary>
    private static Func<bool>? Some(Random random)
    {
        var share = random.Next(1, 5);
        var asked = 0;
        return share == 4 ? null : () => asked++ == 0 || random.Next(4) < share;
    }
}
