using RealtimeApi.Tests.TestSupport;

namespace RealtimeApi.Tests.Faults.Nodes;

/// <summary>Several hosts on one database, and before them a balancer that knows nothing of them: each connection goes to any that takes it.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    /// <summary>The most that a host's garbage-collected heap may hold: one that leaks ends with an error instead of with a large number.</summary>
    private const string HeapLimit = "0x10000000";

    private Cluster(IReadOnlyList<Node> nodes)
    {
        Nodes = nodes;
        Front = new(() => [.. nodes.Select(node => node.Address).OrderBy(_ => Random.Shared.Next())]);
    }

    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>Where clients connect.</summary>
    public CuttableProxy Front { get; }

    /// <summary>Starts them together, as after a power failure.</summary>
    /// <param name="count">How many.</param>
    /// <param name="arguments">What each is told.</param>
    /// <param name="environment">What each finds in its environment, by its number; from 0.</param>
    public static async Task<Cluster> StartAsync(int count, string[] arguments, Func<int, IReadOnlyDictionary<string, string>>? environment = null)
    {
        var cluster = new Cluster([.. Enumerable.Range(0, count).Select(number => new Node(number, arguments, EnvironmentOf(number)))]);
        try
        {
            await Task.WhenAll(cluster.Nodes.Select(node => node.StartAsync()));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }

        IReadOnlyDictionary<string, string> EnvironmentOf(int number) => new Dictionary<string, string>(environment?.Invoke(number) ?? new Dictionary<string, string>())
        {
            ["DOTNET_gcServer"] = "0",
            ["DOTNET_GCHeapHardLimit"] = HeapLimit,
        };
    }

    public async ValueTask DisposeAsync()
    {
        await Front.DisposeAsync();
        foreach (var node in Nodes)
            await node.DisposeAsync();
    }
}
