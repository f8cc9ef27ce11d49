using System.Net;
using RealtimeApi.Tests.Integration.Rest;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Nodes;

/// <summary>Two nodes on one database whose Redis is a service that Sentinel watches: a master and its replica, which are killed and frozen, and so are the Sentinels.</summary>
public sealed class SentinelTests
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task Sentinel_NotThereAtTheStart_HoldsNothingUpAndIsUsedOnceItIs()
    {
        Requirements.SkipUnless(RedisSentinel.IsInstalled, RedisSentinel.Missing);
        await using var redis = await RedisService.StartAsync(isWatched: false);
        await using var nodes = await TwoNodes.StartAsync(redis.Configuration, Often);
        await nodes.ToldAsync("cannot be reached (no Sentinel answers)");
        await using var client = await nodes.WatchAsync();
        nodes.Write(1);
        await TwoNodes.ExpectAsync(client, "1");
        using var answer = await nodes.First.SendAsync("/health/ready");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var health = (await nodes.First.GetJsonAsync("/health/ready")).GetProperty("redis");
        Assert.Equal("Degraded", health.GetProperty("status").GetString());

        await redis.WatchAsync();
        await nodes.ToldAsync("Redis is back");
        await nodes.GroupReachesAsync(client, await nodes.JoinAsync(client));
        Assert.Equal("Healthy", (await nodes.First.GetJsonAsync("/health/ready")).GetProperty("redis").GetProperty("status").GetString());
    }

    [Fact]
    public async Task Write_SeenByOneNode_WakesTheOther()
    {
        Requirements.SkipUnless(RedisSentinel.IsInstalled, RedisSentinel.Missing);
        await using var redis = await RedisService.StartAsync();
        await using var nodes = await TwoNodes.StartAsync(redis.Configuration);
        await using var client = await nodes.WatchAsync();
        for (var id = 1; id <= 20; id++)
        {
            nodes.Write(id);
            await TwoNodes.ExpectAsync(client, $"{id}");
        }
    }

    [Theory, InlineData(1), InlineData(3)]
    public async Task Master_Killed_IsFollowedByItsReplica(int sentinels)
    {
        Requirements.SkipUnless(RedisSentinel.IsInstalled, RedisSentinel.Missing);
        await using var redis = await RedisService.StartAsync(sentinels);
        await using var nodes = await TwoNodes.StartAsync(redis.Configuration, Often);
        await using var client = await nodes.WatchAsync();
        var group = await nodes.JoinAsync(client);
        await nodes.GroupReachesAsync(client, group);

        var master = await redis.FindMasterAsync();
        await master.KillAsync();
        await nodes.ToldAsync("cannot be reached");
        nodes.Write(1);
        await TwoNodes.ExpectAsync(client, "1");

        await nodes.ToldAsync("Redis is back");
        Drain(group);
        await nodes.GroupReachesAsync(client, group);

        // The old master comes back empty-handed, and becomes a replica.
        await master.RunAsync();
        Drain(group);
        await nodes.GroupReachesAsync(client, group);
        nodes.Write(2);
        await TwoNodes.ExpectAsync(client, "2");
    }

    /// <summary>Its connections stay open, so that nothing but Sentinel tells that it is of no use any more.</summary>
    [Fact]
    public async Task Master_Frozen_IsLeftForItsReplica()
    {
        Requirements.SkipUnless(RedisSentinel.IsInstalled, RedisSentinel.Missing);
        await using var redis = await RedisService.StartAsync(sentinels: 3);
        await using var nodes = await TwoNodes.StartAsync(redis.Configuration, Often);
        await using var client = await nodes.WatchAsync();
        var group = await nodes.JoinAsync(client);
        await nodes.GroupReachesAsync(client, group);

        var master = await redis.FindMasterAsync();
        await master.PauseAsync();
        await nodes.ToldAsync("Redis is back");
        Drain(group);
        await nodes.GroupReachesAsync(client, group);

        await master.ResumeAsync();
        Drain(group);
        await nodes.GroupReachesAsync(client, group);
    }

    [Fact]
    public async Task Sentinels_Gone_ChangeNothingUntilTheyAreNeeded()
    {
        Requirements.SkipUnless(RedisSentinel.IsInstalled, RedisSentinel.Missing);
        await using var redis = await RedisService.StartAsync();
        await using var nodes = await TwoNodes.StartAsync(redis.Configuration, Often);
        await using var client = await nodes.WatchAsync();
        var group = await nodes.JoinAsync(client);

        await redis.Sentinels[0].KillAsync();
        await nodes.GroupReachesAsync(client, group);
        var master = await redis.FindMasterAsync();
        await master.KillAsync();
        await nodes.ToldAsync("cannot be reached");
        await redis.Sentinels[0].RunAsync();
        await nodes.ToldAsync("Redis is back");
        Drain(group);
        await nodes.GroupReachesAsync(client, group);
    }

    [Fact]
    public async Task Sentinel_ThatIsFrozen_HoldsUpNoConnection()
    {
        Requirements.SkipUnless(RedisSentinel.IsInstalled, RedisSentinel.Missing);
        await using var redis = await RedisService.StartAsync(sentinels: 3);
        await redis.Sentinels[0].PauseAsync();
        await using var nodes = await TwoNodes.StartAsync(redis.Configuration, Often);
        await using var client = await nodes.WatchAsync();
        await nodes.GroupReachesAsync(client, await nodes.JoinAsync(client));
        await redis.Sentinels[0].ResumeAsync();
    }

    [Fact]
    public async Task Service_ThatSentinelDoesNotKnow_IsNamed()
    {
        Requirements.SkipUnless(RedisSentinel.IsInstalled, RedisSentinel.Missing);
        await using var redis = await RedisService.StartAsync();
        await using var nodes = await TwoNodes.StartAsync(redis.Configuration + "ping", Often);
        await nodes.ToldAsync("cannot be reached (Sentinel knows no service 'shopping')");
        await using var client = await nodes.WatchAsync();
        nodes.Write(1);
        await TwoNodes.ExpectAsync(client, "1");
    }

    /// <summary>Sentinel mostly has no password where Redis has one.</summary>
    [Fact]
    public async Task Password_OfRedisAlone_IsUsedAndNotShown()
    {
        Requirements.SkipUnless(RedisSentinel.IsInstalled, RedisSentinel.Missing);
        await using var master = await RedisServer.StartAsync(password: "secret-word");
        await using var sentinel = await RedisSentinel.CreateAsync(master, password: "secret-word");
        await sentinel.RunAsync();
        await using var nodes = await TwoNodes.StartAsync($"127.0.0.1:{sentinel.Port},serviceName={RedisSentinel.Service},password=secret-word");
        await using var client = await nodes.WatchAsync();
        await nodes.GroupReachesAsync(client, await nodes.JoinAsync(client));
        Assert.DoesNotContain(nodes.First.Log.Entries, entry => entry.ToString().Contains("secret-word", StringComparison.Ordinal));
    }

    private static void Drain(System.Threading.Channels.Channel<string> heard)
    {
        while (heard.Reader.TryRead(out _))
        {
        }
    }
}
