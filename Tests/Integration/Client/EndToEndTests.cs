using System.Globalization;
using System.Text.Json.Nodes;
using RealtimeApi.Client;
using RealtimeApi.Contracts;
using RealtimeApi.Tests.TestSupport;
using Xunit;

#pragma warning disable xUnit1051 // Each watch is stopped by the token of its Watching.

namespace RealtimeApi.Tests.Integration.Client;

/// <summary>The client with a real server on a real database.</summary>
public sealed class EndToEndTests : IAsyncLifetime
{
    private const string Schema = """
        CREATE TABLE Orders (Id INTEGER PRIMARY KEY, Status TEXT NOT NULL, Total DECIMAL(10,2), Big BIGINT, Paid BOOLEAN NOT NULL DEFAULT 0, PlacedAt DATETIME, Token GUID, Day DATE);
        CREATE TABLE Lines (OrderId INTEGER, Article TEXT, Quantity INTEGER, PRIMARY KEY (OrderId, Article));
        CREATE VIEW Totals AS SELECT Id, Total FROM Orders;
        """;

    private readonly TempDatabase database = new(Schema);
    private TestServer server = null!;
    private CuttableProxy proxy = null!;
    private RealtimeApiClient client = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ResourceClient<Order> Orders => client.Resource<Order>("orders");

    public async ValueTask InitializeAsync()
    {
        server = await TestServer.StartAsync(database.File);
        proxy = new(server.Address);
        client = Clients.For(proxy.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await client.DisposeAsync();
        await proxy.DisposeAsync();
        await server.DisposeAsync();
        database.Dispose();
    }

    [Fact]
    public async Task Watch_OfACondition_SeesItemsEnterChangeAndLeave()
    {
        await using var watch = await Orders.Where(o => o.Status == "pending" && o.Total > 100).WatchAsync(Clients.Bookmarks).Start().StandsAsync();

        database.Execute("INSERT INTO Orders (Id, Status, Total) VALUES (1, 'pending', 100), (2, 'pending', 250.5), (3, 'shipped', 500)");
        database.Execute("UPDATE Orders SET Total = 300 WHERE Id IN (1, 2)");
        database.Execute("UPDATE Orders SET Status = 'shipped' WHERE Id = 1");
        database.Execute("DELETE FROM Orders");

        var changes = await NextChangesAsync(watch, 5);
        Assert.Equal(
            [
                (ChangeKind.Added, ChangeOperation.Created, "2", 250.5m),
                (ChangeKind.Added, ChangeOperation.Updated, "1", 300m),
                (ChangeKind.Modified, ChangeOperation.Updated, "2", 300m),
                (ChangeKind.Removed, ChangeOperation.Updated, "1", null),
                (ChangeKind.Removed, ChangeOperation.Deleted, "2", null),
            ],
            changes.Select(c => (c.Kind, c.Operation, c.Key, c.Item?.Total)));
        Assert.All(changes, c => Assert.NotNull(c.Time));
    }

    [Fact]
    public async Task Server_StoppedAndStarted_GivesExactlyWhatChangedMeanwhile()
    {
        await using var watch = await Orders.WatchAsync(Clients.Bookmarks).Start().StandsAsync();
        database.Execute("INSERT INTO Orders (Id, Status) VALUES (1, 'a')");
        Assert.Equal("1", (await NextChangesAsync(watch, 1))[0].Key);

        proxy.Refuse();
        await server.DisposeAsync();
        database.Execute("INSERT INTO Orders (Id, Status) VALUES (2, 'b')");
        database.Execute("UPDATE Orders SET Status = 'c' WHERE Id = 1");
        server = await TestServer.StartAsync(database.File);
        proxy.Redirect(server.Address);
        proxy.Restore();

        Assert.Equal(["2 b", "1 c"], (await NextChangesAsync(watch, 2)).Select(c => $"{c.Key} {c.Item!.Status}"));
        database.Execute("DELETE FROM Orders WHERE Id = 1");
        Assert.Equal((ChangeKind.Removed, "1"), await NextChangesAsync(watch, 1) is [var last] ? (last.Kind, last.Key) : default);
    }

    [Fact]
    public async Task Cursor_OfAPage_JoinsAWatchWithoutASeam()
    {
        database.Execute("INSERT INTO Orders (Id, Status) VALUES (1, 'a'), (2, 'b')");
        var page = await Orders.ListAsync(cancellationToken: Token);
        database.Execute("UPDATE Orders SET Status = 'z' WHERE Id = 2");

        await using var watch = Orders.WatchAsync(new() { Since = page.Cursor }).Start();

        Assert.Equal((ChangeKind.Modified, "2"), await NextChangesAsync(watch, 1) is [var change] ? (change.Kind, change.Key) : default);
    }

    [Fact]
    public async Task Cursor_OfEachChange_ResumesWithTheNext()
    {
        await using var watch = await Orders.WatchAsync(Clients.Bookmarks).Start().StandsAsync();
        database.Execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12) INSERT INTO Orders (Id, Status) SELECT i, 's' FROM n");
        var changes = await NextChangesAsync(watch, 12);

        for (var i = 0; i < 11; i++)
        {
            await using var resumed = Orders.WatchAsync(new() { Since = changes[i].Cursor }).Start();
            Assert.Equal(changes.Skip(i + 1).Select(c => c.Key), (await NextChangesAsync(resumed, 11 - i)).Select(c => c.Key));
        }
    }

    [Fact]
    public async Task Views_KeptByWatchesThroughCuts_EqualWhatIsThere()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        database.Execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250) INSERT INTO Orders (Id, Status, Total) SELECT i, 'pending', i FROM n");
        await using var all = Orders.WatchAsync(new() { Initial = true, PageSize = 20, BufferSize = 50 }).Start();
        await using var some = Orders.Where(o => o.Status == "pending" && o.Total < 200).WatchAsync(new() { Initial = true }).Start();
        var allView = new SortedDictionary<string, Order>(StringComparer.Ordinal);
        var someView = new SortedDictionary<string, Order>(StringComparer.Ordinal);
        var cursors = new HashSet<string>();

        var writing = Task.Run(() =>
        {
            for (var i = 0; i < 300; i++)
            {
                var id = random.Next(1, 300);
                database.Execute(random.Next(3) switch
                {
                    0 => $"INSERT INTO Orders (Id, Status, Total) VALUES ({id}, 'pending', {random.Next(400)}) ON CONFLICT (Id) DO UPDATE SET Status = 'shipped'",
                    1 => $"UPDATE Orders SET Total = {random.Next(400)}, Status = '{(random.Next(2) == 0 ? "pending" : "shipped")}' WHERE Id BETWEEN {id} AND {id + 3}",
                    _ => $"DELETE FROM Orders WHERE Id = {id}",
                });
                if (random.Next(30) == 0)
                    proxy.Cut();
            }
            database.Execute("INSERT INTO Orders (Id, Status, Total) VALUES (1000, 'pending', 1)");
        });

        try
        {
            await ApplyUntilLastAsync(all, allView, cursors);
            await ApplyUntilLastAsync(some, someView, []);
            await writing;
            Assert.Equal((await Orders.ListAllAsync().ToListAsync(Token)).OrderBy(o => o.Id), allView.Values.OrderBy(o => o.Id));
            Assert.Equal((await Orders.Where(o => o.Status == "pending" && o.Total < 200).ListAllAsync().ToListAsync(Token)).OrderBy(o => o.Id), someView.Values.OrderBy(o => o.Id));
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"With seed {seed}.", e);
        }
    }

    [Fact]
    public async Task Initial_KeysOfEveryType_AreThoseOfTheirChanges()
    {
        await client.DisposeAsync();
        await server.DisposeAsync();
        database.Execute("""
            CREATE TABLE Texts (K TEXT PRIMARY KEY, V INT);
            CREATE TABLE Bigs (K BIGINT PRIMARY KEY, V INT);
            CREATE TABLE Decimals (K DECIMAL(10,3) PRIMARY KEY, V INT);
            CREATE TABLE Doubles (K DOUBLE PRIMARY KEY, V INT);
            CREATE TABLE Dates (K DATE PRIMARY KEY, V INT);
            CREATE TABLE Moments (K DATETIME PRIMARY KEY, V INT);
            CREATE TABLE Guids (K GUID PRIMARY KEY, V INT);
            CREATE TABLE Blobs (K BLOB PRIMARY KEY, V INT);
            INSERT INTO Texts VALUES ('', 0), ('a,b', 0), ('50%', 0), ('a/b ?#', 0), ('größe', 0), ('events', 0), ('"q"', 0), ('..', 0);
            INSERT INTO Bigs VALUES (9007199254740993, 0), (-9223372036854775808, 0), (7, 0);
            INSERT INTO Decimals VALUES (1.5, 0), (2, 0), (12345.678, 0);
            INSERT INTO Doubles VALUES (0.1, 0), (1e20, 0), (3.0, 0);
            INSERT INTO Dates VALUES ('2026-01-02', 0);
            INSERT INTO Moments VALUES ('2026-01-02 03:04:05', 0), ('2026-01-02 03:04:06', 0);
            INSERT INTO Guids VALUES ('6F9619FF-8B86-D011-B42D-00CF4FC964FF', 0);
            INSERT INTO Blobs VALUES (x'0102', 0);
            INSERT INTO Lines VALUES (1, 'a,b', 0), (1, '50%', 0), (2, '', 0);
            """);
        server = await TestServer.StartAsync(database.File);
        client = Clients.For(server.Address);

        foreach (var table in new[] { "Texts", "Bigs", "Decimals", "Doubles", "Dates", "Moments", "Guids", "Blobs", "Lines" })
        {
            var resource = client.Resource(table);
            await using var watch = resource.WatchAsync(new() { Initial = true }).Start();
            var initial = new List<string>();
            for (var change = await watch.NextAsync(); change.Kind != ChangeKind.Synced; change = await watch.NextAsync())
                initial.Add(change.Key);
            database.Execute(table == "Lines" ? "UPDATE Lines SET Quantity = 1" : $"UPDATE {table} SET V = 1");

            var changed = await NextChangesAsync(watch, initial.Count);
            Assert.Equal(initial.Order(StringComparer.Ordinal), changed.Select(c => c.Key).Order(StringComparer.Ordinal));

            // And each is good to read and to watch by.
            foreach (var change in changed)
            {
                var item = await resource.GetAsync(change.Key, Token);
                Assert.True(JsonNode.DeepEquals(change.Item, item), $"{table} {change.Key}: {change.Item} is read as {item}");
                await using var one = resource.WatchItemAsync(change.Key, new() { Initial = true }).Start();
                Assert.Equal(change.Key, (await one.NextAsync()).Key);
            }
        }
    }

    [Fact]
    public async Task Conditions_OnEveryType_FindTheirItems()
    {
        database.Execute("""
            INSERT INTO Orders VALUES
              (1, 'pending', 12.50, 9007199254740993, 1, '2026-01-02 03:04:05', '6F9619FF-8B86-D011-B42D-00CF4FC964FF', '2026-01-02'),
              (2, 'Shipped', NULL, NULL, 0, NULL, NULL, NULL);
            """);
        var token = Guid.Parse("6f9619ff-8b86-d011-b42d-00cf4fc964ff");
        var none = Array.Empty<long>();

        Assert.Equal([1], await IdsAsync(Orders.Where(o => o.Total == 12.5m)));
        Assert.Equal([1], await IdsAsync(Orders.Where(o => o.Big == 9007199254740993)));
        Assert.Equal([1], await IdsAsync(Orders.Where(o => o.Paid)));
        Assert.Equal([2], await IdsAsync(Orders.Where(o => !o.Paid)));
        Assert.Equal([1], await IdsAsync(Orders.Where(o => o.PlacedAt > new DateTimeOffset(2026, 1, 2, 4, 4, 0, TimeSpan.FromHours(1)))));
        Assert.Equal([1], await IdsAsync(Orders.Where(o => o.PlacedAt!.Value.Year == 2026)));
        Assert.Equal([1], await IdsAsync(Orders.Where(o => o.Token == token)));
        Assert.Equal([1], await IdsAsync(Orders.Where(o => o.Day == new DateOnly(2026, 1, 2))));
        Assert.Equal([2], await IdsAsync(Orders.Where(o => o.Total == null)));
        Assert.Equal([2], await IdsAsync(Orders.Where(o => o.Status.ToLower().StartsWith("ship", StringComparison.Ordinal))));
        Assert.Equal([1, 2], await IdsAsync(Orders.Where(o => new long[] { 1, 2, 3 }.Contains(o.Id))));
        Assert.Equal([], await IdsAsync(Orders.Where(o => none.Contains(o.Id))));
        Assert.Equal([1], await IdsAsync(Orders.Where(o => o.Status.Length == 7 && o.Total.HasValue)));
        Assert.Equal(new Order(1, "pending", 12.5m, 9007199254740993, true, new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), token, new(2026, 1, 2)), await Orders.GetAsync(1, Token));
    }

    [Fact]
    public async Task Reads_AgainstTheServer_PageCountAndRevalidate()
    {
        database.Execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250) INSERT INTO Orders (Id, Status) SELECT i, 's' FROM n");

        var page = await Orders.ListAsync(new() { OrderBy = "id desc", Top = 100, Count = true }, Token);
        Assert.Equal((250L, 250L, 100, true), (page.Count, page.Items[0].Id, page.Items.Count, page.HasNext));
        Assert.Equal(150, (await page.GetNextAsync(Token))!.Items[0].Id);
        Assert.Equal(250, await Orders.ListAllAsync().CountAsync(Token));
        Assert.Equal("s", (await Orders.Select(o => o.Status).ListAsync(new() { Top = 1 }, Token)).Items[0].Status);

        var entry = await Orders.GetEntryAsync(7, cancellationToken: Token);
        Assert.NotNull(entry!.ETag);
        Assert.NotNull(entry.Cursor);
        Assert.Same(entry.Item, (await Orders.GetEntryAsync(7, entry, Token))!.Item);
        Assert.Null(await Orders.GetAsync(1000, Token));
        Assert.Contains((await client.GetServiceDocumentAsync(Token)).Resources, r => r is { Name: "lines", Watchable: true, Key: ["orderId", "article"] });
    }

    [Fact]
    public async Task Refusals_OfTheServer_CarryTheirCodes()
    {
        Assert.Equal(ProblemCodes.UnknownResource, await CodeOfAsync(client.Resource("nonsense").WatchAsync()));
        Assert.Equal(ProblemCodes.UnknownResource, await CodeOfAsync(client.Resource("nonsense").WatchAsync(new() { Initial = true })));
        Assert.Equal(ProblemCodes.InvalidQuery, await CodeOfAsync(Orders.Where("nonsense eq 1").WatchAsync()));
        Assert.Equal(ProblemCodes.InvalidQuery, await CodeOfAsync(Orders.Select("nonsense").WatchAsync()));
        Assert.Equal(ProblemCodes.InvalidCursor, await CodeOfAsync(Orders.WatchAsync(new() { Since = "nonsense" })));
        Assert.Equal(ProblemCodes.NotWatchable, await CodeOfAsync(client.Resource("totals").WatchAsync()));
        Assert.Equal(ProblemCodes.InvalidQuery, (await Assert.ThrowsAsync<RealtimeApiException>(() => Orders.Where("nonsense eq 1").ListAsync(cancellationToken: Token))).Code);
        Assert.Equal(ProblemCodes.UnknownResource, (await Assert.ThrowsAsync<RealtimeApiException>(() => client.Resource("nonsense").GetAsync(1, Token))).Code);
    }

    [Fact]
    public async Task Cursor_OfAnotherDatabase_IsExpired()
    {
        var page = await Orders.ListAsync(cancellationToken: Token);
        using var other = new TempDatabase(Schema);
        await using var otherServer = await TestServer.StartAsync(other.File);
        await using var otherClient = Clients.For(otherServer.Address);

        Assert.Equal(ProblemCodes.CursorExpired, await CodeOfAsync(otherClient.Resource<Order>("orders").WatchAsync(new() { Since = page.Cursor })));
    }

    private static async Task<string> CodeOfAsync<T>(IAsyncEnumerable<ItemChange<T>> enumerable)
        where T : class
    {
        await using var watch = enumerable.Start();
        return (await Assert.ThrowsAsync<RealtimeApiException>(watch.NextAsync)).Code;
    }

    private static async Task<IReadOnlyList<long>> IdsAsync(ResourceView<Order> view) =>
        [.. (await view.ListAllAsync().ToListAsync(Token)).Select(o => o.Id)];

    /// <summary>The next changes; bookmarks are skipped.</summary>
    private static async Task<IReadOnlyList<ItemChange<T>>> NextChangesAsync<T>(Watching<T> watch, int count)
        where T : class
    {
        var changes = new List<ItemChange<T>>();
        while (changes.Count < count)
            if (await watch.NextAsync() is { Kind: not ChangeKind.Bookmark } change)
                changes.Add(change);
        return changes;
    }

    private static async Task ApplyUntilLastAsync(Watching<Order> watch, SortedDictionary<string, Order> view, HashSet<string> cursors)
    {
        while (!view.ContainsKey("1000"))
        {
            var change = await watch.NextAsync();
            if (change.Kind == ChangeKind.Synced)
                continue;
            if (!change.IsInitial)
                Assert.True(cursors.Add(change.Cursor!), string.Create(CultureInfo.InvariantCulture, $"{change.Cursor} came twice"));
            if (change.Item is null)
                view.Remove(change.Key);
            else
                view[change.Key] = change.Item;
        }
    }

    internal sealed record Order(long Id, string Status, decimal? Total, long? Big, bool Paid, DateTimeOffset? PlacedAt, Guid? Token, DateOnly? Day);
}
