using System.Net.Http.Json;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Draining;

/// <summary>Two hosts behind a load balancer that knows nothing of who was where: each is restarted in turn while clients write and watch.</summary>
public sealed class RollingRestartTests : IDisposable
{
    private readonly TempDatabase database = new("CREATE TABLE Orders (Id INTEGER PRIMARY KEY, Status TEXT)");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => database.Dispose();

    [Theory, InlineData(false), InlineData(true)]
    public async Task Restart_OneHostAfterTheOther_FailsNoRequestAndLosesNoChange(bool withRedis)
    {
        Requirements.SkipUnless(!withRedis || RedisServer.IsInstalled, RedisServer.Missing);
        await using var redis = withRedis ? await RedisServer.StartAsync() : null;
        var hosts = new HostProcess[2];
        try
        {
            for (var i = 0; i < hosts.Length; i++)
                hosts[i] = await StartAsync(redis, port: 0);
            await using var proxy = new RoundRobinProxy([.. hosts.Select(host => host.Address)]);
            await using var watched = await WatchedAll.StartAsync(proxy.Address);

            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            var writing = Task.Run(() => WriteAsync(proxy.Address, stop.Token), Cancellation);
            for (var round = 0; round < 2; round++)
            {
                for (var i = 0; i < hosts.Length; i++)
                {
                    var port = hosts[i].Address.Port;
                    Assert.Equal(0, await hosts[i].StopAsync());
                    Assert.Empty(hosts[i].Errors);
                    await hosts[i].DisposeAsync();
                    hosts[i] = await StartAsync(redis, port);
                }
            }

            await stop.CancelAsync();
            await watched.AssertCompleteAsync(await writing);
            Assert.All(proxy.Passed, static count => Assert.NotEqual(0, count));
        }
        finally
        {
            foreach (var host in hosts.OfType<HostProcess>())
                await host.DisposeAsync();
        }
    }

    private Task<HostProcess> StartAsync(RedisServer? redis, int port) => HostProcess.StartAsync(
        null,
        port,
        "--database",
        database.File,
        "--RealtimeApi:Resources:*:Write=true",
        // The proxy looks before each connection; a client may still be on its way to the host that it chose.
        "--RealtimeApi:Draining:Delay=00:00:00.500",
        $"--RealtimeApi:Redis={redis?.Configuration}");

    /// <summary>Creates one order after the other and reads it back, each by connections of their own; every request must succeed.</summary>
    /// <returns>How many.</returns>
    private static async Task<int> WriteAsync(Uri address, CancellationToken stop)
    {
        using var client = new HttpClient { BaseAddress = address };
        client.DefaultRequestHeaders.ConnectionClose = true;
        for (var id = 1; ; id++)
        {
            if (stop.IsCancellationRequested)
                return id - 1;
            using var created = await client.PostAsJsonAsync(new Uri("api/orders", UriKind.Relative), new { id, status = "new" }, Cancellation);
            created.EnsureSuccessStatusCode();
            using var read = new HttpRequestMessage(HttpMethod.Get, $"api/orders/{id}");
            // From whichever node, which may not have read that far yet.
            read.Headers.Add("Realtime-Min-Cursor", created.Headers.GetValues("Realtime-Cursor"));
            using var found = await client.SendAsync(read, Cancellation);
            found.EnsureSuccessStatusCode();
        }
    }
}
