using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using RealtimeApi.Server.Hubs;
using RealtimeApi.Tests.Integration.Hubs;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Nodes;

/// <summary>Two servers on one file. The second hears of the first one's writes from Redis alone, or when it looks at the log.</summary>
internal sealed class TwoNodes : IAsyncDisposable
{
    private TwoNodes(TempDatabase database, TestServer first, TestServer second) => (Database, First, Second) = (database, first, second);

    public TempDatabase Database { get; }

    public TestServer First { get; }

    public TestServer Second { get; }

    /// <summary>Starts both.</summary>
    /// <param name="redis">As the setting takes it; null for none.</param>
    /// <param name="pollInterval">How often the second looks at the log by itself. Default: never.</param>
    public static async Task<TwoNodes> StartAsync(string? redis, TimeSpan? pollInterval = null)
    {
        var database = new TempDatabase("CREATE TABLE Orders (Id INTEGER PRIMARY KEY, Status TEXT)");
        var first = await TestServer.StartAsync(database.File, options => options.Redis = redis);
        var second = await TestServer.StartAsync(
            database.File,
            options =>
            {
                options.Redis = redis;
                options.Feed.PollInterval = pollInterval ?? TimeSpan.FromMinutes(1);
            },
            services =>
            {
                DeafDatabase.Decorate(services);
                PatientClock.Use(services);
            });
        return new(database, first, second);
    }

    /// <summary>A program of its own writes, which the first node sees at once.</summary>
    public void Write(int id) => Database.Execute($"INSERT INTO Orders VALUES ({id}, 'new')");

    /// <summary>A watch of all orders on the second node.</summary>
    public async Task<HubClient> WatchAsync()
    {
        var client = await HubClient.ConnectAsync(Second, "json", skipNegotiation: false);
        await client.SubscribeAsync("w", new { resource = "orders" });
        return client;
    }

    /// <summary>Waits for the events of these orders, and no others.</summary>
    public static async Task ExpectAsync(HubClient client, params string[] ids)
    {
        List<string> seen = [];
        while (seen.Count < ids.Length)
            seen.AddRange((await client.NextBatchAsync("w")).Changes.Select(change => change.GetProperty("subject").GetString()!));
        Assert.Equal(ids, seen);
    }

    public static HubLifetimeManager<ResourceHub> ManagerOf(TestServer server) => server.Services.GetRequiredService<HubLifetimeManager<ResourceHub>>();

    public async ValueTask DisposeAsync()
    {
        await First.DisposeAsync();
        await Second.DisposeAsync();
        Database.Dispose();
    }
}
