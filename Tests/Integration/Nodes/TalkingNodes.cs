using Microsoft.Extensions.DependencyInjection;
using RealtimeApi.Tests.Integration.Hubs;
using RealtimeApi.Tests.TestSupport;

namespace RealtimeApi.Tests.Integration.Nodes;

/// <summary>Two servers on one file whose clients may talk with each other.</summary>
internal sealed class TalkingNodes : IAsyncDisposable
{
    private TalkingNodes(TempDatabase database, TestServer first, TestServer second) => (Database, First, Second) = (database, first, second);

    public TempDatabase Database { get; }

    public TestServer First { get; }

    public TestServer Second { get; }

    /// <param name="redis">As the setting takes it; null for none.</param>
    /// <param name="build">Changes the services of both.</param>
    public static async Task<TalkingNodes> StartAsync(string? redis, Action<IServiceCollection>? build = null)
    {
        var database = new TempDatabase("CREATE TABLE boards (id INTEGER PRIMARY KEY, title TEXT)");
        return new(database, await StartNodeAsync(database, redis, build), await StartNodeAsync(database, redis, build));
    }

    /// <summary>A client that watches the board 1.</summary>
    public static Task<HubClient> WatchAsync(TestServer node, string protocol = "json") => WatchAsync(node.Address, protocol);

    public static async Task<HubClient> WatchAsync(Uri node, string protocol = "json")
    {
        var client = await HubClient.ConnectAsync(node, protocol);
        await client.SubscribeAsync("w", new { resource = "boards", key = "1" });
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await First.DisposeAsync();
        await Second.DisposeAsync();
        Database.Dispose();
    }

    private static Task<TestServer> StartNodeAsync(TempDatabase database, string? redis, Action<IServiceCollection>? build) => TestServer.StartAsync(
        database.File,
        options =>
        {
            options.Redis = redis;
            (options.Resources["*"].Messages, options.Resources["*"].Presence) = (true, true);
            // Tests say something again until it is heard.
            (options.Messages.PerSecond, options.Messages.Burst) = (10_000, 10_000);
        },
        build);
}
