using System.Collections.Concurrent;
using System.Globalization;

namespace RealtimeApi.Tests.Browser.Samples;

/// <summary>The browser sample's module against a real server, over each of its transports.</summary>
public sealed class WatchClientTests(Browsers browsers) : IAsyncLifetime
{
    private const string Hub = "WebSocket";
    private const string Stream = "event stream";
    private const string Polling = "long polling";
    private const string Schema = """
        CREATE TABLE Notes (Id INTEGER PRIMARY KEY, Text TEXT);
        CREATE TABLE Tags (Name TEXT, Number INTEGER, Colour TEXT, PRIMARY KEY (Name, Number));
        """;

    private readonly TempDatabase database = new(Schema + "INSERT INTO Notes VALUES (1, 'one'), (2, 'two'); INSERT INTO Tags VALUES ('a(b)', 1, 'red');");
    private readonly ConcurrentBag<IAsyncDisposable> servers = [];
    private SampleServer? web;

    public async ValueTask InitializeAsync() => web = await SampleServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        web?.Dispose();
        foreach (var server in servers)
            await server.DisposeAsync();
        database.Dispose();
    }

    [Theory]
    [InlineData(Hub)]
    [InlineData(Stream)]
    [InlineData(Polling)]
    public async Task Watch_WithInitial_TellsOfItemsThenOfChanges(string transport)
    {
        var host = await StartAsync();
        await using var page = await OpenAsync(host.Address, transport);
        // By long polling the item that is not there is asked for as any reader would.
        page.Expect("status of 404");
        await page.WatchAsync("all", "{ resource: 'notes', initial: true }");
        await page.WatchAsync("one", "{ resource: 'notes', key: '7', initial: true }");
        await page.WatchAsync("tags", "{ resource: 'tags', key: 'a%28b%29,1' }");

        await page.ToldAsync("all", "reset", "added 1", "added 2", "synced");
        await page.ToldAsync("one", "reset", "synced");
        await page.StateAsync("live " + transport);
        await StandsAsync(page, "tags", "UPDATE Tags SET Colour = Colour || '!'", "modified a%28b%29,1");
        database.Execute("INSERT INTO Notes VALUES (7, 'seven'); DELETE FROM Notes WHERE Id = 1");

        await page.ToldAsync("all", "reset", "added 1", "added 2", "synced", "added 7", "removed 1");
        await page.ToldAsync("one", "reset", "synced", "added 7");
    }

    [Theory]
    [InlineData(Hub)]
    [InlineData(Stream)]
    [InlineData(Polling)]
    public async Task Watch_NameInOtherCase_IsFoundAsTheServerFindsIt(string transport)
    {
        var host = await StartAsync();
        await using var page = await OpenAsync(host.Address, transport);

        await page.WatchAsync("all", "{ resource: 'NoTeS', filter: 'ID ge 2', initial: true }");

        await page.ToldAsync("all", "reset", "added 2", "synced");
        database.Execute("UPDATE Notes SET Text = 'more'");
        await page.ToldAsync("all", "reset", "added 2", "synced", "modified 2");
    }

    [Theory]
    [InlineData(Hub)]
    [InlineData(Stream)]
    [InlineData(Polling)]
    public async Task Watch_UnknownResource_EndsAloneAndOnce(string transport)
    {
        var host = await StartAsync();
        await using var page = await OpenAsync(host.Address, transport);
        await page.WatchAsync("all", "{ resource: 'notes', initial: true }");
        await page.ToldAsync("all", "reset", "added 1", "added 2", "synced");

        await page.WatchAsync("none", "{ resource: 'nothing' }");

        await page.ToldAsync("none", "ended unknown-resource");
        database.Execute("DELETE FROM Notes WHERE Id = 1");
        await page.ToldAsync("all", "reset", "added 1", "added 2", "synced", "removed 1");
        await page.ToldAsync("none", "ended unknown-resource");
    }

    [Fact]
    public async Task Watch_TooManyOnTheConnection_WaitsWhileTheOthersGoOn()
    {
        var host = await StartAsync("--RealtimeApi:Watching:MaxWatchesPerConnection=2");
        var sockets = 0;
        await using var page = await OpenAsync(host.Address, Hub, "{ longestPause: 400, silentAfter: 3_600_000 }", open =>
        {
            open.Page.WebSocket += (_, _) => Interlocked.Increment(ref sockets);
            return open.Page.Clock.InstallAsync();
        });
        await page.WatchAsync("first", "{ resource: 'notes', initial: true }");
        await page.WatchAsync("second", "{ resource: 'notes', key: '1', initial: true }");
        await page.ToldAsync("second", "reset", "added 1", "synced");

        await page.WatchAsync("third", "{ resource: 'notes', key: '2', initial: true }");
        await page.ToldAsync("third", "waiting limit-exceeded");
        // The hub, which has no headers, says at the end of its text how long.
        Assert.Equal(10_000, await page.Page.EvaluateAsync<double>("lastPause"));
        await page.Page.Clock.FastForwardAsync(10_000);
        await page.ToldAsync("third", "waiting limit-exceeded", "waiting limit-exceeded");
        database.Execute("UPDATE Notes SET Text = 'more' WHERE Id = 1");
        await page.ToldAsync("first", "reset", "added 1", "added 2", "synced", "modified 1");
        await page.ToldAsync("second", "reset", "added 1", "synced", "modified 1");
        await page.StopAsync("second");

        await page.Page.Clock.FastForwardAsync(10_000);
        await page.UntilAsync("told.third.at(-1) === 'synced'");
        Assert.Equal(1, sockets);
        Assert.DoesNotContain(await page.StatesAsync(), state => state == "waiting WebSocket");
    }

    [Fact]
    public async Task Watch_RefusedForAWhile_WaitsAsLongAsTheServerAsks()
    {
        var host = await StartAsync();
        var asked = 0;
        await using var page = await OpenAsync(host.Address, Stream, prepare: async open =>
        {
            open.Expect("status of 429");
            await open.Page.RouteAsync("**/tags/events?*", route => Interlocked.Increment(ref asked) > 1 ? route.ContinueAsync() : route.FulfillAsync(new()
            {
                Status = 429,
                ContentType = "application/problem+json",
                Headers = new Dictionary<string, string> { ["Retry-After"] = "2", ["Access-Control-Allow-Origin"] = "*", ["Access-Control-Expose-Headers"] = "Retry-After" },
                Body = """{"type":"/problems/limit-exceeded","title":"A limit was reached","status":429}""",
            }));
        });
        await page.WatchAsync("notes", "{ resource: 'notes', initial: true }");
        await page.ToldAsync("notes", "reset", "added 1", "added 2", "synced");

        await page.WatchAsync("tags", "{ resource: 'tags', initial: true }");
        await page.ToldAsync("tags", "waiting limit-exceeded");
        database.Execute("DELETE FROM Notes WHERE Id = 1");
        await page.ToldAsync("notes", "reset", "added 1", "added 2", "synced", "removed 1");

        await page.ToldAsync("tags", "waiting limit-exceeded", "reset", "added a%28b%29,1", "synced");
        Assert.True(await page.Page.EvaluateAsync<double>("lastPause") >= 2_000);
    }

    [Theory]
    [InlineData(Hub)]
    [InlineData(Stream)]
    public async Task Connection_HeldStill_IsTakenForBrokenAndGoesOn(string transport)
    {
        var host = await StartAsync();
        var proxy = new CuttableProxy(host.Address);
        servers.Add(proxy);
        await using var page = await OpenAsync(proxy.Address, transport, "{ silentAfter: 3000 }");
        page.Expect("WebSocket");
        await page.WatchAsync("all", "{ resource: 'notes', initial: true }");
        await page.ToldAsync("all", "reset", "added 1", "added 2", "synced");

        proxy.Hold();
        database.Execute("DELETE FROM Notes WHERE Id = 1; UPDATE Notes SET Text = 'more' WHERE Id = 2");

        await page.ToldAsync("all", "reset", "added 1", "added 2", "synced", "removed 1", "modified 2");
        await page.StateAsync("live " + transport);
    }

    [Theory]
    [InlineData(Hub)]
    [InlineData(Stream)]
    [InlineData(Polling)]
    public async Task Connection_CutOften_TellsOfEachChangeOnce(string transport)
    {
        var host = await StartAsync();
        var proxy = new CuttableProxy(host.Address);
        servers.Add(proxy);
        await using var page = await OpenAsync(proxy.Address, transport, "{ longestPause: 100 }");
        page.Expect("ERR_", "WebSocket");
        await page.WatchAsync("all", "{ resource: 'notes', initial: true }");
        await page.ToldAsync("all", "reset", "added 1", "added 2", "synced");

        var expected = new List<string> { "reset", "added 1", "added 2", "synced" };
        for (var i = 10; i < 15; i++)
        {
            proxy.Cut();
            database.Execute(string.Create(CultureInfo.InvariantCulture, $"INSERT INTO Notes VALUES ({i}, 'more')"));
            expected.Add(string.Create(CultureInfo.InvariantCulture, $"added {i}"));
            await page.ToldAsync("all", [.. expected]);
        }
    }

    [Theory]
    [InlineData(Hub)]
    [InlineData(Stream)]
    [InlineData(Polling)]
    public async Task LiveItems_CursorExpired_TellsOnlyWhatDiffers(string transport)
    {
        using var other = new TempDatabase(Schema + "INSERT INTO Notes VALUES (1, 'one'), (2, 'changed'), (3, 'three')");
        var host = await StartAsync();
        await using var page = await OpenAsync(host.Address, transport, "{ longestPause: 100 }");
        page.Expect("ERR_", "WebSocket", "status of 410");
        await page.LiveAsync("all", "{ resource: 'notes' }");
        await page.WatchAsync("changes", "{ resource: 'notes' }");
        await page.ToldAsync("all", "added 1", "added 2", "has 1,2");
        await StandsAsync(page, "changes", "UPDATE Notes SET Text = Text || '!' WHERE Id = 1", "modified 1");
        database.Execute("INSERT INTO Notes VALUES (9, 'nine'); UPDATE Notes SET Text = 'one' WHERE Id = 1");
        await page.UntilAsync("[told.all, told.changes].every(told => told.includes('added 9') && told.lastIndexOf('modified 1') > told.indexOf('added 9'))");
        await page.Page.EvaluateAsync("() => { told.all.length = told.changes.length = 0; }");

        await host.KillAsync();
        servers.Add(await HostProcess.StartAsync(null, host.Address.Port, "--database", other.File));

        await page.ToldAsync("all", "removed 9", "modified 2", "added 3", "has 1,2,3");
        await page.ToldAsync("changes", "ended cursor-expired");
        other.Execute("DELETE FROM Notes WHERE Id = 3");
        await page.ToldAsync("all", "removed 9", "modified 2", "added 3", "has 1,2,3", "removed 3", "has 1,2");
    }

    [Theory]
    [InlineData(Hub)]
    [InlineData(Stream)]
    [InlineData(Polling)]
    public async Task Watch_Stopped_IsToldNothingMore(string transport)
    {
        var host = await StartAsync();
        await using var page = await OpenAsync(host.Address, transport);
        await page.WatchAsync("stopped", "{ resource: 'notes', initial: true }");
        await page.WatchAsync("other", "{ resource: 'notes', initial: true }");
        await page.ToldAsync("stopped", "reset", "added 1", "added 2", "synced");
        await page.ToldAsync("other", "reset", "added 1", "added 2", "synced");

        await page.StopAsync("stopped");
        database.Execute("DELETE FROM Notes WHERE Id = 1");

        await page.ToldAsync("other", "reset", "added 1", "added 2", "synced", "removed 1");
        await page.ToldAsync("stopped", "reset", "added 1", "added 2", "synced");
        await page.StopAsync("other");
        await page.StateAsync("idle " + transport);
        await page.WatchAsync("again", "{ resource: 'notes', initial: true }");
        await page.ToldAsync("again", "reset", "added 2", "synced");
    }

    [Fact]
    public async Task Watch_HandlerThrows_GoesOnAndTheErrorIsThePages()
    {
        var host = await StartAsync();
        await using var page = await OpenAsync(host.Address, Hub);
        page.Expect("not mine");
        await page.Page.EvaluateAsync("""
            () => client.watch({ resource: 'notes', initial: true }, { changes: events => { (told.all ??= []).push(...events.map(event => event.view)); throw new Error('not mine'); } })
            """);
        await page.UntilAsync("told.all?.length === 2");

        database.Execute("DELETE FROM Notes WHERE Id = 1");

        await page.ToldAsync("all", "added", "added", "removed");
        Assert.DoesNotContain(await page.StatesAsync(), state => state.StartsWith("waiting", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Session_GivenUp_FailsLateWithoutHarm()
    {
        var host = await StartAsync();
        // The page's clock alone makes the socket late: what comes after it has a minute, however busy the machine is.
        await using var page = await OpenAsync(host.Address, Hub, "{ openTimeout: 60_000 }", async open =>
        {
            await open.Page.Clock.InstallAsync();
            await open.Page.AddInitScriptAsync("""
                window.sockets = [];
                window.WebSocket = class { constructor() { sockets.push(this); } close() {} send() {} };
                """);
        });
        await page.WatchAsync("all", "{ resource: 'notes', initial: true }");
        await page.UntilAsync("sockets.length === 1");
        await page.Page.Clock.FastForwardAsync(60_000);
        await page.ToldAsync("all", "reset", "added 1", "added 2", "synced");
        await page.StateAsync("live event stream");
        var states = await page.StatesAsync();

        await page.Page.EvaluateAsync("() => { for (const socket of sockets) { socket.onerror?.(new Event('error')); socket.onclose?.({ code: 1006 }); } }");
        database.Execute("DELETE FROM Notes WHERE Id = 1");

        await page.ToldAsync("all", "reset", "added 1", "added 2", "synced", "removed 1");
        Assert.Equal(states, await page.StatesAsync());
    }

    [Fact]
    public async Task Frame_Lost_IsNoticedAndAskedForAgain()
    {
        var host = await StartAsync();
        var swallowed = 0;
        await using var page = await OpenAsync(host.Address, Hub, prepare: open => open.Page.RouteWebSocketAsync("**/hubs/resources*", socket =>
        {
            var server = socket.ConnectToServer();
            server.OnMessage(frame =>
            {
                if (frame.Text?.Contains("swallow", StringComparison.Ordinal) != true || Interlocked.Exchange(ref swallowed, 1) == 1)
                    socket.Send(frame.Text!);
            });
        }));
        await page.WatchAsync("all", "{ resource: 'notes', initial: true }");
        await page.ToldAsync("all", "reset", "added 1", "added 2", "synced");

        database.Execute("UPDATE Notes SET Text = 'swallow' WHERE Id = 1");
        await Until.EqualAsync(1, () => Volatile.Read(ref swallowed));
        database.Execute("DELETE FROM Notes WHERE Id = 2");

        await page.ToldAsync("all", "reset", "added 1", "added 2", "synced", "modified 1", "removed 2");
        Assert.Equal(1, swallowed);
    }

    [Theory]
    [InlineData(Hub)]
    [InlineData(Stream)]
    [InlineData(Polling)]
    public async Task Page_Frozen_LetsGoAndGoesOnWhenItIsBack(string transport)
    {
        var host = await StartAsync();
        await using var page = await OpenAsync(host.Address, transport, prepare: static open => open.Page.Clock.InstallAsync());
        await page.WatchAsync("all", "{ resource: 'notes', initial: true }");
        await page.ToldAsync("all", "reset", "added 1", "added 2", "synced");

        // What a browser tells a page that it keeps for the way back; headless Chromium keeps none.
        await page.Page.EvaluateAsync("() => { dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })); document.dispatchEvent(new Event('freeze')); }");
        database.Execute("DELETE FROM Notes WHERE Id = 1");
        var states = (await page.StatesAsync()).Length;
        await page.Page.Clock.FastForwardAsync(3_600_000);
        await page.ToldAsync("all", "reset", "added 1", "added 2", "synced");
        Assert.Equal(states, (await page.StatesAsync()).Length);
        await page.Page.EvaluateAsync("() => { document.dispatchEvent(new Event('resume')); dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })); }");

        await page.ToldAsync("all", "reset", "added 1", "added 2", "synced", "removed 1");
    }

    [Fact]
    public async Task Snapshot_SlowerThanAnAnswerMayBe_IsReadToItsEnd()
    {
        database.Execute("WITH RECURSIVE n(i) AS (VALUES (10) UNION ALL SELECT i + 1 FROM n WHERE i < 400) INSERT INTO Notes SELECT i, 'more' FROM n");
        var host = await StartAsync();
        await using var page = await OpenAsync(host.Address, Polling, "{ openTimeout: 60_000 }", async open =>
        {
            await open.Page.Clock.InstallAsync();
            await open.Page.RouteAsync("**/api/notes*", async route =>
            {
                // By the page's clock each answer takes most of the time that it has.
                await open.Page.Clock.FastForwardAsync(30_000);
                await route.ContinueAsync();
            });
        });

        await page.WatchAsync("all", "{ resource: 'notes', initial: true }");

        await page.UntilAsync("told.all.at(-1) === 'synced'");
        Assert.Equal(1, await page.Page.EvaluateAsync<int>("told.all.filter(text => text === 'reset').length"));
        Assert.Equal(393, await page.Page.EvaluateAsync<int>("told.all.filter(text => text.startsWith('added')).length"));
    }

    /// <summary>As behind a proxy that buffers: the server answers, and nothing of a stream comes through.</summary>
    [Fact]
    public async Task EventStream_ThatBringsNothing_LeavesWhatWorksInPlace()
    {
        var host = await StartAsync();
        await using var page = await OpenAsync(host.Address, Polling, "{ openTimeout: 600_000, upwardsEvery: 60_000 }", static open => open.Page.Clock.InstallAsync());
        await page.WatchAsync("all", "{ resource: 'notes', initial: true }");
        await page.ToldAsync("all", "reset", "added 1", "added 2", "synced");
        await page.StateAsync("live long polling");
        var states = await page.StatesAsync();
        var asked = new ConcurrentQueue<string>();

        await page.Page.RouteAsync("**/events?*", route => asked.Enqueue(route.Request.Url));
        await page.Page.Clock.FastForwardAsync(75_000);
        await Until.EqualAsync(1, () => asked.Count);
        Assert.Contains("/api/notes/events?since=", asked.Single(), StringComparison.Ordinal);
        database.Execute("DELETE FROM Notes WHERE Id = 1");
        await page.ToldAsync("all", "reset", "added 1", "added 2", "synced", "removed 1");
        await page.Page.Clock.FastForwardAsync(600_000);
        database.Execute("DELETE FROM Notes WHERE Id = 2");
        await page.ToldAsync("all", "reset", "added 1", "added 2", "synced", "removed 1", "removed 2");
        Assert.Equal(states, await page.StatesAsync());

        await page.Page.RouteAsync("**/events?*", static route => route.ContinueAsync());
        await page.Page.Clock.FastForwardAsync(75_000);
        await page.StateAsync("live event stream");
        await StandsAsync(page, "all", "REPLACE INTO Notes VALUES (3, 'three')", "added 3");
        Assert.Single(asked);
    }

    /// <summary>What is refused for a while is not asked for again before that is over.</summary>
    [Fact]
    public async Task EventStream_RefusedForAWhile_IsTriedAgainOnlyAfterThat()
    {
        var host = await StartAsync();
        await using var page = await OpenAsync(host.Address, Polling, "{ openTimeout: 3_600_000, upwardsEvery: 60_000 }", static open => open.Page.Clock.InstallAsync());
        page.Expect("status of 429");
        await page.WatchAsync("all", "{ resource: 'notes', initial: true }");
        await page.StateAsync("live long polling");
        var asked = 0;
        await page.Page.RouteAsync("**/events?*", route => Interlocked.Increment(ref asked) > 1 ? route.ContinueAsync() : route.FulfillAsync(new()
        {
            Status = 429,
            ContentType = "application/problem+json",
            Headers = new Dictionary<string, string> { ["Retry-After"] = "600", ["Access-Control-Allow-Origin"] = "*", ["Access-Control-Expose-Headers"] = "Retry-After" },
            Body = """{"type":"/problems/limit-exceeded","title":"A limit was reached","status":429}""",
        }));
        await page.Page.EvaluateAsync("""
            () => {
              window.pauses = [];
              const setTimer = window.setTimeout;
              window.setTimeout = (call, after, ...rest) => {
                pauses.push(after);
                return setTimer(call, after, ...rest);
              };
            }
            """);

        await page.Page.Clock.FastForwardAsync(75_000);
        await page.UntilAsync("pauses.some(pause => pause > 599_000 && pause <= 600_000)");
        Assert.Equal("live long polling", (await page.StatesAsync())[^1]);

        await page.Page.Clock.FastForwardAsync(600_000);
        await page.StateAsync("live event stream");
    }

    [Theory]
    [InlineData(Hub)]
    [InlineData(Stream)]
    [InlineData(Polling)]
    public async Task AccessToken_Given_TravelsWithEachRequest(string transport)
    {
        var host = await StartAsync();
        var requests = new ConcurrentQueue<(string Url, string? Authorization)>();
        await using var page = await OpenAsync(host.Address, transport, "{ accessToken: async () => 'secret' }", open =>
        {
            open.Page.WebSocket += (_, socket) => requests.Enqueue((socket.Url, null));
            open.Page.Request += (_, request) =>
            {
                if (request.Url.StartsWith(host.Address.ToString(), StringComparison.Ordinal) && request.Method == "GET")
                    requests.Enqueue((request.Url, request.Headers.GetValueOrDefault("authorization")));
            };
            return Task.CompletedTask;
        });

        await page.WatchAsync("all", "{ resource: 'notes', initial: true }");

        await page.ToldAsync("all", "reset", "added 1", "added 2", "synced");
        Assert.NotEmpty(requests);
        if (transport == Hub)
            Assert.All(requests, static request => Assert.EndsWith("?access_token=secret", request.Url, StringComparison.Ordinal));
        else
            Assert.All(requests, static request => Assert.Equal("Bearer secret", request.Authorization));
    }

    [Fact]
    public async Task LongPoll_AnsweredAtOnceWithoutAChange_IsNotRepeatedAtOnce()
    {
        var host = await StartAsync();
        await using var page = await OpenAsync(host.Address, Polling, prepare: static async open =>
        {
            // By this clock every answer comes at once, however slow the machine is.
            await open.Page.AddInitScriptAsync("performance.now = () => 0");
            await open.Page.RouteAsync("**/changes?*wait=25*", static route => route.FulfillAsync(new()
            {
                ContentType = "application/json",
                Headers = new Dictionary<string, string> { ["Access-Control-Allow-Origin"] = "*" },
                Body = """{"changes":[],"cursor":"c","more":false}""",
            }));
        });

        await page.WatchAsync("all", "{ resource: 'notes', initial: true }");

        await page.UntilAsync("states.includes('live long polling') && states.includes('waiting long polling')");
    }

    /// <summary>To go on from now would lose, unnoticed, what changes between the item and the first poll.</summary>
    [Theory]
    [InlineData("1")]
    [InlineData("99")]
    public async Task Item_WhoseCursorThePageMayNotSee_EndsTheWatch(string key)
    {
        var host = await StartAsync();
        await using var page = await OpenAsync(host.Address, Polling, prepare: open =>
        {
            open.Expect("status of 404");
            return open.Page.RouteAsync($"**/notes/{key}", static async route =>
            {
                var answer = await route.FetchAsync();
                await route.FulfillAsync(new()
                {
                    Response = answer,
                    Headers = answer.Headers.Where(static header => header.Key != "access-control-expose-headers").ToDictionary(),
                });
            });
        });

        await page.WatchAsync("one", $"{{ resource: 'notes', key: '{key}', initial: true }}");

        await page.ToldAsync("one", "reset", "ended invalid-answer");
    }

    [Fact]
    public async Task Connection_RefusedAsUnauthorized_EndsTheWatchesWithoutAnotherTransport()
    {
        var host = await StartAsync();
        await using var page = await OpenAsync(host.Address, Stream, prepare: async open =>
        {
            open.Expect("status of 401");
            await open.Page.RouteAsync("**/api", static route => route.FulfillAsync(new()
            {
                Status = 401,
                ContentType = "application/problem+json",
                Headers = new Dictionary<string, string> { ["Access-Control-Allow-Origin"] = "*" },
                Body = """{"type":"/problems/unauthorized","title":"Who are you?","status":401}""",
            }));
        });

        await page.WatchAsync("all", "{ resource: 'notes' }");

        await page.ToldAsync("all", "ended unauthorized");
        await page.StateAsync("idle event stream");
    }

    [Fact]
    public async Task AccessToken_ExpiresOnAnOpenWatch_IsRenewed()
    {
        var host = await StartAsync();
        var asked = new ConcurrentQueue<string?>();
        await using var page = await OpenAsync(host.Address, Stream, "{ accessToken: () => `token-${window.given = (window.given ?? 0) + 1}` }", open => open.Page.RouteAsync("**/events?*", route =>
        {
            asked.Enqueue(route.Request.Headers.GetValueOrDefault("authorization"));
            const string expired = """{"type":"/problems/unauthorized","title":"The token has expired.","status":401}""";
            return asked.Count > 2 ? route.ContinueAsync() : route.FulfillAsync(new()
            {
                Status = asked.Count == 1 ? 200 : 401,
                ContentType = asked.Count == 1 ? "text/event-stream" : "application/problem+json",
                Headers = new Dictionary<string, string> { ["Access-Control-Allow-Origin"] = "*" },
                Body = asked.Count == 1 ? $"event: reset\ndata: {{}}\n\nevent: ended\ndata: {expired}\n\n" : expired,
            });
        }));
        // The page may not know at once that the token has expired.
        page.Expect("status of 401");

        await page.WatchAsync("all", "{ resource: 'notes', initial: true }");

        await page.ToldAsync("all", "reset", "reset", "added 1", "added 2", "synced");
        Assert.Equal(3, asked.Distinct().Count());
    }

    /// <summary>A pause of its own choice is never a whole number here; what a stream asks for always is.</summary>
    [Theory]
    [InlineData(Hub, 0.999 * 200)]
    [InlineData(Stream, null)]
    public async Task Server_ThatStops_IsLeftForAnotherAtOnce(string transport, double? expected)
    {
        var host = await StartAsync();
        await using var page = await OpenAsync(host.Address, transport);
        page.Expect("WebSocket connection to", "ERR_CONNECTION_REFUSED", "status of 503");
        await page.WatchAsync("all", "{ resource: 'notes', initial: true }");
        await page.ToldAsync("all", "reset", "added 1", "added 2", "synced");
        await page.Page.EvaluateAsync("""
            () => {
              Math.random = () => 0.999;
              window.pauses = [];
              const setTimer = window.setTimeout;
              window.setTimeout = (call, after, ...rest) => {
                if (after < 1000)
                  pauses.push(after);
                return setTimer(call, after, ...rest);
              };
            }
            """);

        await host.StopAsync();
        await page.UntilAsync("pauses.length > 0");
        var pause = await page.Page.EvaluateAsync<double>("pauses[0]");
        if (expected is { } exactly)
            Assert.Equal(exactly, pause);
        else
            Assert.Equal(Math.Floor(pause), pause);

        servers.Add(await HostProcess.StartAsync(null, host.Address.Port, "--database", database.File));
        await StandsAsync(page, "all", "UPDATE Notes SET Text = Text || '!' WHERE Id = 1", "modified 1");
        Assert.DoesNotContain(await page.StatesAsync(), static state => state.EndsWith(Polling, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Backoff_SentAwayAgainAndAgain_GrowsOnlyWhereThatComesAtOnce()
    {
        var host = await StartAsync();
        await using var page = await OpenAsync(host.Address, Hub);

        var pauses = await page.Page.EvaluateAsync<double[]>("""
            async () => {
              const { Backoff } = await import('/watch/backoff.js');
              let now = 0;
              performance.now = () => now;
              Math.random = () => 1;
              const backoff = new Backoff(10_000);
              const pauses = [];
              const away = held => {
                backoff.succeeded();
                now += held;
                pauses.push(backoff.elsewhere(7));
              };
              [60_000, 2000, 2000, 100, 100, 100, 2000, 100].forEach(away);
              return pauses;
            }
            """);

        Assert.Equal([7, 7, 7, 7, 300, 600, 7, 7], pauses);
    }

    [Fact]
    public async Task EventStream_InPieces_IsReadWithItsComments()
    {
        var host = await StartAsync();
        await using var page = await OpenAsync(host.Address, Stream);

        var read = await page.Page.EvaluateAsync<string>("""
            async () => {
              const { readEvents } = await import('/watch/event-stream.js');
              const bytes = new TextEncoder().encode('retry: 2000\nretry: soon\n\n: comment\n\nid: 1\nevent: a\ndata: {"x":\r\ndata: "ü"}\n\nevent:b\ndata:2\n\ndata: cut off');
              let heard = 0;
              const body = new ReadableStream({
                start(controller) {
                  for (const byte of bytes)
                    controller.enqueue(Uint8Array.of(byte));
                  controller.close();
                },
              });
              const events = [], asked = [];
              for await (const event of readEvents(body, () => heard++, milliseconds => asked.push(milliseconds)))
                events.push(event);
              return JSON.stringify({ events, asked, silent: heard < bytes.length - 1 });
            }
            """);

        Assert.Equal("""{"events":[{"type":"a","data":"{\"x\":\n\"ü\"}","id":"1"},{"type":"b","data":"2","id":null}],"asked":[2000],"silent":false}""", read);
    }

    private async Task<HostProcess> StartAsync(params string[] arguments)
    {
        var host = await HostProcess.StartAsync(null, 0, ["--database", database.File, .. arguments]);
        servers.Add(host);
        return host;
    }

    private Task<WatchPage> OpenAsync(Uri server, string transport, string options = "{}", Func<OpenPage, Task>? prepare = null) =>
        WatchPage.OpenAsync(browsers, web!, server, transport, options, prepare);

    /// <summary>Writes until a watch from now on tells of it: when such a watch stands, nothing tells.</summary>
    private Task StandsAsync(WatchPage page, string name, string sql, string told) => Until.TrueAsync(async () =>
    {
        database.Execute(sql);
        return await page.Page.EvaluateAsync<bool>($"told.{name}.includes('{told}')");
    });
}
