using System.Net.Http.Json;
using System.Text.Json;
using RealtimeApi.Tests.Faults.Injected;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Faults.Runs;

/// <summary>The database keeps everyone waiting, or Redis breaks.</summary>
public sealed class DatabaseFaultTests(SharedWorld world) : SharedWorldTests(world), IClassFixture<SharedWorld>
{
    private static readonly Fault[] redisFaults = [.. new[] { RedisFaults.Kill, RedisFaults.Pause, RedisFaults.Flush }.Select(OnceConnected)];
    private static readonly Fault[] databaseFaults = [DatabaseFaults.Lock, DatabaseFaults.LongRead, DatabaseFaults.Checkpoint];
    private static readonly Fault[] faults = [.. redisFaults, .. databaseFaults];

    public static TheoryData<string> RedisNames => [.. redisFaults.Select(fault => fault.Name)];

    public static TheoryData<string> Names => [.. databaseFaults.Select(fault => fault.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public Task Watches_WhenOneThingBreaks_TellEachChangeOnce(string name) => RunAsync(faults, name);

    [Theory]
    [MemberData(nameof(RedisNames))]
    public Task Watches_WhenRedisBreaks_TellEachChangeOnce(string name)
    {
        Requirements.SkipUnless(RedisServer.IsInstalled, RedisServer.Missing);
        return RunAsync(faults, name);
    }

    /// <summary>The fault, once every host has its Redis again: after another fault of it, it would hit nobody.</summary>
    private static Fault OnceConnected(Fault fault) => fault with
    {
        InjectAsync = async (world, random, stop) =>
        {
            using var client = new HttpClient();
            foreach (var node in world.Cluster.Nodes)
                await Until.TrueAsync(async () => (await client.GetFromJsonAsync<JsonElement>(new Uri(node.Address, "health/ready"), stop)).GetProperty("redis").GetProperty("status").ValueEquals("Healthy"));
            await fault.InjectAsync(world, random, stop);
        },
    };
}
