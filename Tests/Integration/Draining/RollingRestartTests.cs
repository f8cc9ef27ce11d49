using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Draining;

/// <summary>Two hosts behind a load balancer that knows nothing of who was where: each is restarted in turn while clients write and watch.</summary>
public sealed class RollingRestartTests : IDisposable
{
    private readonly TempDatabase database = new("CREATE TABLE Orders (Id INTEGER PRIMARY KEY, Status TEXT)");

    public void Dispose() => database.Dispose();

    [Theory, InlineData(false), InlineData(true)]
    public async Task Restart_OneHostAfterTheOther_FailsNoRequestAndLosesNoChange(bool withRedis)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), TwoHosts.NoSignals);
        Requirements.SkipUnless(!withRedis || RedisServer.IsInstalled, RedisServer.Missing);
        await using var redis = withRedis ? await RedisServer.StartAsync() : null;
        await using var hosts = await TwoHosts.StartAsync(
            database.File,
            // The proxy looks before each connection; a client may still be on its way to the host that it chose, and on a busy machine that takes a while.
            "--RealtimeApi:Draining:Delay=00:00:05",
            $"--RealtimeApi:Redis={redis?.Configuration}");
        await using var proxy = new RoundRobinProxy([.. hosts.Addresses]);
        await using var watched = await WatchedAll.StartAsync(proxy.Address);
        // Each request by a connection of its own: it is connections that the proxy passes on.
        await using var traffic = new Traffic(proxy.Address, readers: 0, keepsConnections: false);

        await hosts.RestartInTurnAsync(times: 2);

        await watched.AssertCompleteAsync(await traffic.StopAsync());
        Assert.All(proxy.Passed, static count => Assert.NotEqual(0, count));
    }
}
