using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using RealtimeApi.Client;
using RealtimeApi.Contracts;
using RealtimeApi.Tests.TestSupport;
using Xunit;

#pragma warning disable xUnit1051 // Each watch is stopped by the token of its Watching.

namespace RealtimeApi.Tests.Integration.Client;

/// <summary>What watches make of a server that is away, busy or failing: how long they wait, how often they ask, and when they say so.</summary>
public sealed class OutageTests : IAsyncLifetime
{
    private const int Watches = 6;

    private readonly ConcurrentQueue<ConnectionStateChange> states = new();
    private FakeServer server = null!;
    private CuttableProxy proxy = null!;
    private RealtimeApiClient client = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ResourceClient<Thing> ThingsOfClient => client.Resource<Thing>("things");

    public async ValueTask InitializeAsync()
    {
        server = await FakeServer.StartAsync();
        proxy = new(server.Address);
        client = new(Clients.OptionsFor(proxy.Address) with { PollInterval = TimeSpan.FromMilliseconds(10) });
        client.ConnectionStateChanged += (_, change) => states.Enqueue(change);
    }

    public async ValueTask DisposeAsync()
    {
        await client.DisposeAsync();
        await proxy.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task ManyWatches_WhoseWaitsAreCutByOneOutage_StayOnLongPolling()
    {
        client.Transports.SwitchTo(WatchTransport.LongPolling);
        var watches = await StandAsync();
        await server.UntilAsync(() => Asked("wait=25") >= Watches);

        // Cut alone is not enough: a request that has had no answer is sent again by the HTTP client itself.
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        client.ConnectionStateChanged += (_, change) =>
        {
            if (change.FailedAttempts >= 2 * Watches)
                all.TrySetResult();
        };
        proxy.Refuse();
        await all.Task.WaitAsync(Until.Patience, Token);
        proxy.Restore();
        await server.PutAsync(1, "a");

        await AssertAllGetAsync(watches, "1");
        Assert.DoesNotContain(states, s => s.Transport == WatchTransport.Polling);
    }

    [Fact]
    public async Task ManyWatches_WhoseStreamsDieUnbornInOneOutage_StayOnEventStreams()
    {
        server.HoldsBackStreams = true;
        client.Transports.SwitchTo(WatchTransport.ServerSentEvents);
        var watches = Enumerable.Range(0, Watches).Select(_ => ThingsOfClient.WatchAsync(Clients.Bookmarks).Start()).ToList();
        await server.UntilAsync(() => server.Streams == Watches);

        server.HoldsBackStreams = false;
        proxy.Cut();
        foreach (var watch in watches)
            await watch.StandsAsync();
        await server.PutAsync(1, "a");

        await AssertAllGetAsync(watches, "1");
        Assert.All(states, s => Assert.Equal(WatchTransport.ServerSentEvents, s.Transport));
    }

    [Fact]
    public async Task Server_ThatAnswersWaitsAtOnceWithNothing_IsNotAskedWithoutPause()
    {
        await UseAsync(o => o with { Transport = WatchTransport.LongPolling, PollInterval = TimeSpan.FromDays(1) });
        server.Otherwise = context => context.Request.Query["wait"] == "25" && Answer(context, 200, "application/json", """{"changes":[],"cursor":"0","more":false}""");

        await using var watch = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();
        await server.UntilAsync(() => Asked("wait=25") == 2);
        await watch.UntilMoreAsync();

        Assert.Equal(2, Asked("wait=25"));
    }

    /// <summary>As one that stops does, however short the wait was.</summary>
    [Fact]
    public async Task Server_ThatAnswersAWaitAtOnceWithNothing_IsAskedAgainAtOnce()
    {
        await UseAsync(o => o with { Transport = WatchTransport.LongPolling, PollInterval = TimeSpan.FromDays(1) });
        var answers = 0;
        server.Otherwise = context => context.Request.Query["wait"] == "25" && answers++ % 2 == 0 && Answer(context, 200, "application/json", $$"""{"changes":[],"cursor":"{{context.Request.Query["since"]}}","more":false}""");
        await using var watch = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();

        for (var id = 1; id <= 3; id++)
        {
            await server.PutAsync(id, "a");
            Assert.Equal($"{id}", (await watch.NextAsync()).Key);
        }
    }

    [Theory]
    [InlineData(WatchTransport.WebSockets, ProblemCodes.LimitExceeded, 429)]
    [InlineData(WatchTransport.WebSockets, ProblemCodes.Unavailable, 503)]
    [InlineData(WatchTransport.ServerSentEvents, ProblemCodes.LimitExceeded, 429)]
    [InlineData(WatchTransport.LongPolling, ProblemCodes.Unavailable, 503)]
    public async Task Refusal_WithATimeToWait_IsHonoured(WatchTransport transport, string code, int status)
    {
        var time = new ImpatientTime();
        await UseAsync(o => o with { Transport = transport, TimeProvider = time });
        var refused = 0;
        server.Otherwise = context =>
        {
            context.Response.Headers.RetryAfter = "30";
            return time.Waits.Count < 2 && ++refused > 0 && Problem(context, code, status);
        };

        await using var watch = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();

        Assert.Equal(2, time.Waits.Count);
        Assert.InRange(refused, 2, 4); // An attempt at a WebSocket asks a second time, for the reason.
    }

    [Fact]
    public async Task Server_ThatBreaksTheWatchOffAgainAndAgain_IsSaidToFail()
    {
        await using var watch = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();

        for (var ends = 0; ends <= RealtimeApiException.MaximumServerFailures; ends++)
        {
            await server.UntilAsync(() => server.Standing > 0);
            await server.EndAsync(ProblemCodes.Unavailable, 503);
        }

        var error = await Assert.ThrowsAsync<RealtimeApiException>(watch.NextAsync);
        Assert.Equal((ProblemCodes.Unavailable, true), (error.Code, error.IsTransient));
    }

    [Fact]
    public async Task Server_ThatDoesNotTakeTheWatch_IsWaitedFor()
    {
        await using var watch = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();
        var times = 0;
        server.Refuse = _ => times++ < 2 * RealtimeApiException.MaximumServerFailures ? new HubException("unavailable: The database does not answer.") : null;

        await server.EndAsync(ProblemCodes.Unavailable, 503);
        await server.PutAsync(1, "a");

        Assert.Equal("1", (await watch.NextAsync()).Key);
    }

    [Theory]
    [InlineData(WatchTransport.ServerSentEvents)]
    [InlineData(WatchTransport.LongPolling)]
    public async Task Server_ThatFailsAtTheWatch_IsSaidToFail(WatchTransport transport)
    {
        await UseAsync(o => o with { Transport = transport });
        await using var watch = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();
        server.Otherwise = context => Answer(context, 500, "application/problem+json", """{"type":"about:blank","title":"The server failed","status":500,"detail":"The log says more under 7."}""");
        proxy.Cut();

        var error = await Assert.ThrowsAsync<RealtimeApiException>(watch.NextAsync);
        Assert.Equal((RealtimeApiException.InvalidAnswer, true), (error.Code, error.IsTransient));
        Assert.Contains("The log says more under 7.", error.Message, StringComparison.Ordinal);

        // To a new watch it is news.
        var asked = server.Requests.Count;
        await using var fresh = ThingsOfClient.WatchAsync().Start();
        await Assert.ThrowsAsync<RealtimeApiException>(fresh.NextAsync);
        Assert.Equal(asked + 1, server.Requests.Count);
    }

    [Fact]
    public async Task Snapshot_ThatTheServerFailsAt_EndsTheWatch()
    {
        await server.PutAsync(1, "a");
        var asked = 0;
        server.Otherwise = context => context.Request.Path == "/api/things" && ++asked > 0 && Answer(context, 500, "text/plain", "oh");

        await using var watch = ThingsOfClient.WatchAsync(new() { Initial = true }).Start();
        var error = await Assert.ThrowsAsync<RealtimeApiException>(watch.NextAsync);

        Assert.Equal(System.Net.HttpStatusCode.InternalServerError, error.Status);
        Assert.Equal(RealtimeApiException.MaximumServerFailures + 1, asked);
    }

    [Fact]
    public async Task LiveView_WhoseServerIsBusy_SaysSoAndBecomesCurrent()
    {
        await using var view = ThingsOfClient.OpenLiveView();
        await view.WhenSyncedAsync(Token);
        var told = new ConcurrentQueue<LiveStatus>();
        var current = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        view.PropertyChanged += (_, e) =>
        {
            if (e.PropertyName != nameof(view.Status))
                return;
            told.Enqueue(view.Status);
            if (view.Status.State == LiveState.Current && told.Any(s => s.Error is not null))
                current.TrySetResult();
        };

        var times = 0;
        server.Refuse = _ => times++ < 3 ? new HubException("limit-exceeded: Too many.") : null;
        await server.EndAsync(ProblemCodes.Unavailable, 503);
        await current.Task.WaitAsync(Until.Patience, Token);

        Assert.Contains(told, s => s is { State: LiveState.Stale, Error: RealtimeApiException { Code: ProblemCodes.LimitExceeded } });
        Assert.Null(view.Status.Error);
    }

    [Fact]
    public async Task LiveView_WhoseServerFailsAtTheWatch_ListsAgain()
    {
        await UseAsync(o => o with { Transport = WatchTransport.LongPolling });
        await server.PutAsync(1, "a");
        var told = new Told<Thing>();
        await using var view = ThingsOfClient.OpenLiveView();
        view.Subscribe(told);
        await view.WhenSyncedAsync(Token);

        // A change that the server cannot read: every watch that has to pass it fails, and a new list is beyond it.
        server.Otherwise = context => context.Request.Query["since"] == "1" && Answer(context, 500, "text/plain", "oh");
        proxy.Cut();
        await server.PutAsync(2, "b");
        await told.UntilAsync(t => t.Items.ContainsKey("2"));

        Assert.Equal([1, 2], view.Select(t => t.Id));
    }

    /// <summary>A clock that notes waits of half a minute, and spares the test them.</summary>
    private sealed class ImpatientTime : TimeProvider
    {
        public ConcurrentQueue<TimeSpan> Waits { get; } = new();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime < TimeSpan.FromSeconds(30) || dueTime > TimeSpan.FromSeconds(31))
                return base.CreateTimer(callback, state, dueTime, period);
            Waits.Enqueue(dueTime);
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }

    private int Asked(string part) => server.Requests.Count(r => r.Contains(part, StringComparison.Ordinal));

    private async Task<IReadOnlyList<Watching<Thing>>> StandAsync()
    {
        var watches = new List<Watching<Thing>>();
        for (var i = 0; i < Watches; i++)
            watches.Add(await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync());
        return watches;
    }

    private static async Task AssertAllGetAsync(IEnumerable<Watching<Thing>> watches, string key)
    {
        foreach (var watch in watches)
        {
            Assert.Equal(key, (await watch.NextAsync()).Key);
            await watch.DisposeAsync();
        }
    }

    private async Task UseAsync(Func<RealtimeApiClientOptions, RealtimeApiClientOptions> change)
    {
        await client.DisposeAsync();
        client = new(change(Clients.OptionsFor(proxy.Address) with { PollInterval = TimeSpan.FromMilliseconds(10) }));
        client.ConnectionStateChanged += (_, change) => states.Enqueue(change);
    }

    private static bool Problem(HttpContext context, string code, int status) =>
        Answer(context, status, "application/problem+json", $$"""{"type":"/problems/{{code}}","title":"t","status":{{status}},"detail":"d"}""");

    private static bool Answer(HttpContext context, int status, string type, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.WriteAsync(body).GetAwaiter().GetResult();
        return true;
    }
}
