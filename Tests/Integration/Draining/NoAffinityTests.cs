using RealtimeApi.Client;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Draining;

/// <summary>Two servers behind a load balancer without sticky sessions: whatever a client does next, it does on another one.</summary>
public sealed class NoAffinityTests : IDisposable
{
    private readonly TempDatabase database = new("CREATE TABLE Orders (Id INTEGER PRIMARY KEY, Status TEXT)");

    public void Dispose() => database.Dispose();

    [Theory, InlineData(false), InlineData(true)]
    public async Task Watch_OnAnotherNodeEachTime_SeesEachChangeOnceAndInOrder(bool withRedis)
    {
        Requirements.SkipUnless(!withRedis || RedisServer.IsInstalled, RedisServer.Missing);
        await using var redis = withRedis ? await RedisServer.StartAsync() : null;
        await using var one = await TestServer.StartAsync(database.File, options => options.Redis = redis?.Configuration);
        await using var two = await TestServer.StartAsync(database.File, options => options.Redis = redis?.Configuration);
        await using var proxy = new RoundRobinProxy(one.Address, two.Address);
        await using var watched = await WatchedAll.StartAsync(proxy.Address);
        const int changes = 400;
        for (var id = 1; id <= changes; id++)
        {
            database.Execute($"INSERT INTO Orders VALUES ({id}, 'new')");
            if (id % 40 == 0)
                proxy.Cut();
        }

        await watched.AssertCompleteAsync([.. Enumerable.Range(1, changes).Select(static id => $"{ChangeKind.Added} {id}")]);
        Assert.All(proxy.Passed, static count => Assert.InRange(count, 5, int.MaxValue));
    }
}
