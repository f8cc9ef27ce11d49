using System.Text.Json;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.TestSupport.Following;
using Xunit;

namespace RealtimeApi.Tests.Integration.Hubs;

/// <summary>PROTOCOL, section SignalR, as a plain SignalR client sees it. Every hub protocol inherits it.</summary>
public abstract class ResourceHubSpecification(string protocol) : IDisposable
{
    private readonly TempDatabase database = new("""
        CREATE TABLE orders (id INTEGER PRIMARY KEY, status TEXT, total REAL, customerId INTEGER);
        CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT);
        CREATE VIEW openOrders AS SELECT * FROM orders WHERE status = 'open';
        """);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Subscribe_FromNow_PushesTheChangesAfterTheReplysCursor()
    {
        await using var server = await StartAsync();
        await using var client = await ConnectAsync(server);

        var cursor = await client.SubscribeAsync("w", new { resource = "orders" });
        Insert(2, "open", total: 2.5);
        var batch = await client.NextBatchAsync("w");

        Assert.NotNull(cursor);
        Assert.Equal(cursor, batch.From);
        Assert.Null(batch.Part);
        Assert.False(batch.Json.TryGetProperty("synced", out _));
        var change = Assert.Single(batch.Changes);
        Assert.Equal("1.0", Text(change, "specversion"));
        Assert.Equal("/api/orders", Text(change, "source"));
        Assert.Equal("orders.created", Text(change, "type"));
        Assert.Equal("2", Text(change, "subject"));
        Assert.Equal("added", Text(change, "view"));
        Assert.Equal("""{"id":2,"status":"open","total":2.5,"customerId":null}""", change.GetProperty("data").ToString());
        Assert.Equal(batch.Cursor, Text(change, "id"));
    }

    [Fact]
    public async Task Changes_OfEveryKind_ComeInOrderAndWithoutASeam()
    {
        await using var server = await StartAsync();
        await using var client = await ConnectAsync(server);

        var cursor = await client.SubscribeAsync("w", new { resource = "orders" });
        for (var i = 1; i <= 50; i++)
            Insert(i, "open");
        database.Execute("UPDATE orders SET status = 'shipped' WHERE id <= 10; DELETE FROM orders WHERE id > 45");
        var events = await client.NextEventsAsync("w", 65, cursor);

        Assert.Equal(
            [.. Enumerable.Range(1, 50).Select(i => $"created {i}"), .. Enumerable.Range(1, 10).Select(i => $"updated {i}"), .. Enumerable.Range(46, 5).Select(i => $"deleted {i}")],
            events.Select(e => $"{Text(e, "type")["orders.".Length..]} {Text(e, "subject")}"));
        Assert.All(events[^5..], e => Assert.False(e.TryGetProperty("data", out _)));
        Assert.Equal(65, events.Select(e => Text(e, "id")).Distinct().Count());
    }

    [Fact]
    public async Task Subscribe_Key_WatchesTheOneItemPresentOrNot()
    {
        await using var server = await StartAsync();
        await using var client = await ConnectAsync(server);

        var cursor = await client.SubscribeAsync("w", new { resource = "orders", key = "7" });
        Insert(6, "open");
        Insert(7, "open");
        database.Execute("UPDATE orders SET status = 'shipped'; DELETE FROM orders");
        var events = await client.NextEventsAsync("w", 3, cursor);

        Assert.Equal(["added 7", "modified 7", "removed 7"], events.Select(Describe));
    }

    [Fact]
    public async Task Subscribe_Filter_MakesEntryAndExitEvents()
    {
        await using var server = await StartAsync();
        await using var client = await ConnectAsync(server);

        var cursor = await client.SubscribeAsync("w", new { resource = "orders", filter = "customerId eq 7 and total gt 10" });
        Insert(1, "open", total: 5, customerId: 7);
        Insert(2, "open", total: 50, customerId: 8);
        database.Execute("UPDATE orders SET total = 20 WHERE id = 1");
        database.Execute("UPDATE orders SET status = 'shipped' WHERE id = 1");
        database.Execute("UPDATE orders SET customerId = 8 WHERE id = 1");
        var events = await client.NextEventsAsync("w", 3, cursor);

        Assert.Equal(["added 1", "modified 1", "removed 1"], events.Select(Describe));
        Assert.Equal("orders.updated", Text(events[2], "type"));
        Assert.False(events[2].TryGetProperty("data", out _));
    }

    [Fact]
    public async Task Subscribe_Select_SendsTheFieldsAndLeavesOutChangesOfOthers()
    {
        await using var server = await StartAsync();
        await using var client = await ConnectAsync(server);

        var cursor = await client.SubscribeAsync("w", new { resource = "orders", select = "status" });
        Insert(1, "open", total: 1);
        database.Execute("UPDATE orders SET total = 2");
        database.Execute("UPDATE orders SET status = 'shipped'");
        var events = await client.NextEventsAsync("w", 2, cursor);

        Assert.Equal(["""{"id":1,"status":"open"}""", """{"id":1,"status":"shipped"}"""], events.Select(e => e.GetProperty("data").ToString()));
    }

    [Fact]
    public async Task Subscribe_SinceOnAnotherConnection_ContinuesWithoutGapOrDuplicate()
    {
        await using var server = await StartAsync();
        await using var witness = await ConnectAsync(server);
        var start = await witness.SubscribeAsync("w", new { resource = "orders" });
        string? since;
        await using (var client = await ConnectAsync(server))
        {
            await client.SubscribeAsync("w", new { resource = "orders" });
            Insert(1, "open");
            since = (await client.NextBatchAsync("w")).Cursor;
        }
        for (var i = 2; i <= 20; i++)
            Insert(i, "open");
        await using var resumed = await ConnectAsync(server);

        var cursor = await resumed.SubscribeAsync("again", new { resource = "orders", since });
        Insert(21, "open");
        var events = await resumed.NextEventsAsync("again", 20, since);

        Assert.Equal(since, cursor);
        var all = await witness.NextEventsAsync("w", 21, start);
        Assert.Equal(all.Skip(1).Select(e => e.ToString()), events.Select(e => e.ToString()));
    }

    [Fact]
    public async Task Subscribe_SinceAnEventsId_ContinuesAfterThatEvent()
    {
        await using var server = await StartAsync();
        await using var client = await ConnectAsync(server);
        var cursor = await client.SubscribeAsync("w", new { resource = "orders" });
        database.Execute("INSERT INTO orders (id) VALUES (1), (2), (3)");
        var events = await client.NextEventsAsync("w", 3, cursor);

        await client.SubscribeAsync("again", new { resource = "orders", since = Text(events[0], "id") });

        Assert.Equal(["added 2", "added 3"], (await client.NextEventsAsync("again", 2, Text(events[0], "id"))).Select(Describe));
    }

    [Fact]
    public async Task Subscribe_Initial_SendsTheItemsInPartsThenSyncedThenTheChanges()
    {
        var text = new string('x', 500);
        database.Execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO notes SELECT i, $text FROM n", ("$text", text));
        await using var server = await StartAsync();
        await using var client = await ConnectAsync(server);

        var reply = await client.SubscribeAsync("w", new { resource = "notes", initial = true });
        var batches = new List<Batch>();
        do
            batches.Add((await client.NextPushAsync("w")).Batch!);
        while (!batches[^1].Synced);
        database.Execute("INSERT INTO notes VALUES (501, 'new')");
        var changes = await client.NextEventsAsync("w", 1, batches[^1].Cursor);

        Assert.Null(reply);
        Assert.True(batches.Count > 5, $"{batches.Count} frames");
        Assert.Equal(Enumerable.Range(1, batches.Count), batches.Select((b, i) => b.Part ?? i + 1));
        Assert.All(batches, b => Assert.Null(b.From));
        Assert.All(batches[..^1], b => Assert.Null(b.Cursor));
        Assert.NotNull(batches[^1].Cursor);
        Assert.All(batches, b => Assert.InRange(b.Json.ToString().Length, 1, 33 * 1024));
        var items = batches.SelectMany(b => b.Changes).ToList();
        Assert.Equal(Enumerable.Range(1, 500).Select(i => $"added {i}"), items.Select(Describe));
        Assert.All(items, e => Assert.True(e.GetProperty("initial").GetBoolean()));
        Assert.Equal("added 501", Describe(changes[0]));
        Assert.False(changes[0].TryGetProperty("initial", out _));
    }

    [Fact]
    public async Task Subscribe_InitialOfNothing_IsSyncedAtOnce()
    {
        await using var server = await StartAsync();
        await using var client = await ConnectAsync(server);

        await client.SubscribeAsync("w", new { resource = "orders", initial = true });
        var batch = await client.NextBatchAsync("w");

        Assert.Empty(batch.Changes);
        Assert.True(batch.Synced);
        Assert.Null(batch.From);
        Assert.NotNull(batch.Cursor);
    }

    [Fact]
    public async Task Unsubscribe_AnIdThatNeverWas_IsNoError()
    {
        await using var server = await StartAsync();
        await using var client = await ConnectAsync(server);

        await client.UnsubscribeAsync("never");
        await client.SubscribeAsync("w", new { resource = "orders" });
        await client.UnsubscribeAsync("w");
        await client.UnsubscribeAsync("w");
        var cursor = await client.SubscribeAsync("w", new { resource = "orders" });
        Insert(1, "open");

        Assert.Equal(cursor, (await client.NextBatchAsync("w")).From);
    }

    [Fact]
    public async Task Subscribe_ManyWatches_EachGetsItsOwn()
    {
        await using var server = await StartAsync();
        await using var client = await ConnectAsync(server);
        var cursors = new string?[300];
        for (var i = 0; i < cursors.Length; i++)
            cursors[i] = await client.SubscribeAsync($"w{i}", new { resource = "orders", filter = $"customerId eq {i}" });

        database.Execute("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 299) INSERT INTO orders (id, customerId) SELECT i + 1000, i FROM n");

        for (var i = 0; i < cursors.Length; i++)
            Assert.Equal($"added {i + 1000}", Describe((await client.NextEventsAsync($"w{i}", 1, cursors[i]))[0]));
    }

    [Fact]
    public async Task Subscribe_ATakenId_IsRefusedAndTheWatchGoesOn()
    {
        await using var server = await StartAsync();
        await using var client = await ConnectAsync(server);
        var cursor = await client.SubscribeAsync("w", new { resource = "orders" });

        await AssertRefusedAsync("already-subscribed: ", () => client.SubscribeAsync("w", new { resource = "notes" }));

        Insert(1, "open");
        Assert.Equal(cursor, (await client.NextBatchAsync("w")).From);
    }

    [Fact]
    public async Task Subscribe_PastTheLimit_IsRefusedUntilOneIsGivenUp()
    {
        await using var server = await StartAsync(options => options.Watching.MaxWatchesPerConnection = 2);
        await using var client = await ConnectAsync(server);
        await client.SubscribeAsync("1", new { resource = "orders" });
        await client.SubscribeAsync("2", new { resource = "orders" });

        await AssertRefusedAsync("limit-exceeded: ", () => client.SubscribeAsync("3", new { resource = "orders" }));

        await client.UnsubscribeAsync("1");
        await client.SubscribeAsync("3", new { resource = "orders" });
    }

    [Fact]
    public async Task Subscribe_Refused_FreesItsId()
    {
        await using var server = await StartAsync();
        await using var client = await ConnectAsync(server);

        await AssertRefusedAsync("unknown-resource: ", () => client.SubscribeAsync("w", new { resource = "nothing" }));

        Assert.NotNull(await client.SubscribeAsync("w", new { resource = "orders" }));
    }

    [Fact]
    public async Task Subscribe_BadRequests_AreRefusedWithTheirCodeAndTheConnectionStays()
    {
        await using var server = await StartAsync();
        await using var client = await ConnectAsync(server);

        await AssertRefusedAsync("invalid-query: ", () => client.SubscribeAsync("", new { resource = "orders" }));
        await AssertRefusedAsync("invalid-query: ", () => client.SubscribeAsync(new string('x', 65), new { resource = "orders" }));
        await AssertRefusedAsync("invalid-query: ", () => client.SubscribeAsync("w", new { }));
        await AssertRefusedAsync("invalid-query: ", () => client.SubscribeAsync("w", null!));
        await AssertRefusedAsync("invalid-query: ", () => client.SubscribeAsync("w", new { resource = "orders", fitler = "id eq 1" }));
        await AssertRefusedAsync("invalid-query: ", () => client.SubscribeAsync("w", new { resource = "orders", filter = "id foo 1" }));
        await AssertRefusedAsync("invalid-query: ", () => client.SubscribeAsync("w", new { resource = "orders", select = "nothing" }));
        await AssertRefusedAsync("invalid-query: ", () => client.SubscribeAsync("w", new { resource = "orders", key = 1 }));
        await AssertRefusedAsync("invalid-cursor: ", () => client.SubscribeAsync("w", new { resource = "orders", since = "nonsense" }));
        await AssertRefusedAsync("unknown-resource: ", () => client.SubscribeAsync("w", new { resource = "nothing" }));
        await AssertRefusedAsync("not-watchable: ", () => client.SubscribeAsync("w", new { resource = "openOrders" }));
        await AssertRefusedAsync("not-found: ", () => client.Connection.InvokeAsync("Drop", "orders", Cancellation));
        await AssertRefusedAsync("invalid-query: ", () => client.Connection.InvokeAsync("Subscribe", "w", Cancellation));

        Assert.NotNull(await client.SubscribeAsync(new string('x', 64), new { resource = "orders" }));
    }

    [Fact]
    public async Task Subscribe_SinceAnotherDatabase_IsCursorExpired()
    {
        string? since;
        using (var other = new TempDatabase("CREATE TABLE orders (id INTEGER PRIMARY KEY)"))
        {
            await using var otherServer = await TestServer.StartAsync(other.File);
            await using var otherClient = await ConnectAsync(otherServer);
            since = await otherClient.SubscribeAsync("w", new { resource = "orders" });
        }
        await using var server = await StartAsync();
        await using var client = await ConnectAsync(server);

        await AssertRefusedAsync("cursor-expired: ", () => client.SubscribeAsync("w", new { resource = "orders", since }));
    }

    [Fact]
    public async Task Ended_WhenTheTableChanges_FreesTheIdFirst()
    {
        await using var server = await StartAsync();
        await using var client = await ConnectAsync(server);
        await client.SubscribeAsync("w", new { resource = "orders" });
        await client.SubscribeAsync("notes", new { resource = "notes" });

        database.Execute("ALTER TABLE orders ADD COLUMN extra TEXT");
        Insert(1, "open");
        var problem = await client.NextEndAsync("w");

        Assert.Equal("/problems/cursor-expired", Text(problem, "type"));
        Assert.Equal(410, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(Text(problem, "title"));
        Assert.NotEmpty(Text(problem, "detail"));
        await client.SubscribeAsync("w", new { resource = "orders" });
        Insert(2, "open");
        // The watch may have started before the first insert had been evaluated.
        while (Describe((await client.NextBatchAsync("w")).Changes[^1]) is var last && last != "added 2")
            Assert.Equal("added 1", last);
        database.Execute("INSERT INTO notes VALUES (1, 'still watched')");
        Assert.Equal("added 1", Describe((await client.NextBatchAsync("notes")).Changes[0]));
    }

    [Fact]
    public async Task Bookmark_OfAnIdleWatch_MovesItsCursorOn()
    {
        await using var server = await StartAsync(options => options.Watching.BookmarkInterval = TimeSpan.FromSeconds(1));
        await using var client = await ConnectAsync(server);
        var cursor = await client.SubscribeAsync("w", new { resource = "notes" });
        Insert(1, "open");

        var push = await client.NextPushAsync("w");

        Assert.Empty(push.Batch!.Changes);
        Assert.Equal(cursor, push.Batch.From);
        database.Execute("INSERT INTO notes VALUES (1, 'a')");
        await client.UnsubscribeAsync("w");
        await client.SubscribeAsync("again", new { resource = "notes", since = push.Batch.Cursor });
        Assert.Equal("added 1", Describe((await client.NextBatchAsync("again")).Changes[0]));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Connect_WithOrWithoutNegotiation_Works(bool skipNegotiation)
    {
        await using var server = await StartAsync();
        await using var client = await HubClient.ConnectAsync(server, protocol, skipNegotiation);

        Assert.NotNull(await client.SubscribeAsync("w", new { resource = "orders" }));
    }

    public void Dispose() => database.Dispose();

    private Task<TestServer> StartAsync(Action<RealtimeApiOptions>? configure = null) => TestServer.StartAsync(database.File, configure);

    private Task<HubClient> ConnectAsync(TestServer server) => HubClient.ConnectAsync(server, protocol);

    private void Insert(int id, string status, double? total = null, int? customerId = null) => database.Execute(
        "INSERT INTO orders (id, status, total, customerId) VALUES ($id, $status, $total, $customerId)",
        ("$id", id), ("$status", status), ("$total", total), ("$customerId", customerId));

    private static async Task AssertRefusedAsync(string start, Func<Task> call)
    {
        var refused = await Assert.ThrowsAsync<HubException>(call);
        Assert.StartsWith(start, refused.Message, StringComparison.Ordinal);
        Assert.True(refused.Message.Length > start.Length + 10, refused.Message);
    }

    private static string Text(JsonElement element, string property) => element.GetProperty(property).GetString()!;

    private static string Describe(JsonElement change) => $"{Text(change, "view")} {Text(change, "subject")}";
}
