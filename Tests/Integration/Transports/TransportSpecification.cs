using System.Text.Json;
using System.Text.Json.Nodes;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Data;
using RealtimeApi.Tests.Integration.Watching;
using RealtimeApi.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace RealtimeApi.Tests.Integration.Transports;

/// <summary>PROTOCOL, Watching and Guarantees of a watch. Every transport inherits it, over every database.</summary>
public abstract class TransportSpecification(string name, TestDatabaseKind kind) : IAsyncLifetime
{
    private static readonly WatchRequest Orders = new() { Resource = "orders" };

    private TestDatabase database = null!;

    private ITransport Transport { get; } = TransportNames.Find(name);

    public async ValueTask InitializeAsync() => database = await TestDatabase.CreateAsync(
        kind,
        """
        CREATE TABLE orders (id INTEGER PRIMARY KEY, status TEXT, total REAL, customerId INTEGER);
        CREATE TABLE customers (id TEXT PRIMARY KEY COLLATE NOCASE, name TEXT) WITHOUT ROWID;
        CREATE VIEW pending AS SELECT * FROM orders WHERE status = 'open';
        """,
        """
        CREATE TABLE orders (id bigint PRIMARY KEY, status nvarchar(300), total float, customerId int);
        CREATE TABLE customers (id nvarchar(50) COLLATE Latin1_General_CI_AS PRIMARY KEY, name nvarchar(50));
        GO
        CREATE VIEW pending AS SELECT * FROM orders WHERE status = 'open';
        """);

    public async ValueTask DisposeAsync()
    {
        if (database is not null)
            await database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Watch_FromNow_SeesEveryKindOfChangeInOrder()
    {
        await using var server = await StartAsync();
        await using var watch = await Transport.StartAsync(server, Orders);

        for (var i = 1; i <= 30; i++)
            Insert(i, "open");
        database.Execute("UPDATE orders SET status = 'shipped' WHERE id <= 5; DELETE FROM orders WHERE id > 28");
        var events = await watch.TakeAsync(37);

        // No database promises an order among the rows of one statement.
        var told = events.Select(Describe).ToList();
        Assert.Equal(Enumerable.Range(1, 30).Select(i => $"added {i}"), told[..30]);
        Assert.Equal(Enumerable.Range(1, 5).Select(i => $"modified {i}"), told[30..35].Order(StringComparer.Ordinal));
        Assert.Equal(["removed 29", "removed 30"], told[35..].Order(StringComparer.Ordinal));
        Assert.All(events[^2..], e => Assert.False(e.TryGetProperty("data", out _)));
        Assert.Equal(37, events.Select(e => Text(e, "id")).Distinct().Count());
    }

    [Fact]
    public async Task Event_OnTheWire_IsTheEnginesByteForByte()
    {
        await using var server = await StartAsync();
        using var engine = await EngineReader.StartAsync(server, Orders);
        await using var watch = await Transport.StartAsync(server, Orders);

        database.Execute("INSERT INTO orders VALUES (9007199254740993, @text, @number, NULL)", ("@text", "<é\"\\>\n\r\u2028☃"), ("@number", 0.1 + 0.2));
        var made = (await watch.TakeAsync(1))[0];

        var expected = System.Text.Encoding.UTF8.GetString((await engine.NextAsync(TestContext.Current.CancellationToken))!.Events.Single().Json.Span);
        if (name == "messagepack")
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(made.GetRawText())), $"{expected}\n{made}");
        else
            Assert.Equal(expected, made.GetRawText());
        Assert.Equal("1.0", Text(made, "specversion"));
        Assert.Equal("/api/orders", Text(made, "source"));
        Assert.Equal("orders.created", Text(made, "type"));
    }

    [Fact]
    public async Task Watch_OfAKey_SeesTheOneItemPresentOrNot()
    {
        await using var server = await StartAsync();
        await using var watch = await Transport.StartAsync(server, Orders with { Key = "7" });

        Insert(6, "open");
        Insert(7, "open");
        database.Execute("UPDATE orders SET status = 'shipped'; DELETE FROM orders");

        Assert.Equal(["added 7", "modified 7", "removed 7"], (await watch.TakeAsync(3)).Select(Describe));
    }

    [Theory]
    [InlineData("alfki", "ALFKI")]
    [InlineData("events", "events")]
    [InlineData("a/b ä%&?#", "a/b ä%&?#")]
    [InlineData("1,2", "1,2")]
    public async Task Watch_OfAnAwkwardKey_SeesItsItem(string key, string stored)
    {
        await using var server = await StartAsync();
        await using var watch = await Transport.StartAsync(server, new() { Resource = "customers", Key = key });

        database.Execute("INSERT INTO customers VALUES ('other', 'x'), (@id, 'y')", ("@id", stored));

        Assert.Equal([$"added {stored}"], (await watch.TakeAsync(1)).Select(Describe));
    }

    [Fact]
    public async Task Watch_OfAFilter_SeesItemsEnterAndLeave()
    {
        await using var server = await StartAsync();
        await using var watch = await Transport.StartAsync(server, Orders with { Filter = "customerId eq 7 and total gt 10" });

        Insert(1, "open", total: 5, customerId: 7);
        Insert(2, "open", total: 50, customerId: 8);
        database.Execute("UPDATE orders SET total = 20 WHERE id = 1");
        database.Execute("UPDATE orders SET status = 'shipped' WHERE id = 1");
        database.Execute("UPDATE orders SET customerId = 8 WHERE id = 1");
        var events = await watch.TakeAsync(3);

        Assert.Equal(["added 1", "modified 1", "removed 1"], events.Select(Describe));
        Assert.Equal("orders.updated", Text(events[2], "type"));
        Assert.False(events[2].TryGetProperty("data", out _));
    }

    [Fact]
    public async Task Watch_OfSomeFields_IsSentThemAndNotTheChangesOfOthers()
    {
        await using var server = await StartAsync();
        await using var watch = await Transport.StartAsync(server, Orders with { Select = "status" });

        Insert(1, "open", total: 1);
        database.Execute("UPDATE orders SET total = 2");
        database.Execute("UPDATE orders SET status = 'shipped'");

        Assert.Equal(
            ["""{"id":1,"status":"open"}""", """{"id":1,"status":"shipped"}"""],
            (await watch.TakeAsync(2)).Select(e => e.GetProperty("data").ToString()));
    }

    [Fact]
    public async Task Watch_WithTheCurrentItems_StartsWithThem()
    {
        database.Execute(
            database.Choose(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO orders SELECT i, @text, i, i FROM n",
                """
                WITH d(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM d WHERE i < 9)
                INSERT INTO orders SELECT 100 * a.i + 10 * b.i + c.i + 1, @text, c.i, c.i FROM d AS a CROSS JOIN d AS b CROSS JOIN d AS c WHERE a.i < 5
                """),
            ("@text", new string('x', 200)));
        await using var server = await StartAsync();
        if (!Transport.HasInitial)
        {
            await AssertRefusedAsync(ProblemCodes.InvalidQuery, server, Orders with { Initial = true });
            return;
        }

        await using var watch = await Transport.StartAsync(server, Orders with { Initial = true });
        var items = await watch.TakeInitialAsync();
        Assert.NotNull(watch.Cursor);
        Insert(501, "new");
        var changes = await watch.TakeAsync(1);

        Assert.Equal(Enumerable.Range(1, 500).Select(i => $"added {i}"), items.Select(Describe));
        Assert.All(items, e => Assert.True(e.GetProperty("initial").GetBoolean()));
        Assert.Equal("added 501", Describe(changes[0]));
        Assert.False(changes[0].TryGetProperty("initial", out _));
    }

    [Fact]
    public async Task Watch_SinceAnEvent_ContinuesAfterIt()
    {
        await using var server = await StartAsync();
        await using var watch = await Transport.StartAsync(server, Orders);
        database.Execute("INSERT INTO orders (id) VALUES (1), (2), (3)");
        var events = await watch.TakeAsync(3);

        await using var again = await Transport.StartAsync(server, Orders with { Since = Text(events[0], "id") });

        Assert.Equal(events.Skip(1).Select(e => e.ToString()), (await again.TakeAsync(2)).Select(e => e.ToString()));
    }

    [Fact]
    public async Task Watch_SinceItsLastCursor_SeesWhatChangedWhileTheServerWasAway()
    {
        string? since;
        await using (var server = await StartAsync())
        {
            await using var watch = await Transport.StartAsync(server, Orders);
            Insert(1, "open");
            await watch.TakeAsync(1);
            since = watch.Cursor;
        }

        Insert(2, "open");
        database.Execute("UPDATE orders SET status = 'away' WHERE id = 1");

        await using var restarted = await StartAsync();
        await using var resumed = await Transport.StartAsync(restarted, Orders with { Since = since });
        Assert.Equal(["added 2", "modified 1"], (await resumed.TakeAsync(2)).Select(Describe));
        database.Execute("DELETE FROM orders");
        Assert.Equal(["removed 1", "removed 2"], (await resumed.TakeAsync(2)).Select(Describe).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Watch_SinceAList_ContinuesFromWhatWasRead()
    {
        await using var server = await StartAsync();
        Insert(1, "open");
        using var list = JsonDocument.Parse(await server.Client.GetStringAsync(new Uri("api/orders", UriKind.Relative), TestContext.Current.CancellationToken));
        Assert.Equal(1, list.RootElement.GetProperty("value").GetArrayLength());
        Insert(2, "open");

        await using var watch = await Transport.StartAsync(server, Orders with { Since = list.RootElement.GetProperty("cursor").GetString() });

        // What the list has already may come once more.
        List<string> seen = [];
        while (!seen.Contains("added 2"))
            seen.AddRange((await watch.NextAsync()).Select(Describe));
        Assert.Empty(seen.Except(["added 1", "added 2"]));
    }

    [Fact]
    public async Task Watch_BadRequests_AreRefusedWithTheirCode()
    {
        await using var server = await StartAsync();

        await AssertRefusedAsync(ProblemCodes.UnknownResource, server, new() { Resource = "nothing" });
        await AssertRefusedAsync(ProblemCodes.NotWatchable, server, new() { Resource = "pending" });
        await AssertRefusedAsync(ProblemCodes.InvalidQuery, server, Orders with { Filter = "id foo 1" });
        await AssertRefusedAsync(ProblemCodes.InvalidQuery, server, Orders with { Key = "1", Filter = "id eq 1" });
        await AssertRefusedAsync(ProblemCodes.InvalidQuery, server, Orders with { Select = "nothing" });
        await AssertRefusedAsync(ProblemCodes.InvalidCursor, server, Orders with { Since = "nonsense" });
    }

    [Fact]
    public async Task Watch_SinceAnotherDatabase_IsExpired()
    {
        string? since;
        await using (var other = await TestDatabase.CreateAsync(kind, "CREATE TABLE orders (id INTEGER PRIMARY KEY)"))
        {
            await using var otherServer = await TestServer.StartAsync(other);
            await using var otherWatch = await Transport.StartAsync(otherServer, Orders);
            since = otherWatch.Cursor;
        }

        await using var server = await StartAsync();

        await AssertRefusedAsync(ProblemCodes.CursorExpired, server, Orders with { Since = since });
    }

    [Fact]
    public async Task Watch_SinceBeforeWhatWasTrimmed_IsExpired()
    {
        string? before;
        await using (var server = await StartAsync())
        {
            await using var watch = await Transport.StartAsync(server, Orders);
            before = watch.Cursor;
            Insert(1, "open");
            Insert(2, "open");
            await watch.TakeAsync(2);
            await server.Services.GetRequiredService<IDatabase>().Log.TrimAsync(DateTimeOffset.MaxValue, TestContext.Current.CancellationToken);
        }

        await using var restarted = await StartAsync();

        await AssertRefusedAsync(ProblemCodes.CursorExpired, restarted, Orders with { Since = before });
    }

    [Fact]
    public async Task Watch_WhenTheTableIsAltered_EndsAsExpired()
    {
        await using var server = await StartAsync();
        await using var watch = await Transport.StartAsync(server, Orders);
        await using var other = await Transport.StartAsync(server, new() { Resource = "customers" });

        database.Execute(database.Choose("ALTER TABLE orders ADD COLUMN extra TEXT", "ALTER TABLE orders ADD extra nvarchar(50)"));
        Insert(1, "open");
        var ended = await Assert.ThrowsAsync<RefusedException>(async () =>
        {
            while (true)
                await watch.NextAsync();
        });

        Assert.Equal(ProblemCodes.CursorExpired, ended.Code);
        await using var anew = await Transport.StartAsync(server, Orders with { Select = "extra" });
        Insert(2, "open");
        // It starts where this node has come, which may be before the first order.
        List<string> told = [];
        while (!told.Contains("added 2"))
            told.AddRange((await anew.NextAsync()).Select(Describe));
        Assert.True(told is ["added 2"] or ["added 1", "added 2"], string.Join(", ", told));
        database.Execute("INSERT INTO customers VALUES ('A', 'x')");
        Assert.Equal(["added A"], (await other.TakeAsync(1)).Select(Describe));
    }

    [Fact]
    public async Task Watch_ThatIsIdle_ComesOnWithTheLog()
    {
        await using var server = await StartAsync(bookmarks: TimeSpan.FromSeconds(1));
        await using var watch = await Transport.StartAsync(server, new() { Resource = "customers" });
        var start = watch.Cursor;
        Insert(1, "open");

        // Long polling is told when its wait is over, the others meanwhile.
        do
            Assert.Empty(await watch.NextAsync());
        while (watch.Cursor == start);

        database.Execute("INSERT INTO customers VALUES ('A', 'x')");
        await using var resumed = await Transport.StartAsync(server, new() { Resource = "customers", Since = watch.Cursor });
        Assert.Equal(["added A"], (await resumed.TakeAsync(1)).Select(Describe));
    }

    private Task<TestServer> StartAsync(TimeSpan? bookmarks = null) =>
        TestServer.StartAsync(database, options =>
        {
            // A view of SQL Server has no key of its own.
            options.Resources["pending"] = new() { Table = "pending", Key = { "id" } };
            options.Watching.BookmarkInterval = bookmarks ?? options.Watching.BookmarkInterval;
        });

    private async Task AssertRefusedAsync(string code, TestServer server, WatchRequest request)
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(() => Transport.StartAsync(server, request));
        Assert.Equal(code, refused.Code);
        Assert.True(refused.Message.Length > code.Length + 12, refused.Message);
    }

    private void Insert(int id, string status, double? total = null, int? customerId = null) => database.Execute(
        "INSERT INTO orders (id, status, total, customerId) VALUES (@id, @status, @total, @customerId)",
        ("@id", id), ("@status", status), ("@total", total), ("@customerId", customerId));

    private static string Text(JsonElement element, string property) => element.GetProperty(property).GetString()!;

    private static string Describe(JsonElement change) => $"{Text(change, "view")} {Text(change, "subject")}";
}
