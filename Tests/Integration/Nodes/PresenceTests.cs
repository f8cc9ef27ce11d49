using Microsoft.AspNetCore.SignalR.Client;
using RealtimeApi.Tests.Integration.Hubs;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Nodes;

/// <summary>Who watches an item, over two nodes with a real Redis between them.</summary>
public sealed class PresenceTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Presence_OverTwoNodes_TellsOfBothAndOfANodeThatStops()
    {
        Requirements.SkipUnless(RedisServer.IsInstalled, RedisServer.Missing);
        await using var redis = await RedisServer.StartAsync();
        await using var nodes = await TalkingNodes.StartAsync(redis.Configuration);
        await using var here = await TalkingNodes.WatchAsync(nodes.First);
        var heard = Heard.Presence(here);
        await AskAsync(here);

        await using var there = await TalkingNodes.WatchAsync(nodes.Second, "messagepack");
        var id = await AskAsync(there);
        Assert.Equal($"Joined boards 1 {id}", await NextAsync(heard));

        await nodes.Second.StopAsync();
        Assert.Equal($"Left boards 1 {id}", await NextAsync(heard));
        await NextIsWhoComesAsync(heard, nodes.First.Address);
    }

    [Fact]
    public async Task Presence_WhileRedisIsEmptiedAndGone_StaysAndCatchesUp()
    {
        Requirements.SkipUnless(RedisServer.IsInstalled, RedisServer.Missing);
        await using var redis = await RedisServer.StartAsync();
        await using var nodes = await TalkingNodes.StartAsync(redis.Configuration);
        await using var here = await TalkingNodes.WatchAsync(nodes.First);
        await using var there = await TalkingNodes.WatchAsync(nodes.Second);
        var heard = Heard.Presence(here);
        await AskAsync(here);
        var before = await AskAsync(there);
        Assert.Equal($"Joined boards 1 {before}", await NextAsync(heard));

        await redis.KillAsync();
        await using var later = await TalkingNodes.WatchAsync(nodes.Second);
        var during = await AskAsync(later);
        await redis.RunAsync();

        Assert.Equal($"Joined boards 1 {during}", await NextAsync(heard));
    }

    /// <summary>Whoever watched has left with the old log; on the new one, both nodes find each other again.</summary>
    [Fact]
    public async Task Log_ReplacedUnderBothNodes_BeginsAnewWithoutAnybodyOfTheOld()
    {
        Requirements.SkipUnless(RedisServer.IsInstalled, RedisServer.Missing);
        await using var redis = await RedisServer.StartAsync();
        await using var nodes = await TalkingNodes.StartAsync(redis.Configuration);
        await using var here = await TalkingNodes.WatchAsync(nodes.First);
        await using var there = await TalkingNodes.WatchAsync(nodes.Second);
        await using var gone = await TalkingNodes.WatchAsync(nodes.Second);
        var heard = Heard.Presence(here);
        await AskAsync(here);
        HashSet<string> before = [await AskAsync(there), await AskAsync(gone)];
        await NextAsync(heard);
        await NextAsync(heard);

        nodes.Database.Execute("UPDATE realtime_log SET id = 'another'");
        foreach (var client in (HubClient[])[here, there, gone])
            Assert.EndsWith("cursor-expired", (await client.NextEndAsync("w")).GetProperty("type").GetString(), StringComparison.Ordinal);
        await here.SubscribeAsync("w", new { resource = "boards", key = "1" });
        await AskAsync(here);
        await there.SubscribeAsync("w", new { resource = "boards", key = "1" });
        var id = await AskAsync(there);

        Assert.Contains(id, before);
        // Where the other node was the first to notice, its people left while the old watch was still there.
        string told;
        while ((told = await NextAsync(heard)) != $"Joined boards 1 {id}")
            Assert.StartsWith("Left ", told, StringComparison.Ordinal);
        await NextIsWhoComesAsync(heard, nodes.Second.Address);
        var messages = Heard.Messages(here);
        await Until.TrueAsync(async () =>
        {
            await there.Connection.InvokeAsync("Send", "boards", "1", "hello", Cancellation);
            return messages.TakeRest().Count > 0;
        });
    }

    /// <summary>Two hosts as an operator runs them; one ends without a word.</summary>
    [Fact]
    public async Task Node_Killed_ItsPeopleLeave()
    {
        Requirements.SkipUnless(RedisServer.IsInstalled, RedisServer.Missing);
        using var database = new TempDatabase("CREATE TABLE boards (id INTEGER PRIMARY KEY, title TEXT)");
        await using var redis = await RedisServer.StartAsync();
        string[] arguments = ["--database", database.File, $"--RealtimeApi:Redis={redis.Configuration}", "--RealtimeApi:Resources:*:Presence=true", "--RealtimeApi:Presence:Heartbeat=00:00:01"];
        await using var first = await HostProcess.StartAsync(null, 0, arguments);
        await using var second = await HostProcess.StartAsync(null, 0, arguments);
        await using var here = await TalkingNodes.WatchAsync(first.Address);
        await using var there = await TalkingNodes.WatchAsync(second.Address);
        var heard = Heard.Presence(here);
        await AskAsync(here);
        var id = await AskAsync(there);
        Assert.Equal($"Joined boards 1 {id}", await NextAsync(heard));

        await second.KillAsync();

        Assert.Equal($"Left boards 1 {id}", await NextAsync(heard));
        await NextIsWhoComesAsync(heard, first.Address);
    }

    private static async Task<string> AskAsync(HubClient client) =>
        HubClient.ToJson(await client.Connection.InvokeAsync<object>("Presence", "boards", "1", Cancellation)).GetProperty("you").GetProperty("id").GetString()!;

    /// <summary>Checks that nothing is told but that somebody has come, who does so now.</summary>
    private static async Task NextIsWhoComesAsync(Heard heard, Uri node)
    {
        await using var late = await TalkingNodes.WatchAsync(node);
        Assert.Equal($"Joined boards 1 {await AskAsync(late)}", await NextAsync(heard));
    }

    private static async Task<string> NextAsync(Heard heard) => string.Join(' ', (await heard.NextAsync()).EnumerateArray().Select(static value => value.GetString()));
}
