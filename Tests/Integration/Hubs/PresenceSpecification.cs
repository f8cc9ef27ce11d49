using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Hubs;

/// <summary>PROTOCOL, section SignalR, <c>Presence</c>, <c>Joined</c> and <c>Left</c>, as a plain SignalR client sees them. Every hub protocol inherits it.</summary>
public abstract class PresenceSpecification(string protocol) : IDisposable
{
    private readonly TempDatabase database = new("""
        CREATE TABLE boards (id INTEGER PRIMARY KEY, title TEXT);
        CREATE TABLE customers (code TEXT PRIMARY KEY COLLATE NOCASE, name TEXT);
        CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT);
        """);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Presence_OfAnItem_ListsTheOthersAndTellsOfThemFromTheStart()
    {
        await using var server = await StartAsync();
        await using var first = await WatchAsync(server, "boards", "1");
        await using var second = await WatchAsync(server, "boards", "1");
        await using var elsewhere = await WatchAsync(server, "boards", "2");
        await using var ofAll = await WatchAsync(server, "boards", null);
        var toSecond = Heard.Presence(second);

        var alone = await PresenceAsync(elsewhere, "boards", "2");
        var seenByFirst = await PresenceAsync(first, "boards", "1");
        var seenBySecond = await PresenceAsync(second, "boards", "1");

        Assert.Empty(alone.Others);
        Assert.Equal([seenBySecond.You], seenByFirst.Others);
        Assert.Equal([seenByFirst.You], seenBySecond.Others);
        Assert.Equal($"Joined boards 1 {seenByFirst.You}", await NextAsync(toSecond));
        Assert.Empty(toSecond.TakeRest());
    }

    [Fact]
    public async Task Joined_AndLeft_TellWhoComesAndGoesOnce()
    {
        await using var server = await StartAsync();
        await using var watcher = await WatchAsync(server, "boards", "1");
        var heard = Heard.Presence(watcher);
        var you = (await PresenceAsync(watcher, "boards", "1")).You;

        var second = await WatchAsync(server, "boards", "1");
        await second.SubscribeAsync("again", new { resource = "boards", key = "1" });
        var id = (await PresenceAsync(second, "boards", "1")).You;
        Assert.Equal($"Joined boards 1 {id}", await NextAsync(heard));

        await second.UnsubscribeAsync("again");
        await second.UnsubscribeAsync("w");
        Assert.Equal($"Left boards 1 {id}", await NextAsync(heard));

        await second.SubscribeAsync("w", new { resource = "boards", key = "1" });
        Assert.Equal($"Joined boards 1 {id}", await NextAsync(heard));
        await second.DisposeAsync();
        Assert.Equal($"Left boards 1 {id}", await NextAsync(heard));
        Assert.NotEqual(you, id);
        Assert.Empty((await PresenceAsync(watcher, "boards", "1")).Others);
        Assert.Empty(heard.TakeRest());
    }

    [Fact]
    public async Task Presence_CalledAgain_ListsButTellsNothingTwice()
    {
        await using var server = await StartAsync();
        await using var first = await WatchAsync(server, "boards", "1");
        await using var second = await WatchAsync(server, "boards", "1");
        var heard = Heard.Presence(second);
        var other = (await PresenceAsync(first, "boards", "1")).You;

        Assert.Equal([other], (await PresenceAsync(second, "boards", "1")).Others);
        Assert.Equal([other], (await PresenceAsync(second, "boards", "1")).Others);
        await using var third = await WatchAsync(server, "boards", "1");

        Assert.Equal($"Joined boards 1 {other}", await NextAsync(heard));
        Assert.Equal($"Joined boards 1 {(await PresenceAsync(third, "boards", "1")).You}", await NextAsync(heard));
    }

    [Fact]
    public async Task Presence_AfterTheLastWatchOfTheItem_TellsNothingAnyMoreAndBeginsAnew()
    {
        await using var server = await StartAsync();
        await using var first = await WatchAsync(server, "boards", "1");
        await using var second = await WatchAsync(server, "boards", "1");
        var heard = Heard.Presence(second);
        var other = (await PresenceAsync(first, "boards", "1")).You;
        await PresenceAsync(second, "boards", "1");
        await NextAsync(heard);

        await second.UnsubscribeAsync("w");
        await using (await WatchAsync(server, "boards", "1"))
            await RefusedAsync(second, "forbidden: Only who watches this item of 'boards' by its key on this connection may ask who else does; subscribe first.", "boards", "1");
        await second.SubscribeAsync("w", new { resource = "boards", key = "1" });
        Assert.Empty(heard.TakeRest());
        await PresenceAsync(second, "boards", "1");

        Assert.Equal($"Joined boards 1 {other}", await NextAsync(heard));
    }

    [Fact]
    public async Task Presence_KeysThatTheDatabaseCallsEqual_AreOneItem()
    {
        await using var server = await StartAsync();
        await using var small = await WatchAsync(server, "customers", "alfki");
        await using var large = await WatchAsync(server, "customers", "ALFKI");
        var heard = Heard.Presence(large);

        var other = Assert.Single((await PresenceAsync(large, "customers", "Alfki")).Others);

        Assert.Equal($"Joined customers ALFKI {other}", await NextAsync(heard));
    }

    [Fact]
    public async Task From_OfAMessage_IsTheSendersIdInThePresence()
    {
        await using var server = await StartAsync();
        await using var sender = await WatchAsync(server, "boards", "1");
        await using var other = await WatchAsync(server, "boards", "1");
        var heard = Heard.Messages(other);
        var listed = Assert.Single((await PresenceAsync(other, "boards", "1")).Others);

        await sender.Connection.InvokeAsync("Send", "boards", "1", "hello", Cancellation);

        Assert.Equal(listed, (await heard.NextAsync())[2].GetString());
    }

    [Fact]
    public async Task Presence_ThatIsNotAllowed_IsRefusedWithItsCode()
    {
        await using var server = await StartAsync();
        await using var client = await WatchAsync(server, "boards", null);
        await client.SubscribeAsync("notes", new { resource = "notes", key = "1" });

        await RefusedAsync(client, "unknown-resource: There is no resource 'nothing'.", "nothing", "1");
        await RefusedAsync(client, "forbidden: The resource 'notes' does not allow presence.", "notes", "1");
        await RefusedAsync(client, "forbidden: Only who watches this item of 'boards' by its key on this connection may ask who else does; subscribe first.", "boards", "1");
        await RefusedAsync(client, "invalid-query: Presence is of one item; give its key.", "boards", null);
        var refusal = await Assert.ThrowsAsync<HubException>(() => client.Connection.InvokeAsync("Presence", "boards", Cancellation));
        Assert.Equal("invalid-query: Presence takes two arguments: the resource and the key, both strings.", refusal.Message);
    }

    public void Dispose()
    {
        database.Dispose();
        GC.SuppressFinalize(this);
    }

    private static async Task<(string You, string[] Others)> PresenceAsync(HubClient client, string resource, string? key)
    {
        var reply = HubClient.ToJson(await client.Connection.InvokeAsync<object>("Presence", resource, key, Cancellation));
        string[] others = [.. reply.GetProperty("others").EnumerateArray().Select(static peer => peer.GetProperty("id").GetString()!)];
        Assert.Equal(others.Length, reply.GetProperty("count").GetInt32());
        Assert.All(reply.GetProperty("others").EnumerateArray(), static peer => Assert.False(peer.TryGetProperty("name", out _)));
        return (reply.GetProperty("you").GetProperty("id").GetString()!, others);
    }

    private static async Task<string> NextAsync(Heard heard) => string.Join(' ', (await heard.NextAsync()).EnumerateArray().Select(static value => value.GetString()));

    private static async Task RefusedAsync(HubClient client, string expected, string resource, string? key) =>
        Assert.Equal(expected, (await Assert.ThrowsAsync<HubException>(() => client.Connection.InvokeAsync("Presence", resource, key, Cancellation))).Message);

    private async Task<HubClient> WatchAsync(TestServer server, string resource, string? key)
    {
        var client = await HubClient.ConnectAsync(server, protocol);
        await client.SubscribeAsync("w", new { resource, key });
        return client;
    }

    private Task<TestServer> StartAsync() => TestServer.StartAsync(database, options =>
    {
        (options.Resources["*"].Messages, options.Resources["*"].Presence) = (true, true);
        options.Resources["notes"] = new() { Presence = false };
    });
}
