using Microsoft.AspNetCore.Http;
using RealtimeApi.Client;
using RealtimeApi.Contracts;
using RealtimeApi.Tests.TestSupport;
using Xunit;

#pragma warning disable xUnit1051 // Each watch is stopped by the token of its Watching.

namespace RealtimeApi.Tests.Integration.Client;

/// <summary>That a watch finds a way to the server, and gives the same whichever it takes.</summary>
public sealed class TransportTests : IAsyncLifetime
{
    private readonly ToldStates states = new();
    private FakeServer server = null!;
    private CuttableProxy proxy = null!;
    private RealtimeApiClient client = null!;

    public static TheoryData<WatchTransport> All { get; } = [WatchTransport.WebSockets, WatchTransport.ServerSentEvents, WatchTransport.LongPolling, WatchTransport.Polling];

    public static TheoryData<WatchTransport> Streams { get; } = [WatchTransport.ServerSentEvents, WatchTransport.LongPolling, WatchTransport.Polling];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ResourceClient<Thing> ThingsOfClient => client.Resource<Thing>("things");

    public async ValueTask InitializeAsync()
    {
        server = await FakeServer.StartAsync();
        proxy = new(server.Address);
        Use(o => o);
    }

    public async ValueTask DisposeAsync()
    {
        await client.DisposeAsync();
        await proxy.DisposeAsync();
        await server.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Changes_OnEveryTransport_AreTheSame(WatchTransport transport)
    {
        await PinAsync(transport);
        await server.PutAsync(1, "before");
        await using var watch = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();

        await server.PutAsync(7, "a");
        await server.PutAsync(7, "ü\n");
        await server.DeleteAsync(7);

        var time = new DateTimeOffset(2026, 11, 23, 11, 6, 26, 123, TimeSpan.Zero);
        Assert.Equal(
            [
                new() { Kind = ChangeKind.Added, Key = "7", Item = new(7, "a"), Operation = ChangeOperation.Created, Time = time, Cursor = "2" },
                new() { Kind = ChangeKind.Modified, Key = "7", Item = new(7, "ü\n"), Operation = ChangeOperation.Updated, Time = time, Cursor = "3" },
                new() { Kind = ChangeKind.Removed, Key = "7", Operation = ChangeOperation.Deleted, Time = time, Cursor = "4" },
            ],
            await watch.NextAsync(3));
        await states.UntilAsync(ConnectionState.Connected, transport);
        Assert.All(states, s => Assert.Equal(transport, s.Transport));
        Assert.Equal([ConnectionState.Connecting, ConnectionState.Connected], states.Select(s => s.State));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Connections_CutAgainAndAgain_LoseAndRepeatNothing(WatchTransport transport)
    {
        const int Changes = 300;
        await PinAsync(transport);
        await using var first = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();
        await using var second = await ThingsOfClient.WatchAsync(new() { Bookmarks = true, BufferSize = 7 }).Start().StandsAsync();

        for (var i = 1; i <= Changes; i++)
        {
            await server.PutAsync(i, $"t{i}");
            if (i % 20 == 0)
                proxy.Cut();
        }

        var expected = Enumerable.Range(1, Changes).Select(n => $"{n}");
        Assert.Equal(expected, await CursorsAsync(first, Changes));
        Assert.Equal(expected, await CursorsAsync(second, Changes));
    }

    [Fact]
    public async Task Caller_WhoIsALittleSlow_IsWaitedForByTheStream()
    {
        await PinAsync(WatchTransport.ServerSentEvents);
        await using var slow = ThingsOfClient.WatchAsync(new() { Bookmarks = true, BufferSize = 10 }).GetAsyncEnumerator(Token);
        Assert.True(await slow.MoveNextAsync());
        await server.PutManyAsync(Enumerable.Range(1, 200).Select(n => (long)n));

        var seen = new List<long>();
        while (seen.Count < 200 && await slow.MoveNextAsync())
            seen.Add(slow.Current.Item!.Id);

        Assert.Equal(Enumerable.Range(1, 200).Select(n => (long)n), seen);
        Assert.Single(server.Requests, request => request.Contains("/events", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Initial_OnEveryTransport_GivesItemsThenSyncedThenChanges(WatchTransport transport)
    {
        await PinAsync(transport);
        server.PageSize = 2;
        await server.PutManyAsync([1, 2, 3]);

        await using var watch = ThingsOfClient.WatchAsync(new() { Initial = true }).Start();
        Assert.Equal(["1", "2", "3", ""], (await watch.NextAsync(4)).Select(c => c.Key));
        await server.PutAsync(4, "d");

        Assert.Equal("4", (await watch.NextAsync()).Key);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Transports_ChangedAtRandom_LoseAndRepeatNothing(WatchTransport first)
    {
        const int Changes = 400;
        var random = new Random((int)first);
        client.Transports.SwitchTo(first);
        await using var watch = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();

        for (var i = 1; i <= Changes; i++)
        {
            await server.PutAsync(i, $"t{i}");
            if (i % 8 == 0)
                client.Transports.SwitchTo((WatchTransport)random.Next(1, 5));
            if (i % 40 == 0)
                await CursorsAsync(watch, 40, i - 39);
        }
    }

    [Fact]
    public async Task WebSockets_ThatDoNotPass_AreReplacedByEventStreams()
    {
        await client.DisposeAsync();
        Use(static o => o with { TransportRetryInterval = TimeSpan.FromDays(1) });
        BlockWebSockets();

        await using var watch = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();
        await server.PutAsync(1, "a");

        Assert.Equal("1", (await watch.NextAsync()).Key);
        await states.UntilAsync(ConnectionState.Connected, WatchTransport.ServerSentEvents);
        Assert.Equal(ConnectionState.Connected, client.ConnectionState);

        // It is remembered: the next watch asks no hub.
        var asked = server.Requests.Count(r => r.Contains("hubs", StringComparison.Ordinal));
        await using var next = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();
        Assert.Equal(asked, server.Requests.Count(r => r.Contains("hubs", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task WebSockets_ThatPassLater_AreUsedAgainWithoutASeam()
    {
        await client.DisposeAsync();
        Use(o => o with { TransportRetryInterval = TimeSpan.FromMilliseconds(100) });
        BlockWebSockets();
        await using var watch = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();
        await server.PutAsync(1, "a");
        await server.UntilAsync(() => server.Streams == 1);

        server.Otherwise = null;
        await server.UntilAsync(() => server.Standing == 1 && server.Streams == 0);
        await server.PutAsync(2, "b");

        Assert.Equal(["1", "2"], await CursorsAsync(watch, 2));
        await states.UntilAsync(ConnectionState.Connected);
    }

    [Fact]
    public async Task EventStreams_ThatTheServerHasNot_AreReplacedByLongPolling()
    {
        BlockWebSockets(more: context => NotFound(context, "/events"));

        await using var watch = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();
        await server.PutAsync(1, "a");

        Assert.Equal("1", (await watch.NextAsync()).Key);
        await states.UntilAsync(ConnectionState.Connected, WatchTransport.LongPolling);
        Assert.Contains("GET /api/things/changes?since=0&wait=25", server.Requests);
    }

    [Fact]
    public async Task EventStreams_ThatAreHeldBack_AreReplacedByLongPolling()
    {
        await client.DisposeAsync();
        // So long that the requests of the next transport, which must be answered within it, are so on a busy machine, too.
        Use(o => o with { ConnectTimeout = TimeSpan.FromSeconds(3) });
        server.Otherwise = context => IsWebSocket(context) && BadRequest(context);
        server.HoldsBackStreams = true;

        await using var watch = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();

        await states.UntilAsync(ConnectionState.Connected, WatchTransport.LongPolling);
    }

    [Fact]
    public async Task Requests_ThatMayNotWait_AreReplacedByPolling()
    {
        var cut = 0;
        BlockWebSockets(more: context =>
        {
            if (context.Request.Query["wait"] == "25")
            {
                cut++;
                context.Response.StatusCode = 504;
                return true;
            }
            return NotFound(context, "/events");
        });

        await using var watch = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();
        await server.PutAsync(1, "a");

        Assert.Equal("1", (await watch.NextAsync()).Key);
        await states.UntilAsync(ConnectionState.Connected, WatchTransport.Polling);
        Assert.Equal(2, cut);
    }

    [Fact]
    public async Task Server_ThatIsAway_IsWaitedForOnTheSameTransport()
    {
        await using var watch = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();
        var down = new TaskCompletionSource();
        client.ConnectionStateChanged += (_, change) =>
        {
            if (change.FailedAttempts > 4)
                down.TrySetResult();
        };

        proxy.Refuse();
        await down.Task.WaitAsync(Until.Patience, Token);
        await server.PutAsync(1, "a");
        proxy.Restore();

        Assert.Equal("1", (await watch.NextAsync()).Key);
        Assert.All(states, s => Assert.Equal(WatchTransport.WebSockets, s.Transport));
    }

    [Fact]
    public async Task EventStream_ThatIsSilent_IsOpenedAgain()
    {
        await client.DisposeAsync();
        Use(o => o with { Transport = WatchTransport.ServerSentEvents, KeepAliveTimeout = TimeSpan.FromMilliseconds(200) });
        server.IsMute = true;
        await using var watch = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();
        await server.PutAsync(1, "a");
        await server.UntilAsync(() => server.Requests.Count(r => r.Contains("/events?since=0", StringComparison.Ordinal)) >= 2);

        server.IsMute = false;

        Assert.Equal("1", (await watch.NextAsync()).Key);
    }

    [Fact]
    public async Task EventStream_CutAfterEachEvent_LosesAndRepeatsNothing()
    {
        await PinAsync(WatchTransport.ServerSentEvents);
        server.EventsOfAStream = 1;
        await using var watch = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();

        await server.PutManyAsync([1, 2, 3, 4, 5]);

        Assert.Equal(["1", "2", "3", "4", "5"], await CursorsAsync(watch, 5));
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task Refusal_IsTheAnswer(WatchTransport transport)
    {
        await PinAsync(transport);
        server.Otherwise = context => Problem(context, ProblemCodes.CursorExpired, 410);

        await using var watch = ThingsOfClient.WatchAsync(new() { Since = "0" }).Start();
        var error = await Assert.ThrowsAsync<RealtimeApiException>(watch.NextAsync);

        Assert.Equal(ProblemCodes.CursorExpired, error.Code);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Refusal_OnAFallback_DoesNotMakeItGoFurther()
    {
        BlockWebSockets(more: context => context.Request.Path.Value!.EndsWith("/events", StringComparison.Ordinal) && Problem(context, ProblemCodes.NotWatchable, 404));

        await using var watch = ThingsOfClient.WatchAsync(Clients.Bookmarks).Start();
        var error = await Assert.ThrowsAsync<RealtimeApiException>(watch.NextAsync);

        Assert.Equal(ProblemCodes.NotWatchable, error.Code);
        Assert.DoesNotContain(server.Requests, r => r.Contains("/changes", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task Server_ThatIsBusy_IsAskedAgain(WatchTransport transport)
    {
        await PinAsync(transport);
        var times = 0;
        server.Otherwise = context => times++ < 3 && (times == 2 ? BadGateway(context) : Problem(context, ProblemCodes.Unavailable, 503));

        await using var watch = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();

        Assert.True(times >= 4);
    }

    [Fact]
    public async Task Pinned_ToWhatTheServerHasNot_SaysSo()
    {
        await PinAsync(WatchTransport.ServerSentEvents);
        server.Otherwise = context => NotFound(context, "/events");

        await using var watch = ThingsOfClient.WatchAsync().Start();
        var error = await Assert.ThrowsAsync<RealtimeApiException>(watch.NextAsync);

        Assert.Equal(System.Net.HttpStatusCode.NotFound, error.Status);
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task Address_NamesTheView(WatchTransport transport)
    {
        await PinAsync(transport);
        server.Otherwise = context => Problem(context, ProblemCodes.InvalidQuery, 400);
        async Task RefusedAsync(IAsyncEnumerable<ItemChange<Thing>> changes)
        {
            await using var watch = changes.Start();
            await Assert.ThrowsAsync<RealtimeApiException>(watch.NextAsync);
        }

        await RefusedAsync(ThingsOfClient.Where("text eq 'a&b'").Select("text").WatchAsync(new() { Since = "3" }));
        await RefusedAsync(ThingsOfClient.WatchItemAsync("a/b"));

        var (end, more) = transport == WatchTransport.ServerSentEvents ? ("events", "") : ("changes", "wait=0");
        Assert.Equal(
            [$"GET /api/things/{end}?$filter=text eq 'a&b'&$select=text&since=3{(more.Length > 0 ? "&" + more : "")}", $"GET /api/things/a%2Fb/{end}{(more.Length > 0 ? "?" + more : "")}"],
            server.Requests);
    }

    [Fact]
    public async Task Token_ThatCannotBeHad_IsAskedForAgain()
    {
        await client.DisposeAsync();
        var calls = 0;
        Use(o => o with { Transport = WatchTransport.ServerSentEvents, AccessTokenProvider = _ => calls++ < 3 ? throw new InvalidOperationException("The issuer is down.") : new("t") });

        await using var watch = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();

        Assert.Equal(4, calls);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Token_ThatExpiresWhileTheWatchStands_IsReplacedByAnother(WatchTransport transport)
    {
        await client.DisposeAsync();
        var (accepted, stale) = (1, 0);
        // By its own clock, the provider's token is valid for longer.
        Use(o => o with { Transport = transport, AccessTokenProvider = _ => new($"token{(Interlocked.Decrement(ref stale) >= 0 ? accepted - 1 : accepted)}") });
        server.Otherwise = context => context.Request.Headers.Authorization != $"Bearer token{accepted}" && Problem(context, ProblemCodes.Unauthorized, 401);
        await using var watch = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();

        for (var id = 1; id <= 3; id++)
        {
            accepted++;
            stale = 2;
            await server.EndAsync(ProblemCodes.Unauthorized, 401);
            await server.PutAsync(id, "a");
            Assert.Equal([$"{id}"], await CursorsAsync(watch, 1));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Token_ThatExpiresAndIsTheOnlyOne_EndsTheWatchAfterAWhile(WatchTransport transport)
    {
        await client.DisposeAsync();
        var time = new LeapingTime();
        Use(o => o with { Transport = transport, TimeProvider = time, AccessTokenProvider = static _ => new("token") });
        await using var watch = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();

        var refused = 0;
        server.Otherwise = context => Interlocked.Increment(ref refused) > 0 && Problem(context, ProblemCodes.Unauthorized, 401);
        await server.EndAsync(ProblemCodes.Unauthorized, 401);
        await server.PutAsync(1, "a");
        await Until.TrueAsync(() => refused > 5);
        time.Leap(TimeSpan.FromSeconds(10));

        var error = await Assert.ThrowsAsync<RealtimeApiException>(async () => await CursorsAsync(watch, 2));
        Assert.Equal(ProblemCodes.Unauthorized, error.Code);
    }

    /// <summary>The connection was opened with a token of its time.</summary>
    [Fact]
    public async Task WatchAndRoom_OnAConnectionWhoseTokenHasExpired_OpenAnother()
    {
        await client.DisposeAsync();
        Use(o => o with { Transport = WatchTransport.WebSockets, IdleTimeout = Timeout.InfiniteTimeSpan, AccessTokenProvider = static _ => new("token") });
        var valid = 0;
        server.Refuse = request => server.HubTokens.Count > valid ? null : new Microsoft.AspNetCore.SignalR.HubException("unauthorized: The token has expired.");
        await using (await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync())
            valid = 1;

        await using (await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync())
            valid = 2;
        await using (var room = ThingsOfClient.OpenRoom())
        {
            await room.WhenOpenAsync(Token);
            valid = int.MaxValue;
        }

        Assert.Equal(3, server.HubTokens.Count);
        await using var refused = ThingsOfClient.WatchAsync(Clients.Bookmarks).Start();
        Assert.Equal(ProblemCodes.Unauthorized, (await Assert.ThrowsAsync<RealtimeApiException>(refused.NextAsync)).Code);
        await using var closed = ThingsOfClient.OpenRoom();
        Assert.Equal(ProblemCodes.Unauthorized, (await Assert.ThrowsAsync<RealtimeApiException>(() => closed.WhenOpenAsync(Token))).Code);
    }

    [Fact]
    public async Task LiveView_OnAFallback_IsCurrent()
    {
        BlockWebSockets();
        await server.PutManyAsync([1, 2, 3]);
        var told = new Told<Thing>();

        await using var view = ThingsOfClient.OpenLiveView();
        view.Subscribe(told);
        await view.WhenSyncedAsync(Token);
        await server.DeleteAsync(2);
        await told.UntilAsync(t => t.Changes.Any(c => c.Kind == ChangeKind.Removed));

        Assert.Equal([1, 3], view.Select(t => t.Id));
        Assert.Equal(LiveState.Current, view.Status.State);
    }

    [Fact]
    public async Task Poll_GivesPageAfterPageWithoutAWatch()
    {
        await server.PutAsync(1000, "before");
        var start = await ThingsOfClient.PollAsync(since: null, cancellationToken: Token);
        await server.PutManyAsync(Enumerable.Range(1, 70).Select(n => (long)n));

        var first = await ThingsOfClient.PollAsync(start.Cursor, cancellationToken: Token);
        var second = await ThingsOfClient.PollAsync(first.Cursor, new() { Wait = TimeSpan.FromSeconds(20), Limit = 500 }, Token);

        Assert.Empty(start.Changes);
        Assert.Equal((50, true, 20, false), (first.Changes.Count, first.HasMore, second.Changes.Count, second.HasMore));
        Assert.Equal(Enumerable.Range(1, 70).Select(n => new Thing(n, $"t{n}")), first.Changes.Concat(second.Changes).Select(c => c.Item));
        Assert.Equal(Enumerable.Range(2, 70).Select(n => $"{n}"), first.Changes.Concat(second.Changes).Select(c => c.Cursor));
        Assert.Contains("GET /api/things/changes?since=51&wait=20&limit=500", server.Requests);
        Assert.Equal(0, server.Connections);
    }

    [Fact]
    public async Task Poll_OfOneItem_NamesIt()
    {
        server.Otherwise = context => Problem(context, ProblemCodes.CursorExpired, 410);

        var error = await Assert.ThrowsAsync<RealtimeApiException>(() => ThingsOfClient.PollItemAsync(7, "3", cancellationToken: Token));

        Assert.Equal(ProblemCodes.CursorExpired, error.Code);
        Assert.Equal(["GET /api/things/7/changes?since=3&wait=0"], server.Requests);
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = ThingsOfClient.PollAsync("3", new() { Wait = TimeSpan.FromSeconds(61) }); });
    }

    private void Use(Func<RealtimeApiClientOptions, RealtimeApiClientOptions> change)
    {
        client = new(change(Clients.OptionsFor(proxy.Address) with { PollInterval = TimeSpan.FromMilliseconds(10) }));
        states.Follow(client);
    }

    private async Task PinAsync(WatchTransport transport)
    {
        await client.DisposeAsync();
        states.Clear();
        Use(o => o with { Transport = transport });
    }

    private void BlockWebSockets(Func<HttpContext, bool>? more = null) =>
        server.Otherwise = context => IsWebSocket(context) ? BadRequest(context) : more?.Invoke(context) == true;

    private static bool IsWebSocket(HttpContext context) => context.Request.Headers.Upgrade.Count > 0;

    private static bool BadRequest(HttpContext context)
    {
        context.Response.StatusCode = 400;
        return true;
    }

    private static bool BadGateway(HttpContext context)
    {
        context.Response.StatusCode = 502;
        return true;
    }

    private static bool NotFound(HttpContext context, string end)
    {
        if (!context.Request.Path.Value!.EndsWith(end, StringComparison.Ordinal))
            return false;
        context.Response.StatusCode = 404;
        return true;
    }

    private static bool Problem(HttpContext context, string code, int status)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/problem+json";
        context.Response.WriteAsync($$"""{"type":"/problems/{{code}}","title":"t","status":{{status}},"detail":"d"}""").GetAwaiter().GetResult();
        return true;
    }

    /// <summary>The cursors of the next changes, which are checked to be those from <paramref name="from"/> on where that is given.</summary>
    private static async Task<IReadOnlyList<string?>> CursorsAsync(Watching<Thing> watch, int count, int? from = null)
    {
        var cursors = new List<string?>();
        while (cursors.Count < count)
            if (await watch.NextAsync() is { Kind: not ChangeKind.Bookmark } change)
                cursors.Add(change.Cursor);
        if (from is { } first)
            Assert.Equal(Enumerable.Range(first, count).Select(n => $"{n}"), cursors);
        return cursors;
    }
}
