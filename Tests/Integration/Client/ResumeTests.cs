using System.Net.Sockets;
using Microsoft.AspNetCore.SignalR.Client;
using RealtimeApi.Client;
using RealtimeApi.Tests.TestSupport;
using Xunit;

#pragma warning disable xUnit1051 // Each watch is stopped by the token of its Watching.

namespace RealtimeApi.Tests.Integration.Client;

/// <summary>That a watch goes on where it stood, whatever happens to its connection.</summary>
public sealed class ResumeTests : IAsyncLifetime
{
    private FakeServer server = null!;
    private CuttableProxy proxy = null!;
    private RealtimeApiClient client = null!;

    private ResourceClient<Thing> ThingsOfClient => client.Resource<Thing>("things");

    public async ValueTask InitializeAsync()
    {
        server = await FakeServer.StartAsync();
        proxy = new(server.Address);
        client = Clients.For(proxy.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await client.DisposeAsync();
        await proxy.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Connection_Cut_IsResumedFromTheLastCursor()
    {
        await using var watch = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();
        await server.PutAsync(1, "a");
        await watch.NextAsync();

        proxy.Refuse();
        await server.UntilAsync(() => server.Connections == 0);
        await server.PutAsync(2, "b");
        await server.PutAsync(3, "c");
        proxy.Restore();

        Assert.Equal(["2", "3"], (await watch.NextAsync(2)).Select(c => c.Key));
        Assert.Equal("1", server.Subscribed.Last().Since);
    }

    [Fact]
    public async Task Connection_CutBeforeAnyChange_IsResumedFromTheBeginning()
    {
        await server.PutAsync(1, "a");
        await using var watch = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();

        proxy.Refuse();
        await server.UntilAsync(() => server.Connections == 0);
        await server.PutAsync(2, "b");
        proxy.Restore();

        Assert.Equal("2", (await watch.NextAsync()).Key);
    }

    [Fact]
    public async Task Connection_CutAgainAndAgain_LosesAndRepeatsNothing()
    {
        const int Changes = 400;
        await using var first = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();
        await using var second = await ThingsOfClient.WatchAsync(new() { Bookmarks = true, BufferSize = 7 }).Start().StandsAsync();

        for (var i = 1; i <= Changes; i++)
        {
            await server.PutAsync(i, $"t{i}");
            if (i % 20 == 0)
                proxy.Cut();
            if (i % 50 == 0)
                await server.UntilAsync(() => server.Standing > 0);
        }

        var expected = Enumerable.Range(1, Changes).Select(n => $"{n}");
        Assert.Equal(expected, (await first.NextAsync(Changes)).Select(c => c.Cursor));
        Assert.Equal(expected, (await second.NextAsync(Changes)).Select(c => c.Cursor));
        first.AssertNothingMore();
    }

    [Fact]
    public async Task Server_StartedAgain_IsFoundAndTheWatchGoesOn()
    {
        await using var watch = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();
        await server.PutAsync(1, "a");
        await watch.NextAsync();
        var down = new TaskCompletionSource();
        client.ConnectionStateChanged += (_, change) =>
        {
            if (change.FailedAttempts > 2)
                down.TrySetResult();
        };

        await server.DisposeAsync();
        await down.Task.WaitAsync(Until.Patience, TestContext.Current.CancellationToken);
        var again = await FakeServer.StartAsync(before: server);
        server = again;
        await again.PutAsync(2, "b");
        await again.PutAsync(3, "c");
        proxy.Redirect(again.Address);

        Assert.Equal(["2", "3"], (await watch.NextAsync(2)).Select(c => c.Key));
    }

    /// <summary>A connection that comes back by itself has none of its watches.</summary>
    [Fact]
    public async Task Connection_ToldToReconnectByItself_IsReplacedAllTheSame()
    {
        await using var other = new RealtimeApiClient(Clients.OptionsFor(proxy.Address) with { ConfigureHub = static hub => hub.WithAutomaticReconnect([TimeSpan.Zero]) });
        await using var watch = await other.Resource<Thing>("things").WatchAsync(Clients.Bookmarks).Start().StandsAsync();

        proxy.Cut();
        await server.PutAsync(1, "a");

        Assert.Equal("1", (await watch.NextAsync()).Key);
        await server.UntilAsync(() => server.Connections == 1);
    }

    [Fact]
    public async Task Server_StartedLater_IsWaitedFor()
    {
        proxy.Refuse();
        await using var watch = ThingsOfClient.WatchAsync(Clients.Bookmarks).Start();

        proxy.Restore();

        await watch.StandsAsync();
    }

    [Fact]
    public async Task Snapshot_CutBetweenPages_GoesOnWithTheNextPage()
    {
        server.PageSize = 10;
        await server.PutManyAsync(Enumerable.Range(1, 35).Select(n => (long)n));
        var keys = new List<string>();

        await foreach (var change in ThingsOfClient.WatchAsync(new() { Initial = true }, TestContext.Current.CancellationToken))
        {
            if (change.Kind == ChangeKind.Synced)
                break;
            keys.Add(change.Key);
            if (keys.Count % 5 == 0)
                proxy.Cut();
        }

        Assert.Equal(Enumerable.Range(1, 35).Select(n => $"{n}"), keys);
    }

    /// <summary>The framework's HTTP client gives such an error as it is when a connection is reset in the moment in which it is made.</summary>
    [Fact]
    public async Task Snapshot_WhoseConnectionIsResetAsItIsMade_IsReadAgain()
    {
        await server.PutAsync(1, "a");
        using var resetting = new Resetting { Times = 2 };
        using var http = new HttpClient(resetting, disposeHandler: false);
        await using var own = new RealtimeApiClient(Clients.OptionsFor(server.Address), http);

        await using var watch = own.Resource<Thing>("things").WatchAsync(new() { Initial = true }).Start();

        Assert.Equal([ChangeKind.Added, ChangeKind.Synced], (await watch.NextAsync(2)).Select(c => c.Kind));
        resetting.Times = 1;
        await Assert.ThrowsAsync<HttpRequestException>(() => own.Resource<Thing>("things").ListAsync(cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Batch_ThatDoesNotStartWhereTheLastEnded_IsAskedForAgain()
    {
        await using var watch = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();
        await server.PutAsync(1, "a");
        await server.LoseAsync(2, "b");
        await server.PutAsync(3, "c");

        Assert.Equal(["1", "2", "3"], (await watch.NextAsync(3)).Select(c => c.Key));
        Assert.Equal([null, "1"], server.Subscribed.Select(s => s.Since));
    }

    [Fact]
    public async Task Watches_OfOneClient_ShareAConnection()
    {
        var watches = Enumerable.Range(0, 50).Select(_ => ThingsOfClient.WatchAsync(Clients.Bookmarks).Start()).ToList();
        foreach (var watch in watches)
            await watch.StandsAsync();

        Assert.Equal((1, 50, 1L), (server.Connections, server.Standing, proxy.Accepted));
        proxy.Cut();
        await server.PutAsync(1, "a");
        foreach (var watch in watches)
        {
            Assert.Equal("1", (await watch.NextAsync()).Key);
            await watch.DisposeAsync();
        }
        await server.UntilAsync(() => server.Connections == 0);
    }

    [Fact]
    public async Task Connection_AfterItsLastWatch_ClosesAndOpensForTheNext()
    {
        await using (await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync())
        {
        }
        await server.UntilAsync(() => server.Connections == 0);

        await using var next = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();

        Assert.Equal(2, server.HubTokens.Count);
    }

    private sealed class Resetting() : DelegatingHandler(new SocketsHttpHandler())
    {
        public int Times { get; set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Times-- > 0 ? Task.FromException<HttpResponseMessage>(new SocketException((int)SocketError.NotConnected)) : base.SendAsync(request, cancellationToken);
    }
}
