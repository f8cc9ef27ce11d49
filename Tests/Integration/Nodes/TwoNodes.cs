using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Feed;
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

    /// <summary>Completes when both hear each other's hints: a server that starts waits for Redis, but not for that.</summary>
    public Task ListenAsync(RedisServer redis) => Until.TrueAsync(async () => await HintAsync(redis, "Is anybody there?") == ":2");

    /// <summary>Gives a hint to both.</summary>
    /// <returns>What Redis says of how many it reached, e.g. <c>:2</c>.</returns>
    public Task<string?> HintAsync(RedisServer redis, string hint) =>
        redis.CommandAsync("PUBLISH", $"realtimeapi:log:{Second.Services.GetRequiredService<ChangeFeed>().State!.LogId}", hint);

    /// <summary>Waits for the events of these orders, and no others.</summary>
    public static async Task ExpectAsync(HubClient client, params string[] ids)
    {
        List<string> seen = [];
        while (seen.Count < ids.Length)
            seen.AddRange((await client.NextBatchAsync("w")).Changes.Select(change => change.GetProperty("subject").GetString()!));
        Assert.Equal(ids, seen);
    }

    /// <summary>Waits until both have logged something.</summary>
    public async Task ToldAsync(string words)
    {
        foreach (var node in (TestServer[])[First, Second])
            await node.Log.WaitForAsync(entry => entry.Message.Contains(words, StringComparison.Ordinal));
    }

    /// <summary>Has a client of the second node join a group.</summary>
    public async Task<Channel<string>> JoinAsync(HubClient client)
    {
        var messages = Channel.CreateUnbounded<string>();
        client.Connection.On<string>("Message", message => messages.Writer.TryWrite(message));
        await ManagerOf(Second).AddToGroupAsync(client.Connection.ConnectionId!, "group", TestContext.Current.CancellationToken);
        return messages;
    }

    /// <summary>Sends to the group from the first node until a message arrives: at most once does not say which, and where Redis has just come back, some are still refused.</summary>
    public async Task GroupReachesAsync(HubClient client, Channel<string> messages)
    {
        Assert.Equal(HubConnectionState.Connected, client.Connection.State);
        await Until.TrueAsync(async () =>
        {
            try
            {
                await ManagerOf(First).SendGroupAsync("group", "Message", ["hello"], TestContext.Current.CancellationToken);
            }
            catch (ProblemException refused) when (refused.Code == ProblemCodes.Unavailable)
            {
            }

            return messages.Reader.Count > 0;
        });

        Assert.Equal("hello", await messages.Reader.ReadAsync(TestContext.Current.CancellationToken));
    }

    public static HubLifetimeManager<ResourceHub> ManagerOf(TestServer server) => server.Services.GetRequiredService<HubLifetimeManager<ResourceHub>>();

    public async ValueTask DisposeAsync()
    {
        await First.DisposeAsync();
        await Second.DisposeAsync();
        Database.Dispose();
    }
}
