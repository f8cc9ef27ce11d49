using System.Net;
using System.Net.Http.Json;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Draining;

/// <summary>What docs/deployment.md says of nginx, done as it is written: two hosts without <c>Draining:Delay</c>, each restarted as soon as the other is ready.</summary>
public sealed class NginxTests : IDisposable
{
    private readonly TempDatabase database = new("CREATE TABLE Orders (Id INTEGER PRIMARY KEY, Status TEXT)");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => database.Dispose();

    [Fact]
    public async Task Restart_OneHostAfterTheOtherBehindNginx_FailsNoRequestAndLosesNoChange()
    {
        Assert.SkipUnless(NginxServer.IsInstalled, NginxServer.Missing);
        var hosts = new HostProcess[2];
        try
        {
            for (var i = 0; i < hosts.Length; i++)
                hosts[i] = await StartAsync(port: 0);
            await using var nginx = await NginxServer.StartAsync(hosts[0].Address.Port, hosts[1].Address.Port);
            await using var watched = await WatchedAll.StartAsync(nginx.Address);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            var reading = Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => ReadAsync(nginx.Address, stop.Token), Cancellation)));
            var writing = Task.Run(() => WriteAsync(nginx.Address, stop.Token), Cancellation);

            for (var round = 0; round < 2; round++)
            {
                for (var i = 0; i < hosts.Length; i++)
                {
                    var port = hosts[i].Address.Port;
                    Assert.Equal(0, await hosts[i].StopAsync());
                    await hosts[i].DisposeAsync();
                    hosts[i] = await StartAsync(port);
                }
            }

            await stop.CancelAsync();
            await reading;
            await watched.AssertCompleteAsync(await writing);
        }
        finally
        {
            foreach (var host in hosts.OfType<HostProcess>())
                await host.DisposeAsync();
        }
    }

    private Task<HostProcess> StartAsync(int port) => HostProcess.StartAsync(null, port, "--database", database.File, "--RealtimeApi:Resources:*:Write=true");

    private static async Task ReadAsync(Uri address, CancellationToken stop)
    {
        using var client = new HttpClient { BaseAddress = address };
        while (!stop.IsCancellationRequested)
        {
            using var read = await client.GetAsync(new Uri("api/orders", UriKind.Relative), Cancellation);
            Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        }
    }

    /// <summary>Creates one order after the other; every request must succeed.</summary>
    /// <returns>How many.</returns>
    private static async Task<int> WriteAsync(Uri address, CancellationToken stop)
    {
        using var client = new HttpClient { BaseAddress = address };
        var id = 0;
        while (!stop.IsCancellationRequested)
        {
            using var created = await client.PostAsJsonAsync(new Uri("api/orders", UriKind.Relative), new { id = ++id, status = "new" }, Cancellation);
            Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        }

        return id;
    }
}
