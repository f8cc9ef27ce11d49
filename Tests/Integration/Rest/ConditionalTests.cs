using System.Net;
using Microsoft.Extensions.DependencyInjection;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Feed;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Rest;

public sealed class ConditionalTests : IAsyncLifetime
{
    private const string Item = "/api/orders/1";
    private const string KeyOfTooFewParts = "/api/pairs/1";
    private const string List = "/api/orders?$filter=status%20eq%20'open'";

    private readonly TempDatabase database = new(
        """
        CREATE TABLE Orders (Id INTEGER PRIMARY KEY, Status TEXT, Note TEXT);
        INSERT INTO Orders VALUES (1, 'open', 'a'), (2, 'open', 'b'), (3, 'shipped', 'c');
        CREATE TABLE Products (Id INTEGER PRIMARY KEY, Name TEXT);
        INSERT INTO Products VALUES (1, 'p');
        CREATE TABLE Quiet (Id INTEGER PRIMARY KEY, Name TEXT);
        INSERT INTO Quiet VALUES (1, 'q');
        CREATE TABLE Pairs (A INTEGER NOT NULL, B INTEGER NOT NULL, PRIMARY KEY (A, B));
        CREATE VIEW OpenOrders AS SELECT Id, Note FROM Orders WHERE Status = 'open';
        """);

    private TestServer server = null!;

    private CountingDatabase Counted => server.Services.GetRequiredService<CountingDatabase>();

    public async ValueTask InitializeAsync() => server = await TestServer.StartAsync(
        database.File,
        options =>
        {
            options.Resources["quiet"] = new() { Table = "Quiet", Watch = false };
            options.Resources["openOrders"] = new() { Table = "OpenOrders", Key = { "Id" } };
        },
        CountingDatabase.Decorate);

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        database.Dispose();
    }

    [Theory, InlineData(Item), InlineData(List)]
    public async Task IfNoneMatch_NothingChanged_Is304WithoutTheDatabase(string path)
    {
        using var first = await server.SendAsync(path);
        var reads = Counted.Reads;
        using var second = await server.SendAsync(path, ("If-None-Match", first.Header("ETag")));
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Equal(reads, Counted.Reads);
        Assert.Empty(await second.TextAsync());
        foreach (var header in (string[])["ETag", "Realtime-Cursor", "Link", "Cache-Control"])
            Assert.Equal(first.Header(header), second.Header(header));
        Assert.Equal(first.Headers.Vary, second.Headers.Vary);
    }

    [Theory, InlineData(Item), InlineData(List)]
    public async Task Get_NothingChanged_IsTheSameAnswerWithoutTheDatabase(string path)
    {
        var first = await (await server.SendAsync(path)).TextAsync();
        var reads = Counted.Reads;
        Assert.Equal(first, await (await server.SendAsync(path)).TextAsync());
        Assert.Equal(reads, Counted.Reads);
    }

    /// <summary>The strongest proof that the database is not needed: it is not there.</summary>
    [Theory, InlineData(Item), InlineData(List)]
    public async Task IfNoneMatch_DatabaseNotAnswering_IsStill304(string path)
    {
        using var first = await server.SendAsync(path);
        Counted.Failure = new InvalidOperationException("The database must not be read.");
        using var second = await server.SendAsync(path, ("If-None-Match", first.Header("ETag")));
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Theory]
    [InlineData(Item, "UPDATE Orders SET Note = 'changed' WHERE Id = 1")]
    [InlineData(Item, "REPLACE INTO Orders VALUES (1, 'open', 'changed')")]
    [InlineData(List, "UPDATE Orders SET Note = 'changed' WHERE Id = 2")]
    [InlineData(List, "INSERT INTO Orders VALUES (4, 'open', 'd')")]
    [InlineData(List, "DELETE FROM Orders WHERE Id = 2")]
    [InlineData(List, "UPDATE Orders SET Status = 'open' WHERE Id = 3")]
    public async Task IfNoneMatch_Changed_IsTheNewContent(string path, string sql)
    {
        using var first = await server.SendAsync(path);
        await server.ChangeAsync(database, sql);
        using var second = await server.SendAsync(path, ("If-None-Match", first.Header("ETag")));
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.NotEqual(first.Header("ETag"), second.Header("ETag"));
        Assert.NotEqual(first.Header("Realtime-Cursor"), second.Header("Realtime-Cursor"));
    }

    [Fact]
    public async Task IfNoneMatch_Deleted_IsNotFound()
    {
        using var first = await server.SendAsync(Item);
        await server.ChangeAsync(database, "DELETE FROM Orders WHERE Id = 1");
        using var second = await server.SendAsync(Item, ("If-None-Match", first.Header("ETag")));
        await second.AssertProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        Assert.NotEqual(first.Header("Realtime-Cursor"), second.Header("Realtime-Cursor"));
    }

    [Theory]
    [InlineData(Item, "UPDATE Orders SET Note = 'x' WHERE Id = 2")]
    [InlineData(Item, "INSERT INTO Products VALUES (2, 'x')")]
    [InlineData(List, "INSERT INTO Products VALUES (2, 'x')")]
    public async Task IfNoneMatch_OtherThingsChanged_Is304WithANewerCursor(string path, string sql)
    {
        using var first = await server.SendAsync(path);
        await server.ChangeAsync(database, sql);
        var reads = Counted.Reads;
        using var second = await server.SendAsync(path, ("If-None-Match", first.Header("ETag")));
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Equal(reads, Counted.Reads);
        Assert.NotEqual(first.Header("Realtime-Cursor"), second.Header("Realtime-Cursor"));
    }

    /// <summary>The list is read again, since its resource changed, but is found to be the same.</summary>
    [Fact]
    public async Task IfNoneMatch_ListReadAgainWithTheSameContent_Is304()
    {
        using var first = await server.SendAsync(List);
        await server.ChangeAsync(database, "UPDATE Orders SET Note = 'x' WHERE Id = 3");
        var reads = Counted.Reads;
        using var second = await server.SendAsync(List, ("If-None-Match", first.Header("ETag")));
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Equal(reads + 1, Counted.Reads);
    }

    [Theory, InlineData("/api/quiet"), InlineData("/api/quiet/1"), InlineData("/api/openOrders"), InlineData("/api/openOrders/1")]
    public async Task IfNoneMatch_OfWhatIsNotWatched_ReadsTheDatabase(string path)
    {
        using var first = await server.SendAsync(path);
        using var same = await server.SendAsync(path, ("If-None-Match", first.Header("ETag")));
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        database.Execute("UPDATE Quiet SET Name = 'x'; UPDATE Orders SET Note = 'x'");
        using var changed = await server.SendAsync(path, ("If-None-Match", first.Header("ETag")));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.Equal(3, Counted.Reads);
    }

    [Theory, InlineData("/api/orders"), InlineData("/api/orders/1"), InlineData("/api/quiet")]
    public async Task ETag_OfAnotherQuery_Differs(string path)
    {
        using var all = await server.SendAsync(path);
        using var some = await server.SendAsync(path + "?$select=id");
        Assert.NotEqual(all.Header("ETag"), some.Header("ETag"));
    }

    [Fact]
    public async Task ETag_OfEqualContentByDifferentQueries_Differs()
    {
        using var one = await server.SendAsync("/api/orders?$filter=id%20eq%20-1");
        using var other = await server.SendAsync("/api/orders?$filter=id%20eq%20-2");
        Assert.NotEqual(one.Header("ETag"), other.Header("ETag"));
    }

    [Fact]
    public async Task ETag_AfterARestart_IsTheSame()
    {
        using var first = await server.SendAsync(Item);
        await server.DisposeAsync();
        await InitializeAsync();
        using var second = await server.SendAsync(Item, ("If-None-Match", first.Header("ETag")));
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Theory, InlineData(Item), InlineData(List)]
    public async Task NoCache_OnTheRequest_ReadsTheDatabase(string path)
    {
        using var first = await server.SendAsync(path);
        var reads = Counted.Reads;
        using var second = await server.SendAsync(path, ("Cache-Control", "no-cache"), ("If-None-Match", first.Header("ETag")));
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Equal(reads + 1, Counted.Reads);
    }

    [Fact]
    public async Task MinCursor_OfAnEarlierAnswer_IsAnsweredFromMemory()
    {
        using var first = await server.SendAsync(Item);
        var reads = Counted.Reads;
        using var second = await server.SendAsync(Item, ("Realtime-Min-Cursor", first.Header("Realtime-Cursor")));
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Equal(reads, Counted.Reads);
    }

    /// <summary>What another node has seen and this one has not: the cursor of a change that this node's memory is behind.</summary>
    [Theory, InlineData(Item), InlineData(List), InlineData("/api/quiet/1")]
    public async Task MinCursor_AheadOfMemory_ReadsTheDatabase(string path)
    {
        using var first = await server.SendAsync(path);
        using var ahead = await server.SendAsync("/api/products", ("Cache-Control", "no-cache"));
        Assert.True(Cursor.TryParse(ahead.Header("Realtime-Cursor"), out var cursor));
        var feed = server.Services.GetRequiredService<ChangeFeed>();
        var before = feed.State!;
        database.Execute("UPDATE Orders SET Note = 'new'; UPDATE Quiet SET Name = 'new'");

        // The database's own word, which may be ahead of the feed.
        using var newest = await server.SendAsync("/api/products", ("Cache-Control", "no-cache"));
        var reads = Counted.Reads;
        using var second = await server.SendAsync(path, ("Realtime-Min-Cursor", newest.Header("Realtime-Cursor")));
        Assert.Contains("new", await second.TextAsync(), StringComparison.Ordinal);
        Assert.Equal(reads + 1, Counted.Reads);
        Assert.NotNull(before);
        Assert.NotNull(cursor);
    }

    [Theory, InlineData(Item), InlineData(List), InlineData("/api/quiet")]
    public async Task MinCursor_Malformed_IsRefused(string path)
    {
        using var response = await server.SendAsync(path, ("Realtime-Min-Cursor", "nonsense"));
        await response.AssertProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.InvalidCursor);
    }

    [Theory, InlineData(Item), InlineData(List)]
    public async Task MinCursor_OfAnotherDatabase_IsExpired(string path)
    {
        using var _ = await server.SendAsync(path);
        var foreign = new Cursor("another", new(new(1), 1)).ToString();
        using var response = await server.SendAsync(path, ("Realtime-Min-Cursor", foreign));
        await response.AssertProblemAsync(HttpStatusCode.Gone, ProblemCodes.CursorExpired);
    }

    [Theory, InlineData(Item), InlineData(List), InlineData(KeyOfTooFewParts)]
    public async Task MinCursor_AheadOfTheLog_IsExpired(string path)
    {
        using var first = await server.SendAsync(path);
        Assert.True(Cursor.TryParse(first.Header("Realtime-Cursor"), out var cursor));
        var ahead = cursor with { Point = new(new(cursor.Point.Position.Major + 1000), 1) };
        using var response = await server.SendAsync(path, ("Realtime-Min-Cursor", ahead.ToString()));
        await response.AssertProblemAsync(HttpStatusCode.Gone, ProblemCodes.CursorExpired);
    }

    [Fact]
    public async Task Cache_TurnedOff_ReadsTheDatabase()
    {
        await using var uncached = await TestServer.StartAsync(database.File, options => options.Rest.CacheBytes = 0, CountingDatabase.Decorate);
        using var first = await uncached.SendAsync(Item);
        using var second = await uncached.SendAsync(Item, ("If-None-Match", first.Header("ETag")));
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Equal(2, uncached.Services.GetRequiredService<CountingDatabase>().Reads);
    }

    /// <summary>Readers with ETags against writers: nobody is told "not modified" of what has been modified and seen.</summary>
    [Fact]
    public async Task IfNoneMatch_WhileWritersWrite_NeverGoesBack()
    {
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(() =>
        {
            for (var i = 0; i < 300; i++)
                database.Execute($"UPDATE Orders SET Note = '{i:D6}' WHERE Id = 1");
            stop.Cancel();
        }, TestContext.Current.CancellationToken);
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var (tag, cursor, note) = ("\"none\"", "", "");
            while (!stop.IsCancellationRequested)
            {
                using var response = await server.SendAsync(Item, cursor == "" ? [("If-None-Match", tag)] : [("If-None-Match", tag), ("Realtime-Min-Cursor", cursor)]);
                Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotModified, await response.TextAsync());
                (tag, cursor) = (response.Header("ETag"), response.Header("Realtime-Cursor"));
                if (response.StatusCode != HttpStatusCode.OK)
                    continue;
                var now = System.Text.Json.JsonDocument.Parse(await response.TextAsync()).RootElement.GetProperty("note").GetString()!;
                Assert.True(note.Length != 6 || string.CompareOrdinal(now, note) >= 0, $"'{now}' was read after '{note}'.");
                note = now;
            }
        }, TestContext.Current.CancellationToken));
        await Task.WhenAll([writer, .. readers]);
    }
}
