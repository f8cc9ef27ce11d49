using System.Net;
using System.Net.Sockets;
using RealtimeApi.Client;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Draining;

/// <summary>What docs/deployment.md promises of each load balancer for which it prints a recipe, with the recipe as it is printed.</summary>
public abstract class LoadBalancerSpecification : IDisposable
{
    private protected TempDatabase Database { get; } = new("CREATE TABLE Orders (Id INTEGER PRIMARY KEY, Status TEXT)");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Database.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Restart_OneHostAfterTheOther_FailsNoRequestAndLosesNoChange()
    {
        SkipWhereMissing();
        Assert.SkipWhen(OperatingSystem.IsWindows(), TwoHosts.NoSignals);
        await using var hosts = await TwoHosts.StartAsync(Database.File, HostSettings());
        await using var balancer = await StartAsync(hosts.Ports[0], hosts.Ports[1]);
        await using var watched = await WatchedAll.StartAsync(balancer.Address);
        await using var traffic = new Traffic(balancer.Address, readers: 2, keepsConnections: true);

        await hosts.RestartInTurnAsync(times: 2);

        await watched.AssertCompleteAsync(await traffic.StopAsync());
        Assert.Empty(balancer.Failures);
    }

    [Fact]
    public async Task Kill_OneHost_LosesNoChangeAndIsGoneOver()
    {
        SkipWhereMissing();
        await using var hosts = await TwoHosts.StartAsync(Database.File, HostSettings());
        await using var balancer = await StartAsync(hosts.Ports[0], hosts.Ports[1]);
        await using var watched = await WatchedAll.StartAsync(balancer.Address);
        var id = 0;
        Insert(ref id, 20);

        await hosts.KillFirstAsync();
        Insert(ref id, 20);
        await balancer.UntilGoneOverAsync();
        // Those who watch have gone over, too: none of their requests is on its way to the one that is gone.
        await watched.AssertCompleteAsync([.. Enumerable.Range(1, id).Select(static id => $"{ChangeKind.Added} {id}")]);
        var failedBefore = balancer.Failures.Count;
        Insert(ref id, 20);

        using var client = new HttpClient { BaseAddress = balancer.Address };
        for (var i = 0; i < 20; i++)
        {
            using var read = await client.GetAsync(new Uri("api/orders", UriKind.Relative), Cancellation);
            Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        }

        await watched.AssertCompleteAsync([.. Enumerable.Range(id - 19, 20).Select(static id => $"{ChangeKind.Added} {id}")]);
        Assert.Equal(failedBefore, balancer.Failures.Count);
    }

    /// <summary>The hosts know the name under which the balancer was addressed, by which they tell their own pages from others'.</summary>
    [Theory, InlineData("api.example"), InlineData("api.example:8443")]
    public async Task Page_OfTheNameOutside_IsTakenForTheHostsOwn(string name)
    {
        SkipWhereMissing();
        await using var host = await HostProcess.StartAsync(null, 0, "--database", Database.File, "--AllowedOrigins=", "--AllowedHosts=api.example;127.0.0.1");
        await using var balancer = await StartAsync(host.Address.Port, host.Address.Port);
        using var client = new HttpClient { BaseAddress = balancer.Address };
        Assert.Equal(HttpStatusCode.OK, await AskAsync($"https://{name}"));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(host.Address.GetLeftPart(UriPartial.Authority)));

        async Task<HttpStatusCode> AskAsync(string origin)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "api/orders");
            request.Headers.Host = name;
            request.Headers.Add("Origin", origin);
            using var answer = await client.SendAsync(request, Cancellation);
            return answer.StatusCode;
        }
    }

    /// <summary>The hosts tell callers apart by the address from which they came to the balancer, and by nothing that they say themselves.</summary>
    [Fact]
    public async Task Streams_OfOneAddress_AreCountedTogetherWhateverItSaysOfItself()
    {
        SkipWhereMissing();
        Assert.SkipWhen(OperatingSystem.IsMacOS(), "macOS has one loopback address only.");
        await using var host = await HostProcess.StartAsync(
            null,
            0,
            new Dictionary<string, string> { ["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "true" },
            "--database",
            Database.File,
            "--RealtimeApi:Watching:MaxConnectionsPerCaller=1");
        await using var balancer = await StartAsync(host.Address.Port, host.Address.Port);
        using var one = ClientFrom("127.0.0.1", balancer.Address);
        using var other = ClientFrom("127.0.0.2", balancer.Address);

        using var first = await OpenStreamAsync(one, "192.0.2.1");
        using var second = await OpenStreamAsync(one, "192.0.2.2");
        using var third = await OpenStreamAsync(other, "192.0.2.1");

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.TooManyRequests, HttpStatusCode.OK], [first.StatusCode, second.StatusCode, third.StatusCode]);
    }

    /// <summary>Starts the balancer before the servers at two ports, and waits until it answers.</summary>
    private protected abstract Task<ILoadBalancer> StartAsync(int first, int second);

    /// <summary>What the page has the hosts told that stand behind it, as arguments.</summary>
    protected virtual IEnumerable<string> HostSettings() => [];

    protected virtual void SkipWhereMissing()
    {
    }

    private void Insert(ref int id, int count)
    {
        for (var i = 0; i < count; i++)
            Database.Execute($"INSERT INTO Orders VALUES ({++id}, 'new')");
    }

    private static HttpClient ClientFrom(string ownAddress, Uri address)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    socket.Bind(new IPEndPoint(IPAddress.Parse(ownAddress), 0));
                    await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        return new(handler) { BaseAddress = address };
    }

    private static async Task<HttpResponseMessage> OpenStreamAsync(HttpClient client, string claimed)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/orders/events");
        request.Headers.Add("X-Forwarded-For", claimed);
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
    }
}
