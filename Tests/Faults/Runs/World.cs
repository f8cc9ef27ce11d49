using System.Collections.Concurrent;
using System.Globalization;
using RealtimeApi.Tests.Faults.Nodes;
using RealtimeApi.Tests.Faults.Shop;
using RealtimeApi.Tests.Faults.Watchers;
using RealtimeApi.Tests.Faults.Writers;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Faults.Runs;

/// <summary>What faults can be done to: hosts on one database, with a Redis between them where one is installed.</summary>
internal sealed class World : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, bool> expected = new();
    private readonly ShopDatabase shop;
    private readonly Cluster cluster;
    private readonly RedisServer? redis;

    private World(ShopDatabase shop, Cluster cluster, RedisServer? redis)
    {
        this.shop = shop;
        this.cluster = cluster;
        this.redis = redis;
        WriterErrors = new(Tally);
    }

    public ShopDatabase Shop => shop;

    /// <summary>The file, where the database is one.</summary>
    public TempDatabase File => (TempDatabase)shop.Database;

    public Cluster Cluster => cluster;

    /// <summary>Null where the hosts have none.</summary>
    public RedisServer? Redis => redis;

    public Tally Tally { get; } = new();

    public WriterErrors WriterErrors { get; }

    /// <summary>Makes the database and starts the hosts; skips the test that calls it where programs are missing that every run needs.</summary>
    public static async Task<World> StartAsync(WorldSettings settings)
    {
        Requirements.SkipUnless(SqliteShell.IsInstalled, SqliteShell.Missing);
        Requirements.SkipUnless(CurlFollower.IsInstalled, CurlFollower.Missing);
        var shop = await settings.CreateAsync();
        RedisServer? redis = null;
        Cluster? cluster = null;
        try
        {
            redis = Requirements.IsMet(RedisServer.IsInstalled, RedisServer.Missing) ? await RedisServer.StartAsync() : null;
            cluster = await Cluster.StartAsync(
                settings.Hosts,
                [
                    .. shop.Database.Settings.Where(setting => !setting.EndsWith("Resources=*", StringComparison.Ordinal)),
                    .. ShopSchema.Settings,
                    string.Create(CultureInfo.InvariantCulture, $"--RealtimeApi:Feed:WindowBytes={settings.WindowBytes}"),
                    "--RealtimeApi:Watching:BookmarkInterval=00:00:01",
                    "--RealtimeApi:Watching:SendTimeout=00:00:05",
                    .. redis is null ? (string[])[] : [$"--RealtimeApi:Redis={redis.Configuration}"],
                    .. settings.Settings,
                ],
                settings.EnvironmentOf);
            await shop.BeginAsync(cluster);
            return new(shop, cluster, redis);
        }
        catch
        {
            await DisposeAsync(shop, cluster, redis);
            throw;
        }
    }

    /// <summary>From now on hosts may log errors with this text, because the test itself does it to them.</summary>
    public void ExpectError(string fragment) => expected[fragment] = true;

    /// <summary>The errors that hosts logged and that nobody expects, each with the lines that follow it.</summary>
    public IReadOnlyList<string> FindErrors()
    {
        List<string> found = [];
        foreach (var node in cluster.Nodes)
        {
            string[] lines = [.. node.Lines];
            for (var i = 0; i < lines.Length; i++)
            {
                if (!IsError(lines[i]))
                    continue;
                var block = string.Join('\n', lines.Skip(i).TakeWhile((line, n) => n == 0 || (n < 15 && line.Contains("]       ", StringComparison.Ordinal))));
                if (!expected.Keys.Any(fragment => block.Contains(fragment, StringComparison.Ordinal)))
                    found.Add(block);
            }
        }

        return found;
    }

    public ValueTask DisposeAsync() => DisposeAsync(shop, cluster, redis);

    private static async ValueTask DisposeAsync(ShopDatabase shop, Cluster? cluster, RedisServer? redis)
    {
        if (cluster is not null)
            await cluster.DisposeAsync();
        if (redis is not null)
            await redis.DisposeAsync();
        await shop.DisposeAsync();
    }

    private static bool IsError(string line) =>
        line.Contains("] fail:", StringComparison.Ordinal) || line.Contains("] crit:", StringComparison.Ordinal) || line.Contains("Unhandled exception", StringComparison.Ordinal)
        || line.Contains("Out of memory", StringComparison.Ordinal);
}
