using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Data.Sqlite;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.Sqlite;

/// <summary>Reads of a real file, with definitions made by discovery.</summary>
public sealed class SqliteItemReaderTests : IDisposable
{
    private readonly TempDatabase database = new();
    private readonly SqliteConnections connections;
    private readonly SqliteItemReader items;

    public SqliteItemReaderTests()
    {
        connections = new(database.ConnectionString);
        items = new(connections, new(NullLogger<SqliteMisfits>.Instance));
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        connections.Clear();
        database.Dispose();
    }

    [Fact]
    public async Task List_OddNames_ReadsThem()
    {
        database.Execute("""CREATE TABLE "Order `Details`" ("select" INTEGER PRIMARY KEY, "a ""b"" c" TEXT); INSERT INTO "Order `Details`" VALUES (1, 'x'), (2, 'y')""");
        var resource = await DefineAsync();
        Assert.Equal(["2"], await KeysAsync(resource, ("$filter", "aBC eq 'y'"), ("$orderby", "aBC desc")));
    }

    [Fact]
    public async Task List_SelectedFields_ReadsOnlyThemTheKeyAndTheOrder()
    {
        database.Execute("CREATE TABLE T (id INTEGER PRIMARY KEY, a INT, b INT, c INT); INSERT INTO T VALUES (1, 2, 3, 4)");
        var item = (await ListAsync(await DefineAsync(), ("$select", "a"), ("$orderby", "c"))).Items.Single();
        Assert.Equal(["1", "2", "null", "4"], item.Values.Select(v => v.ToString()));
    }

    [Fact]
    public async Task List_Pages_SayWhetherAnotherFollows()
    {
        database.Execute("CREATE TABLE T (id INTEGER PRIMARY KEY); INSERT INTO T VALUES (1), (2), (3)");
        var resource = await DefineAsync();
        Assert.True((await ListAsync(resource, ("$top", "2"))).HasMore);
        Assert.False((await ListAsync(resource, ("$top", "3"))).HasMore);
        var counted = await ListAsync(resource, ("$top", "1"), ("$count", "true"), ("$filter", "id gt 1"));
        Assert.Equal((1, 2L), (counted.Items.Count, counted.Count));
        Assert.Null((await ListAsync(resource)).Count);
    }

    /// <summary>A page of a thousand large rows would take a gigabyte.</summary>
    [Fact]
    public async Task List_OfLargeRows_EndsThePageBeforeItsTop()
    {
        database.Execute("CREATE TABLE T (id INTEGER PRIMARY KEY, a TEXT, b BLOB)");
        foreach (var row in (string[])["1, 'x', NULL", "2, printf('%.*c', 1000, 'x'), NULL", "3, NULL, zeroblob(100000)", "4, 'x', NULL", "5, 'x', NULL"])
            database.Execute($"INSERT INTO T VALUES ({row})");
        var resource = await DefineAsync();
        List<string> pages = [];
        for (ItemPage? page = null; page is null or { HasMore: true };)
        {
            var (query, _) = QueryParser.ParseList(resource, [KeyValuePair.Create("$top", "3")]);
            page = await items.ListAsync(query with { MaxBytes = 4000, After = page is null ? null : [page.Items[^1].Values[0]] }, Cancelled);
            pages.Add(string.Join(',', page.Items.Select(item => item.Key.Text)));
        }

        Assert.Equal(["1,2", "3", "4,5"], pages);
    }

    [Fact]
    public async Task List_RowsWhoseKeyHasNull_LeavesThemOut()
    {
        database.Execute("CREATE TABLE T (a TEXT, b INT, PRIMARY KEY (a, b)); INSERT INTO T VALUES ('x', 1), (NULL, 1), ('x', NULL), (NULL, NULL)");
        var page = await ListAsync(await DefineAsync(), ("$count", "true"));
        Assert.Equal(["x,1"], page.Items.Select(i => i.Key.Text));
        Assert.Equal(1, page.Count);
    }

    [Fact]
    public async Task List_View_IsReadByItsConfiguredKey()
    {
        database.Execute("CREATE TABLE T (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO T VALUES (1, 'x'), (2, 'y'); CREATE VIEW V AS SELECT id, upper(a) AS a FROM T");
        var resource = await DefineAsync("v", o => o.Resources["v"] = Keyed("V", "id"));
        Assert.Equal(["2"], await KeysAsync(resource, ("$filter", "a eq 'Y'")));
        Assert.Equal("Y", (await FindAsync(resource, "2")).Item!.Values[1].Text);
    }

    [Theory]
    [InlineData("TEXT COLLATE NOCASE", "'ALFKI'", "alfki", true)]
    [InlineData("TEXT", "'ALFKI'", "alfki", false)]
    [InlineData("TEXT COLLATE RTRIM", "'a '", "a", true)]
    [InlineData("INT", "5", "5", true)]
    [InlineData("INT", "5", "5.5", false)]
    [InlineData("INT", "5", "x", false)]
    [InlineData("INT", "'x'", "x", true)]
    [InlineData("DECIMAL", "1.5", "1.5", true)]
    [InlineData("BLOB", "x'05'", "BQ==", true)]
    [InlineData("DATETIME", "'2026-11-23 11:06:26'", "2026-11-23T11:06:26Z", true)]
    [InlineData("DATETIME", "'2026-11-23 11:06:26'", "2026-11-23T11:06:26.5Z", false)]
    public async Task Find_Key_IsComparedAsTheColumnCompares(string declaration, string stored, string key, bool found)
    {
        database.Execute($"CREATE TABLE T (k {declaration} PRIMARY KEY, other INT); INSERT INTO T VALUES ({stored}, 1)");
        Assert.Equal(found, (await FindAsync(await DefineAsync(), key)).Item is not null);
    }

    [Fact]
    public async Task Read_UnwatchableResource_HasNoPoint()
    {
        database.Execute("CREATE TABLE T (id INTEGER PRIMARY KEY); INSERT INTO T VALUES (1)");
        var resource = await DefineAsync() with { Watchable = false };
        Assert.Null((await ListAsync(resource)).Point);
        Assert.Null((await FindAsync(resource, "1")).Point);
    }

    [Fact]
    public async Task Read_WatchableResourceWithoutALog_HasNoPoint()
    {
        database.Execute("CREATE TABLE T (id INTEGER PRIMARY KEY); INSERT INTO T VALUES (1)");
        var resource = await DefineAsync();
        Assert.Null((await ListAsync(resource)).Point);
        Assert.Equal("1", (await FindAsync(resource, "1")).Item?.Key.Text);
        Assert.Null((await FindAsync(resource, "1")).Point);
    }

    [Fact]
    public async Task Read_WatchableResource_HasTheLogsNewestPoint()
    {
        database.Execute("CREATE TABLE T (id INTEGER PRIMARY KEY, a INT)");
        var resource = await DefineAsync();
        using var log = new SqliteChangeLog(connections, TimeProvider.System, new(NullLogger<SqliteMisfits>.Instance), NullLogger<SqliteChangeLog>.Instance);
        await log.PrepareAsync(new([resource]), Cancelled);
        for (var i = 1; i <= 3; i++)
        {
            database.Execute($"INSERT INTO T VALUES ({i}, 0)");
            var head = (await log.FindAsync(LogPosition.Max, Cancelled)).Head;
            Assert.NotEqual(0, head.Tag);
            Assert.Equal(head, (await ListAsync(resource)).Point);
            Assert.Equal(head, (await FindAsync(resource, "1")).Point);
            Assert.Equal(head, (await FindAsync(resource, "nothing")).Point);
        }
    }

    [Fact]
    public async Task Read_TableAlteredSince_SaysThatTheSchemaChanged()
    {
        database.Execute("CREATE TABLE T (id INTEGER PRIMARY KEY, a INT, b INT); INSERT INTO T VALUES (1, 2, 3)");
        var resource = await DefineAsync();
        await ListAsync(resource);
        database.Execute("ALTER TABLE T DROP COLUMN b");
        await Assert.ThrowsAsync<SchemaChangedException>(() => ListAsync(resource));
        await Assert.ThrowsAsync<SchemaChangedException>(() => FindAsync(resource, "1"));
        database.Execute("DROP TABLE T");
        await Assert.ThrowsAsync<SchemaChangedException>(() => ListAsync(resource));
    }

    [Fact]
    public async Task Read_FileGone_IsUnavailable()
    {
        var missing = new SqliteItemReader(new($"Data Source={database.File}-none"), new(NullLogger<SqliteMisfits>.Instance));
        database.Execute("CREATE TABLE T (id INTEGER PRIMARY KEY)");
        var resource = await DefineAsync();
        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => missing.ListAsync(QueryParser.ParseList(resource, []).Query, Cancelled));
        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => missing.FindAsync(resource, ItemKey.Parse(resource, "1")!, Cancelled));
    }

    [Fact]
    public async Task List_Cancelled_StopsInTheMiddleOfAScan()
    {
        database.Execute("""
            CREATE TABLE T (id INTEGER PRIMARY KEY, a INT);
            INSERT INTO T VALUES (1, 1);
            CREATE VIEW V AS WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) SELECT id, id AS a FROM n
            """);
        var resource = await DefineAsync("v", o => o.Resources["v"] = Keyed("V", "id"));
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var reading = Task.Run(() => items.ListAsync(QueryParser.ParseList(resource, [new("$filter", "a lt 0")]).Query, source.Token), Cancelled);
        source.CancelAfter(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [Fact]
    public async Task List_CollationThatOnlyAnotherProgramKnows_ComparesBytes()
    {
        using (var connection = database.Open())
        {
            connection.CreateCollation("ODD", static (left, right) => string.CompareOrdinal(right, left));
            using var command = connection.CreateCommand();
            command.CommandText = "CREATE TABLE T (id INTEGER PRIMARY KEY, a TEXT COLLATE ODD); INSERT INTO T VALUES (1, 'x'), (2, 'y'), (3, 'Y')";
            command.ExecuteNonQuery();
        }
        var resource = await DefineAsync();
        Assert.Equal(["3", "1", "2"], await KeysAsync(resource, ("$orderby", "a")));
        Assert.Equal(["2"], await KeysAsync(resource, ("$filter", "a eq 'y' and a gt 'x' and tolower(a) in ('y') and contains(a,'y')"), ("$orderby", "a desc")));
        Assert.False(QueryParser.ParseFilter(resource, "a eq 'y'").IsExact);
        Assert.True(QueryParser.ParseFilter(resource, "a eq null").IsExact);
    }

    [Fact]
    public async Task Filter_DatabaseInUtf16_IsComparedAsThatDatabaseDoes()
    {
        database.Execute("PRAGMA encoding = 'UTF-16le'; CREATE TABLE T (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO T VALUES (1, 'a'), (2, 'b'), (3, 'Ā')");
        var resource = await DefineAsync();
        var filter = QueryParser.ParseFilter(resource, "a lt 'b'");
        Assert.Equal(["1", "3"], await KeysAsync(resource, ("$filter", filter.ToString())));
        Assert.Equal(["1", "3"], (await ListAsync(resource)).Items.Where(item => filter.Matches(item.Values)).Select(item => item.Key.Text));
        Assert.Equal(["2", "3"], await KeysAsync(resource, ("$filter", "startswith(a,'Ā') or startswith(a,'b')")));
    }

    private static ResourceOptions Keyed(string table, string key)
    {
        var options = new ResourceOptions { Table = table };
        options.Key.Add(key);
        return options;
    }

    private Task<ItemPage> ListAsync(ResourceDefinition resource, params (string Name, string Value)[] options) =>
        items.ListAsync(QueryParser.ParseList(resource, options.Select(o => KeyValuePair.Create(o.Name, o.Value))).Query, Cancelled);

    private async Task<IEnumerable<string>> KeysAsync(ResourceDefinition resource, params (string Name, string Value)[] options) =>
        (await ListAsync(resource, options)).Items.Select(item => item.Key.Text);

    private Task<ItemRead> FindAsync(ResourceDefinition resource, string key) => items.FindAsync(resource, ItemKey.Parse(resource, key)!, Cancelled);

    private async Task<ResourceDefinition> DefineAsync(string? name = null, Action<RealtimeApiOptions>? configure = null)
    {
        var options = new RealtimeApiOptions();
        options.Resources.All = configure is null;
        configure?.Invoke(options);
        var schema = new SqliteSchemaReader(connections, NullLogger<SqliteSchemaReader>.Instance);
        var source = new CatalogSource(new SqliteDatabase(connections, schema, items, null!, null!, null!), Options.Create(options), NullLogger<CatalogSource>.Instance);
        var catalog = await source.RefreshAsync(Cancelled);
        return name is null ? catalog.Resources.Single() : catalog.Find(name)!;
    }
}
