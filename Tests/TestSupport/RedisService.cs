using System.Globalization;

namespace RealtimeApi.Tests.TestSupport;

/// <summary>A master of Redis, its replica, and Sentinels that make the replica master when the master is away.</summary>
/// <remarks>Disposing kills all of them.</remarks>
public sealed class RedisService : IAsyncDisposable
{
    private RedisService(RedisServer master, RedisServer replica, IReadOnlyList<RedisSentinel> sentinels) => (Master, Replica, Sentinels) = (master, replica, sentinels);

    /// <summary>The first master.</summary>
    public RedisServer Master { get; }

    /// <summary>Its first replica.</summary>
    public RedisServer Replica { get; }

    public IReadOnlyList<RedisSentinel> Sentinels { get; }

    /// <summary>As <c>RealtimeApi:Redis</c> takes it.</summary>
    public string Configuration => $"{string.Join(',', Sentinels.Select(static sentinel => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{sentinel.Port}")))},serviceName={RedisSentinel.Service}";

    /// <summary>Starts the two of Redis, and the Sentinels unless they are to be started later.</summary>
    /// <param name="sentinels">How many Sentinels; most of them must find the master dead.</param>
    /// <param name="isWatched">Whether the Sentinels run.</param>
    public static async Task<RedisService> StartAsync(int sentinels = 1, bool isWatched = true)
    {
        var master = await RedisServer.StartAsync();
        var replica = await RedisServer.StartAsync();
        await replica.CommandAsync("REPLICAOF", "127.0.0.1", master.Port.ToString(CultureInfo.InvariantCulture));
        var all = new List<RedisSentinel>();
        for (var i = 0; i < sentinels; i++)
            all.Add(await RedisSentinel.CreateAsync(master, sentinels / 2 + 1));
        var service = new RedisService(master, replica, all);
        if (isWatched)
            await service.WatchAsync();
        return service;
    }

    /// <summary>Starts the Sentinels, and waits until they know each other and the replica, without which there is nothing that they could do.</summary>
    public async Task WatchAsync()
    {
        foreach (var sentinel in Sentinels)
            await sentinel.RunAsync();
        var reachable = $"+OK {Sentinels.Count} usable Sentinels. Quorum and failover authorization can be reached";
        foreach (var sentinel in Sentinels)
        {
            await Until.TrueAsync(async () =>
                await sentinel.CommandAsync("SENTINEL", "CKQUORUM", RedisSentinel.Service) == reachable && await sentinel.CommandAsync("SENTINEL", "REPLICAS", RedisSentinel.Service) == "*1");
        }
    }

    /// <summary>The master of the moment: on a busy machine Sentinel may have taken a slow one for dead before a test has touched it.</summary>
    public async Task<RedisServer> FindMasterAsync()
    {
        RedisServer? master = null;
        await Until.TrueAsync(async () =>
        {
            foreach (var server in (RedisServer[])[Master, Replica])
            {
                // The role of a replica has five parts.
                if (await server.CommandAsync("ROLE") == "*3")
                    master = server;
            }

            return master is not null;
        });
        return master!;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var sentinel in Sentinels)
            await sentinel.DisposeAsync();
        await Replica.DisposeAsync();
        await Master.DisposeAsync();
    }
}
