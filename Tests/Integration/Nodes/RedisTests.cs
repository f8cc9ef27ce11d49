using System.Net;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Tests.Integration.Hubs;
using RealtimeApi.Tests.Integration.Rest;
using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.TestSupport.Following;
using Xunit;

namespace RealtimeApi.Tests.Integration.Nodes;

/// <summary>Two nodes on one database with a real Redis, which is killed, paused, emptied and started again under them.</summary>
public sealed class RedisTests
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(100);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Write_SeenByOneNode_WakesTheOther()
    {
        Requirements.SkipUnless(RedisServer.IsInstalled, RedisServer.Missing);
        await using var redis = await RedisServer.StartAsync();
        await using var nodes = await TwoNodes.StartAsync(redis.Configuration);
        await using var client = await nodes.WatchAsync();
        await nodes.ListenAsync(redis);
        for (var id = 1; id <= 20; id++)
        {
            nodes.Write(id);
            await TwoNodes.ExpectAsync(client, $"{id}");
        }
    }

    [Fact]
    public async Task Write_WithoutRedis_IsSeenAtTheNextLook()
    {
        await using var nodes = await TwoNodes.StartAsync(redis: null, Often);
        await using var client = await nodes.WatchAsync();
        nodes.Write(1);
        await TwoNodes.ExpectAsync(client, "1");
    }

    [Fact]
    public async Task Redis_KilledAndStartedAgain_CostsNoChangeAndNoConnection()
    {
        Requirements.SkipUnless(RedisServer.IsInstalled, RedisServer.Missing);
        await using var redis = await RedisServer.StartAsync();
        await using var nodes = await TwoNodes.StartAsync(redis.Configuration, Often);
        await using var before = await nodes.WatchAsync();

        await redis.KillAsync();
        await using var during = await nodes.WatchAsync();
        nodes.Write(1);
        await TwoNodes.ExpectAsync(before, "1");
        await TwoNodes.ExpectAsync(during, "1");

        await redis.RunAsync();
        await using var after = await nodes.WatchAsync();
        nodes.Write(2);
        foreach (var client in (HubClient[])[before, during, after])
            await TwoNodes.ExpectAsync(client, "2");
    }

    [Fact]
    public async Task Redis_BackAfterAnOutage_WakesAgain()
    {
        Requirements.SkipUnless(RedisServer.IsInstalled, RedisServer.Missing);
        await using var redis = await RedisServer.StartAsync();
        await using var nodes = await TwoNodes.StartAsync(redis.Configuration);
        await using var client = await nodes.WatchAsync();
        await redis.KillAsync();
        await nodes.ToldAsync("cannot be reached");
        await redis.RunAsync();
        await nodes.ToldAsync("Redis is back");

        // The second node does not look by itself; what is told before it listens again is made up for by what follows.
        nodes.Write(1);
        var id = 2;
        await Until.TrueAsync(() =>
        {
            nodes.Write(id++);
            return client.TakeRest("w").Any(push => push.Batch!.Changes.Count > 0);
        });

        foreach (var node in (TestServer[])[nodes.First, nodes.Second])
        {
            Assert.Single(node.Log.Entries, entry => entry.Message.Contains("cannot be reached", StringComparison.Ordinal));
            Assert.Single(node.Log.Entries, entry => entry.Message.Contains("Redis is back", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Redis_Paused_HoldsNothingUp()
    {
        Requirements.SkipUnless(RedisServer.IsInstalled, RedisServer.Missing);
        await using var redis = await RedisServer.StartAsync();
        await using var nodes = await TwoNodes.StartAsync(redis.Configuration, Often);
        await using var before = await nodes.WatchAsync();
        await redis.PauseAsync();
        await using var during = await nodes.WatchAsync();
        nodes.Write(1);
        await TwoNodes.ExpectAsync(before, "1");
        await TwoNodes.ExpectAsync(during, "1");
        await redis.ResumeAsync();
        nodes.Write(2);
        await TwoNodes.ExpectAsync(during, "2");
    }

    [Fact]
    public async Task Redis_NotThereAtTheStart_IsUsedOnceItIs()
    {
        Requirements.SkipUnless(RedisServer.IsInstalled, RedisServer.Missing);
        await using var redis = RedisServer.Create();
        await using var nodes = await TwoNodes.StartAsync(redis.Configuration + ",connectTimeout=100", Often);
        await using var client = await nodes.WatchAsync();
        nodes.Write(1);
        await TwoNodes.ExpectAsync(client, "1");
        await redis.RunAsync();
        await nodes.ToldAsync("Redis is back");
        await nodes.GroupReachesAsync(client, await nodes.JoinAsync(client));
    }

    [Fact]
    public async Task Redis_Emptied_ChangesNothing()
    {
        Requirements.SkipUnless(RedisServer.IsInstalled, RedisServer.Missing);
        await using var redis = await RedisServer.StartAsync();
        await using var nodes = await TwoNodes.StartAsync(redis.Configuration);
        await using var client = await nodes.WatchAsync();
        var group = await nodes.JoinAsync(client);
        await nodes.ListenAsync(redis);
        Assert.Equal("+OK", await redis.CommandAsync("FLUSHALL"));
        nodes.Write(1);
        await TwoNodes.ExpectAsync(client, "1");
        await nodes.GroupReachesAsync(client, group);
    }

    [Theory, InlineData("rubbish"), InlineData("9223372036854775807.0"), InlineData("0.0"), InlineData("-1.-1"), InlineData("99999999999999999999999.1"), InlineData("")]
    public async Task Hint_ThatIsMadeUp_ChangesNothing(string hint)
    {
        Requirements.SkipUnless(RedisServer.IsInstalled, RedisServer.Missing);
        await using var redis = await RedisServer.StartAsync();
        await using var nodes = await TwoNodes.StartAsync(redis.Configuration);
        await using var client = await nodes.WatchAsync();
        await nodes.ListenAsync(redis);
        Assert.Equal(":2", await nodes.HintAsync(redis, hint));
        nodes.Write(1);
        await TwoNodes.ExpectAsync(client, "1");
    }

    [Fact]
    public async Task Group_MembersOnAnotherNode_AreReached()
    {
        Requirements.SkipUnless(RedisServer.IsInstalled, RedisServer.Missing);
        await using var redis = await RedisServer.StartAsync();
        await using var nodes = await TwoNodes.StartAsync(redis.Configuration);
        await using var client = await nodes.WatchAsync();
        await nodes.GroupReachesAsync(client, await nodes.JoinAsync(client));
    }

    [Fact]
    public async Task Group_JoinedWhileRedisIsDown_IsReachedWhenItIsBack()
    {
        Requirements.SkipUnless(RedisServer.IsInstalled, RedisServer.Missing);
        await using var redis = await RedisServer.StartAsync();
        await using var nodes = await TwoNodes.StartAsync(redis.Configuration);
        await redis.KillAsync();
        await nodes.ToldAsync("cannot be reached");
        await using var client = await nodes.WatchAsync();
        await using var gone = await nodes.WatchAsync();
        var group = await nodes.JoinAsync(client);
        await nodes.JoinAsync(gone);
        await gone.DisposeAsync();

        var refused = await Assert.ThrowsAsync<ProblemException>(() => TwoNodes.ManagerOf(nodes.First).SendGroupAsync("group", "Message", ["lost"], Cancellation));
        Assert.Equal(ProblemCodes.Unavailable, refused.Code);

        await redis.RunAsync();
        await nodes.ToldAsync("Redis is back");
        await nodes.GroupReachesAsync(client, group);
    }

    [Fact]
    public async Task Health_WithoutRedis_IsDegradedAndStillReady()
    {
        Requirements.SkipUnless(RedisServer.IsInstalled, RedisServer.Missing);
        await using var redis = await RedisServer.StartAsync();
        await using var nodes = await TwoNodes.StartAsync(redis.Configuration);
        Assert.Equal("Healthy", (await nodes.First.GetJsonAsync("/health/ready")).GetProperty("redis").GetProperty("status").GetString());

        await redis.KillAsync();
        await nodes.ToldAsync("cannot be reached");
        using var answer = await nodes.First.SendAsync("/health/ready");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var health = await nodes.First.GetJsonAsync("/health/ready");
        Assert.Equal("Degraded", health.GetProperty("status").GetString());
        Assert.Equal("Degraded", health.GetProperty("redis").GetProperty("status").GetString());
        Assert.Equal("Healthy", health.GetProperty("database").GetProperty("status").GetString());
    }

    [Fact]
    public async Task Log_OfAWrongPassword_DoesNotShowIt()
    {
        Requirements.SkipUnless(RedisServer.IsInstalled, RedisServer.Missing);
        await using var redis = await RedisServer.StartAsync(password: "right");
        await using var nodes = await TwoNodes.StartAsync(redis.Configuration + ",password=secret-word", Often);
        await using var client = await nodes.WatchAsync();
        nodes.Write(1);
        await TwoNodes.ExpectAsync(client, "1");
        await nodes.ToldAsync("cannot be reached");
        Assert.DoesNotContain(nodes.First.Log.Entries, entry => entry.ToString().Contains("secret-word", StringComparison.Ordinal));
    }
}
