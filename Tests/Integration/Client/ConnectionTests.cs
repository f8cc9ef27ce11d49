using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using RealtimeApi.Client;
using RealtimeApi.Contracts;
using RealtimeApi.Tests.TestSupport;
using Xunit;

#pragma warning disable xUnit1051 // Each watch is stopped by the token of its Watching.

namespace RealtimeApi.Tests.Integration.Client;

/// <summary>How a client connects, and what it says about it.</summary>
public sealed class ConnectionTests : IAsyncLifetime
{
    private FakeServer server = null!;

    public async ValueTask InitializeAsync() => server = await FakeServer.StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task States_OfACutConnection_AreToldInOrder()
    {
        await using var proxy = new CuttableProxy(server.Address);
        var states = new ToldStates();
        await using (var client = Clients.For(proxy.Address))
        {
            states.Follow(client);
            Assert.Equal(ConnectionState.Disconnected, client.ConnectionState);
            await using var watch = await client.Resource<Thing>("things").WatchAsync(Clients.Bookmarks).Start().StandsAsync();
            Assert.Equal(ConnectionState.Connected, client.ConnectionState);
            proxy.Cut();
            // The server may still have the watch of the connection that was cut, and the new one before the client knows.
            await states.UntilAsync(static told => told.Count(step => step.State == ConnectionState.Connected) == 2);
        }

        await states.UntilAsync(ConnectionState.Disconnected);
        Assert.Equal(
            [ConnectionState.Connecting, ConnectionState.Connected, ConnectionState.Reconnecting, ConnectionState.Reconnecting, ConnectionState.Connected, ConnectionState.Disconnected],
            states.Select(s => s.State));
        var lost = states[2];
        Assert.Equal(1, lost.FailedAttempts);
        Assert.NotNull(lost.Error);
        Assert.NotNull(lost.RetryIn);
        Assert.Null(states[3].RetryIn);
    }

    [Fact]
    public async Task Handler_ThatThrows_DisturbsNothing()
    {
        await using var client = Clients.For(server.Address);
        client.ConnectionStateChanged += (_, _) => throw new InvalidOperationException("The handler's own.");

        await using var watch = await client.Resource<Thing>("things").WatchAsync(Clients.Bookmarks).Start().StandsAsync();
    }

    [Theory]
    [InlineData(WatchTransport.WebSockets)]
    [InlineData(WatchTransport.LongPolling)]
    public async Task Dispose_WhileATokenIsWaitedFor_DoesNotWaitForIt(WatchTransport transport)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var never = new TaskCompletionSource<string?>();
        var client = new RealtimeApiClient(new RealtimeApiClientOptions(server.Address)
        {
            Transport = transport,
            ConnectTimeout = TimeSpan.FromHours(1),
            AccessTokenProvider = _ =>
            {
                asked.TrySetResult();
                return new(never.Task);
            },
        });
        await using var watch = client.Resource<Thing>("things").WatchAsync().Start();
        await asked.Task.WaitAsync(Until.Patience, TestContext.Current.CancellationToken);

        await client.DisposeAsync().AsTask().WaitAsync(Until.Patience, TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<ObjectDisposedException>(watch.NextAsync);
    }

    [Fact]
    public async Task Token_IsAskedForAnewOnEachConnectAndRead()
    {
        await using var proxy = new CuttableProxy(server.Address);
        var number = 0;
        await using var client = new RealtimeApiClient(Clients.OptionsFor(proxy.Address) with
        {
            AccessTokenProvider = _ => new($"token{Interlocked.Increment(ref number)}"),
        });
        await using var watch = await client.Resource<Thing>("things").WatchAsync(Clients.Bookmarks).Start().StandsAsync();
        proxy.Cut();
        await server.UntilAsync(() => server.HubTokens.Count == 2);
        string? sent = null;
        server.Otherwise = context =>
        {
            sent = context.Request.Headers.Authorization;
            return false;
        };
        await client.Resource<Thing>("things").ListAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(2, server.HubTokens.Distinct().Count());
        Assert.All(server.HubTokens, token => Assert.StartsWith("Bearer token", token, StringComparison.Ordinal));
        Assert.Equal($"Bearer token{number}", sent);
    }

    [Fact]
    public async Task TokenProvider_ThatFails_IsAskedAgain()
    {
        var calls = 0;
        await using var client = new RealtimeApiClient(Clients.OptionsFor(server.Address) with
        {
            AccessTokenProvider = _ => calls++ < 2 ? throw new InvalidOperationException("The issuer is down.") : new("t"),
        });

        await using var watch = await client.Resource<Thing>("things").WatchAsync(Clients.Bookmarks).Start().StandsAsync();

        Assert.Equal("Bearer t", Assert.Single(server.HubTokens));
    }

    [Fact]
    public async Task TokenProvider_ThatNeverAnswers_IsGivenUpAfterTheTimeout()
    {
        var calls = 0;
        await using var client = new RealtimeApiClient(Clients.OptionsFor(server.Address) with
        {
            ConnectTimeout = TimeSpan.FromMilliseconds(200),
            AccessTokenProvider = _ => calls++ == 0 ? new(new TaskCompletionSource<string?>().Task) : new("t"),
        });

        await using var watch = await client.Resource<Thing>("things").WatchAsync(Clients.Bookmarks).Start().StandsAsync();
    }

    [Fact]
    public async Task Server_ThatAcceptsAndSaysNothing_IsGivenUpAfterTheTimeout()
    {
        using var mute = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        mute.Start();
        await using var client = new RealtimeApiClient(Clients.OptionsFor(new($"http://{mute.LocalEndpoint}")) with { ConnectTimeout = TimeSpan.FromMilliseconds(100) });
        var failed = new TaskCompletionSource<Exception>();
        client.ConnectionStateChanged += (_, change) =>
        {
            if (change.Error is { } error)
                failed.TrySetResult(error);
        };

        await using var watch = client.Resource<Thing>("things").WatchAsync().Start();

        Assert.IsType<TimeoutException>(await failed.Task.WaitAsync(Until.Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ApiKey_IsSentWithConnectsAndReads()
    {
        var sent = new ConcurrentBag<string>();
        server.Otherwise = context =>
        {
            sent.Add($"{context.Request.Path} {context.Request.Headers["X-Api-Key"]}");
            return false;
        };
        await using var client = new RealtimeApiClient(Clients.OptionsFor(server.Address) with { ApiKey = "k" });
        await using var watch = await client.Resource<Thing>("things").WatchAsync(Clients.Bookmarks).Start().StandsAsync();
        await client.Resource<Thing>("things").GetAsync(1, TestContext.Current.CancellationToken);

        Assert.Equal(["/api/things/1 k", "/hubs/resources k"], sent.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(401, ProblemCodes.Unauthorized)]
    [InlineData(403, ProblemCodes.Forbidden)]
    [InlineData(404, ProblemCodes.NotFound)]
    public async Task Connect_Refused_EndsTheWatchesAndIsToldOnce(int status, string code)
    {
        server.Otherwise = context =>
        {
            context.Response.StatusCode = status;
            return true;
        };
        await using var client = Clients.For(server.Address);
        var states = new ToldStates();
        states.Follow(client);

        await using var watch = client.Resource<Thing>("things").WatchAsync().Start();
        var error = await Assert.ThrowsAsync<RealtimeApiException>(watch.NextAsync);

        Assert.Equal((code, status), (error.Code, (int)error.Status));

        // Asked again, the client tries again.
        server.Otherwise = null;
        await using var later = await client.Resource<Thing>("things").WatchAsync(Clients.Bookmarks).Start().StandsAsync();
        await states.UntilAsync(ConnectionState.Connected);
        Assert.Equal([ConnectionState.Connecting, ConnectionState.Disconnected, ConnectionState.Connecting, ConnectionState.Connected], states.Select(s => s.State));
        Assert.Same(error, states[1].Error);
    }

    [Fact]
    public async Task Connect_WhileTheServerIsBusy_WaitsAsLongAsItAsks()
    {
        server.Otherwise = context =>
        {
            context.Response.StatusCode = 503;
            context.Response.Headers.RetryAfter = "1";
            return true;
        };
        await using var client = Clients.For(server.Address);
        var waits = new TaskCompletionSource<TimeSpan?>();
        client.ConnectionStateChanged += (_, change) =>
        {
            if (change.RetryIn is not null)
                waits.TrySetResult(change.RetryIn);
        };

        await using var watch = client.Resource<Thing>("things").WatchAsync(Clients.Bookmarks).Start();
        var wait = await waits.Task.WaitAsync(Until.Patience, TestContext.Current.CancellationToken);
        server.Otherwise = null;

        Assert.InRange(wait!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1.5));
        await watch.StandsAsync();
    }

    [Fact]
    public async Task Watch_EndedWhileTheNextAttemptIsWaitedFor_MakesNone()
    {
        server.Otherwise = static request =>
        {
            request.Response.StatusCode = 503;
            request.Response.Headers.RetryAfter = "3000";
            return true;
        };
        var states = new ToldStates();
        await using var client = new RealtimeApiClient(Clients.OptionsFor(server.Address) with { Transport = WatchTransport.WebSockets });
        states.Follow(client);
        await using (client.Resource<Thing>("things").WatchAsync(Clients.Bookmarks).Start())
            await states.UntilAsync(told => told.Any(change => change.RetryIn is not null));

        await states.UntilAsync(ConnectionState.Disconnected);
        Assert.Equal([ConnectionState.Connecting, ConnectionState.Connecting, ConnectionState.Disconnected], states.Select(static change => change.State));
    }

    /// <summary>What the first watch was told holds for whoever comes after it.</summary>
    [Theory]
    [InlineData(WatchTransport.WebSockets)]
    [InlineData(WatchTransport.ServerSentEvents)]
    [InlineData(WatchTransport.LongPolling)]
    public async Task Watch_StartedWithinTheTimeThatABusyServerAskedFor_WaitsForTheRest(WatchTransport transport)
    {
        server.Otherwise = HandlerTests.Busy;
        var time = new NotingTime();
        var states = new ToldStates();
        await using var client = new RealtimeApiClient(Clients.OptionsFor(server.Address) with { Transport = transport, TimeProvider = time });
        states.Follow(client);
        await using (client.Resource<Thing>("things").WatchAsync(Clients.Bookmarks).Start())
            await time.NextAsync();
        await states.UntilAsync(ConnectionState.Disconnected, transport);
        server.Otherwise = null;
        var asked = server.Requests.Count;

        await using (client.Resource<Thing>("things").WatchAsync(Clients.Bookmarks).Start())
            Assert.InRange(await time.NextAsync(), TimeSpan.FromSeconds(2000), TimeSpan.FromSeconds(3000.05));
        Assert.Equal(asked, server.Requests.Count);
        if (transport == WatchTransport.WebSockets)
            await states.UntilAsync(told => told.Count > 1 && told[^2] is { State: ConnectionState.Connecting, RetryIn: not null, Error: RealtimeApiException { Code: ProblemCodes.Unavailable } });

        // Once the server takes watches again, those that come later do not wait.
        time.Spares = true;
        await using var third = await client.Resource<Thing>("things").WatchAsync(Clients.Bookmarks).Start().StandsAsync();
        await using var fourth = await client.Resource<Thing>("things").WatchAsync(Clients.Bookmarks).Start().StandsAsync();
        await time.NextAsync();
        Assert.False(time.HasMore);
    }

    [Fact]
    public async Task Address_WithAPath_IsThePrefixOfEverything()
    {
        var client = new RealtimeApiClient(Clients.OptionsFor(new(server.Address, "/shop/")));
        await using (client)
            await Assert.ThrowsAsync<RealtimeApiException>(() => client.GetServiceDocumentAsync(TestContext.Current.CancellationToken));

        Assert.Equal("GET /shop/api", Assert.Single(server.Requests));
    }

    [Theory]
    [InlineData("localhost:5000")]
    [InlineData("/api")]
    [InlineData("ftp://localhost")]
    public void Address_ThatIsNotHttp_IsRefused(string address)
    {
        var error = Assert.Throws<ArgumentException>(() => new RealtimeApiClient(address));
        Assert.Contains(address, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Registration_GivesOneClientThatReadsThroughTheFactory()
    {
        var handled = 0;
        var services = new ServiceCollection();
        services.AddRealtimeApiClient(server.Address.ToString()).AddHttpMessageHandler(() => new Counting(() => handled++));
        await using var provider = services.BuildServiceProvider(validateScopes: true);

        var client = provider.GetRequiredService<RealtimeApiClient>();
        await client.Resource<Thing>("things").ListAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Same(client, provider.GetRequiredService<RealtimeApiClient>());
        Assert.Equal(1, handled);
    }

    private sealed class Counting(Action count) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            count();
            return base.SendAsync(request, cancellationToken);
        }
    }
}
