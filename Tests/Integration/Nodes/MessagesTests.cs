using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MessagePack;
using MessagePack.Resolvers;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using RealtimeApi.Tests.Integration.Hubs;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Nodes;

/// <summary>Messages between clients of two nodes, with a real Redis between them.</summary>
public sealed class MessagesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory, InlineData("json", "messagepack"), InlineData("messagepack", "json")]
    public async Task Send_OnOneNode_ReachesTheWatchersOfBothOnce(string sends, string hears)
    {
        Requirements.SkipUnless(RedisServer.IsInstalled, RedisServer.Missing);
        await using var redis = await RedisServer.StartAsync();
        await using var nodes = await TalkingNodes.StartAsync(redis.Configuration);
        await using var sender = await TalkingNodes.WatchAsync(nodes.First, sends);
        await using var here = await TalkingNodes.WatchAsync(nodes.First, hears);
        await using var there = await TalkingNodes.WatchAsync(nodes.Second, hears);
        var (toSender, toHere, toThere) = (Heard.Messages(sender), Heard.Messages(here), Heard.Messages(there));

        await UntilHeardAsync(sender, toThere);
        await SendAsync(sender, new { text = "one \u2028 \"two\"", n = 1.5, list = new object?[] { null, true } });

        var (here1, there1) = (await LastAsync(toHere), await LastAsync(toThere));
        Assert.Equal("""["boards","1"]""", $"[{here1[0].GetRawText()},{here1[1].GetRawText()}]");
        Assert.Equal(here1[2].GetString(), there1[2].GetString());
        Assert.Equal(here1[3].GetRawText(), there1[3].GetRawText());
        Assert.Equal("one \u2028 \"two\"", there1[3].GetProperty("text").GetString());
        // What comes next is what was sent next, so that nothing has come twice or to its own sender.
        await SendAsync(sender, 2);
        Assert.Equal(2, (await toHere.NextAsync())[3].GetInt32());
        Assert.Equal(2, (await toThere.NextAsync())[3].GetInt32());
        await SendAsync(there, 3);
        Assert.Equal(3, (await toSender.NextAsync())[3].GetInt32());
        Assert.Equal(3, (await toHere.NextAsync())[3].GetInt32());
    }

    [Fact]
    public async Task Send_WhileRedisIsGone_ReachesThoseOfTheNodeAndBothAgainAfterwards()
    {
        Requirements.SkipUnless(RedisServer.IsInstalled, RedisServer.Missing);
        await using var redis = await RedisServer.StartAsync();
        await using var nodes = await TalkingNodes.StartAsync(redis.Configuration);
        await using var sender = await TalkingNodes.WatchAsync(nodes.First);
        await using var here = await TalkingNodes.WatchAsync(nodes.First);
        await using var there = await TalkingNodes.WatchAsync(nodes.Second);
        var (toHere, toThere) = (Heard.Messages(here), Heard.Messages(there));

        await redis.KillAsync();
        await SendAsync(sender, "alone");
        Assert.Equal("alone", (await toHere.NextAsync())[3].GetString());

        await redis.RunAsync();
        await UntilHeardAsync(sender, toThere);
    }

    /// <summary>Calls of one connection are answered one after the other, so that one which waited for Redis would hold up all others of the client.</summary>
    [Fact]
    public async Task Send_WhileRedisAnswersNothing_HoldsUpNobody()
    {
        Requirements.SkipUnless(RedisServer.IsInstalled, RedisServer.Missing);
        await using var redis = await RedisServer.StartAsync();
        await using var nodes = await TalkingNodes.StartAsync($"{redis.Configuration},asyncTimeout=600000,syncTimeout=600000");
        await using var sender = await TalkingNodes.WatchAsync(nodes.First);
        await using var here = await TalkingNodes.WatchAsync(nodes.First);
        var toHere = Heard.Messages(here);

        await redis.PauseAsync();
        try
        {
            using var patience = new CancellationTokenSource(Until.Patience, TimeProvider.System);
            for (var i = 0; i < 10; i++)
                await sender.Connection.InvokeAsync("Send", "boards", "1", i, patience.Token);
            for (var i = 0; i < 10; i++)
                Assert.Equal(i, (await toHere.NextAsync())[3].GetInt32());
        }
        finally
        {
            await redis.ResumeAsync();
        }
    }

    /// <summary>Two databases that share a Redis have nothing to say to each other.</summary>
    [Fact]
    public async Task Send_OnAnotherDatabaseOfTheSameRedis_IsNotHeard()
    {
        Requirements.SkipUnless(RedisServer.IsInstalled, RedisServer.Missing);
        await using var redis = await RedisServer.StartAsync();
        await using var nodes = await TalkingNodes.StartAsync(redis.Configuration);
        await using var others = await TalkingNodes.StartAsync(redis.Configuration);
        await using var sender = await TalkingNodes.WatchAsync(nodes.First);
        await using var there = await TalkingNodes.WatchAsync(nodes.Second);
        await using var stranger = await TalkingNodes.WatchAsync(others.First);
        await using var theirs = await TalkingNodes.WatchAsync(others.Second);
        var (toThere, toStranger) = (Heard.Messages(there), Heard.Messages(stranger));
        await UntilHeardAsync(theirs, toStranger, "theirs");

        await UntilHeardAsync(sender, toThere);

        // It would have come before this.
        await SendAsync(theirs, "last");
        string? heard;
        while ((heard = (await toStranger.NextAsync())[3].GetString()) != "last")
            Assert.Equal("theirs", heard);
    }

    /// <summary>The backplane writes everything in each protocol, so that one protocol of the host that cannot write a text would keep all of it from the other nodes.</summary>
    [Theory, InlineData("json", false), InlineData("messagepack", false), InlineData("json", true), InlineData("messagepack", true)]
    public async Task Send_WhereTheHostsOwnHubsWriteOnlyTypesOfTheirOwn_ReachesTheOtherNode(string narrow, bool isBackplaneTheHosts)
    {
        Requirements.SkipUnless(RedisServer.IsInstalled, RedisServer.Missing);
        await using var redis = await RedisServer.StartAsync();
        await using var nodes = await TalkingNodes.StartAsync(isBackplaneTheHosts ? null : redis.Configuration, services =>
        {
            var hubs = services.AddSignalR();
            if (isBackplaneTheHosts)
                hubs.AddStackExchangeRedis(redis.Configuration);
            if (narrow == "json")
                hubs.AddJsonProtocol(static json => json.PayloadSerializerOptions = new() { TypeInfoResolver = JsonTypeInfoResolver.Combine() });
            else
                hubs.AddMessagePackProtocol(static messagePack => messagePack.SerializerOptions = MessagePackSerializerOptions.Standard.WithResolver(CompositeResolver.Create(NativeGuidResolver.Instance)));
        });
        await using var sender = await TalkingNodes.WatchAsync(nodes.First, "json");
        await using var there = await TalkingNodes.WatchAsync(nodes.Second, "messagepack");

        await UntilHeardAsync(sender, Heard.Messages(there));
    }

    /// <summary>Redis is told of a new room without waiting for it, so that the first messages may be lost.</summary>
    private static Task UntilHeardAsync(HubClient sender, Heard heard, string text = "try") => Until.TrueAsync(async () =>
    {
        await SendAsync(sender, text);
        return heard.TakeRest().Count > 0;
    });

    private static async Task<JsonElement> LastAsync(Heard heard)
    {
        while (true)
        {
            var next = await heard.NextAsync();
            if (next[3].ValueKind != JsonValueKind.String)
                return next;
        }
    }

    private static Task SendAsync(HubClient sender, object message) => sender.Connection.InvokeAsync("Send", "boards", "1", message, Cancellation);
}
