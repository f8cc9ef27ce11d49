using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.Data.Sqlite;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Resources;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Unit.Resources;

/// <summary>The catalog of a real SQLite file under a configuration.</summary>
public sealed class CatalogTests : IDisposable
{
    private readonly TempDatabase database = new();
    private readonly CapturedLog log = new();

    public void Dispose() => database.Dispose();

    [Fact]
    public async Task Refresh_AllTables_NamesThemByConvention()
    {
        database.Execute("""
            CREATE TABLE "Order Details" (OrderID INT, ProductID INT, "Unit Price" DECIMAL, PRIMARY KEY (OrderID, ProductID));
            CREATE TABLE order_status (Id INTEGER PRIMARY KEY);
            """);
        var catalog = await RefreshAsync(o => o.Resources.All = true);
        Assert.Equal(["orderDetails", "order_status"], catalog.Resources.Select(r => r.Name));
        var details = catalog.Find("ORDERDETAILS")!;
        Assert.Equal(["orderID", "productID", "unitPrice"], details.Columns.Select(c => c.Name));
        Assert.Equal(["orderID", "productID"], details.Key.Select(c => c.Name));
        Assert.True(details.Watchable);
        Assert.False(details.Writable);
        Assert.Equal((100, 1000), (details.DefaultTop, details.MaxTop));
    }

    [Fact]
    public async Task Refresh_NamesThatClash_AreNumberedAndSaidOnce()
    {
        database.Execute("""
            CREATE TABLE "order items" (Id INTEGER PRIMARY KEY, "a b" INT, aB INT, "!" INT);
            CREATE TABLE OrderItems (Id INTEGER PRIMARY KEY);
            CREATE TABLE Webhooks (Id INTEGER PRIMARY KEY);
            CREATE TABLE "***" (Id INTEGER PRIMARY KEY);
            """);
        var source = Source(o => o.Resources.All = true);
        await source.RefreshAsync(TestContext.Current.CancellationToken);
        var catalog = await source.RefreshAsync(TestContext.Current.CancellationToken);
        Assert.Equal(
            ["***:table", "OrderItems:orderItems", "Webhooks:webhooks2", "order items:orderItems2"],
            catalog.Resources.Select(r => $"{r.Table}:{r.Name}").Order(StringComparer.Ordinal));
        Assert.Equal(["id", "aB", "aB2", "column4"], catalog.Find("orderItems2")!.Columns.Select(c => c.Name));
        Assert.Equal(5, log.Entries.Count);
        Assert.Contains(log.Entries, e => e.Message.Contains("'Webhooks' is called 'webhooks2'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Refresh_AllTables_LeavesThoseWithoutKeyOutAndSaysSoOnce()
    {
        database.Execute("CREATE TABLE T (Id INTEGER PRIMARY KEY); CREATE TABLE Loose (Name TEXT); CREATE VIEW V AS SELECT T.* FROM T, Loose; CREATE VIEW W AS SELECT * FROM T;");
        var catalog = await RefreshAsync(o => o.Resources.All = true);
        Assert.Equal(["t", "w"], catalog.Resources.Select(r => r.Name));
        Assert.True(catalog.Find("t")!.Watchable);
        Assert.False(catalog.Find("w")!.Watchable);
        Assert.True(catalog.Find("w")!.IsView);
        Assert.Contains(log.Entries, e => e.Message.Contains("table 'Loose' is left out", StringComparison.Ordinal));
        Assert.Contains(log.Entries, e => e.Message.Contains("view 'V' is left out", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("('a', 1)", false)]
    [InlineData("('a', 1), (NULL, 2)", true)]
    [InlineData("('a', 1), ('b', NULL)", true)]
    public async Task Refresh_RowsWithoutKey_AreSaidToBeLeftOut(string rows, bool said)
    {
        database.Execute($"CREATE TABLE T (A TEXT, B INT, PRIMARY KEY (A, B)); INSERT INTO T VALUES {rows}");
        await RefreshAsync(o => o.Resources.All = true);
        Assert.Equal(said, log.Entries.Any(e => e.Message.StartsWith("Rows of 'T' whose key holds NULL are left out.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Refresh_Entries_RefineAllTables()
    {
        database.Execute("""
            CREATE TABLE Products (Id INTEGER PRIMARY KEY, Name TEXT, InternalCost DECIMAL, UnitPrice DECIMAL);
            CREATE TABLE Orders (Id INTEGER PRIMARY KEY);
            CREATE TABLE Loose (Code TEXT, Name TEXT);
            CREATE UNIQUE INDEX Codes ON Loose (Code);
            """);
        var catalog = await RefreshAsync(o =>
        {
            o.Resources.All = true;
            o.Resources["goods"] = new() { Table = "products", Columns = { ["internalcost"] = new() { Hidden = true }, ["UnitPrice"] = new() { Name = "price" } } };
            o.Resources["orders"] = new() { Watch = false, MaxTop = 50 };
            o.Resources["loose"] = new() { Key = { "Code" } };
        });
        Assert.Equal(["goods", "loose", "orders"], catalog.Resources.Select(r => r.Name));
        var goods = catalog.Find("goods")!;
        Assert.Equal(["id", "name", "price"], goods.Columns.Select(c => c.Name));
        Assert.Equal([0, 1, 2], goods.Columns.Select(c => c.Ordinal));
        Assert.True(goods.Watchable);
        Assert.False(catalog.Find("orders")!.Watchable);
        Assert.Equal((50, 50), (catalog.Find("orders")!.DefaultTop, catalog.Find("orders")!.MaxTop));
        Assert.Equal(["code"], catalog.Find("loose")!.Key.Select(c => c.Name));
    }

    [Fact]
    public async Task Refresh_EntriesWithoutWildcard_AreNotWatchableUnlessTheySaySo()
    {
        database.Execute("CREATE TABLE A (Id INTEGER PRIMARY KEY); CREATE TABLE B (Id INTEGER PRIMARY KEY); CREATE TABLE C (Id INTEGER PRIMARY KEY)");
        var catalog = await RefreshAsync(o =>
        {
            o.Resources["a"] = new();
            o.Resources["b"] = new() { Watch = true, Write = true };
        });
        Assert.Equal([false, true], catalog.Resources.Select(r => r.Watchable));
        Assert.Equal([false, true], catalog.Resources.Select(r => r.Writable));
    }

    [Fact]
    public async Task Refresh_MessagesAndPresence_AreOffUnlessAskedForAndNeverOfWhatCannotBeWatched()
    {
        database.Execute("CREATE TABLE A (Id INTEGER PRIMARY KEY); CREATE TABLE B (Id INTEGER PRIMARY KEY); CREATE TABLE C (Id INTEGER PRIMARY KEY); CREATE VIEW V AS SELECT * FROM A");
        Assert.All((await RefreshAsync(o => o.Resources.All = true)).Resources, r => Assert.False(r.Messages || r.Presence));

        var catalog = await RefreshAsync(o =>
        {
            o.Resources["*"] = new() { Messages = true, Presence = true };
            o.Resources["b"] = new() { Presence = false };
            o.Resources["c"] = new() { Watch = false };
        });

        Assert.Equal(["a True True", "b True False", "c False False", "v False False"], catalog.Resources.Select(r => $"{r.Name} {r.Messages} {r.Presence}"));
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => RefreshAsync(o => o.Resources["a"] = new() { Messages = true, Presence = true }));
        Assert.Equal(["RealtimeApi:Resources:a:Messages:", "RealtimeApi:Resources:a:Presence:"], error.Failures.Select(failure => failure.Split(' ')[0]));
    }

    [Fact]
    public async Task Refresh_ConfigurationThatDoesNotFit_SaysEveryMistakeAtOnce()
    {
        database.Execute("""
            CREATE TABLE T (Id INTEGER PRIMARY KEY, Name TEXT, At TEXT);
            CREATE TABLE Loose (Name TEXT);
            CREATE VIEW V AS SELECT count(*) AS N FROM T;
            """);
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => RefreshAsync(o =>
        {
            o.Resources["missing"] = new();
            o.Resources["other"] = new() { Table = "Nope" };
            o.Resources["t"] = new() { Columns = { ["Nme"] = new() { Hidden = true }, ["Id"] = new() { Hidden = true }, ["At"] = new() { Format = "never" } } };
            o.Resources["t2"] = new() { Table = "T", Key = { "Name" } };
            o.Resources["t3"] = new() { Table = "T", Columns = { ["Id"] = new() { Name = "x" }, ["Name"] = new() { Name = "X" } } };
            o.Resources["loose"] = new();
            o.Resources["v"] = new() { Watch = true, Write = true };
        }));
        string[] expected =
        [
            "RealtimeApi:Resources:missing: no table or view is called 'missing'. Name it in RealtimeApi:Resources:missing:Table; the database has 'Loose', 'T', 'V'.",
            "RealtimeApi:Resources:other:Table: there is no table or view 'Nope'. The database has 'Loose', 'T', 'V'.",
            "RealtimeApi:Resources:t:Columns:Nme: 'T' has no column of this name. It has 'Id', 'Name', 'At'.",
            "RealtimeApi:Resources:t:Columns:At:Format: 'never' is no form of dates or times.",
            "RealtimeApi:Resources:t:Columns:Id:Hidden: the column is part of the key, which every event carries.",
            "RealtimeApi:Resources:t2:Key: the database does not keep 'Name' of 'T' unique.",
            "RealtimeApi:Resources:t3:Columns:Name:Name: another column is called 'X', too.",
            "RealtimeApi:Resources:loose: the table 'Loose' has no primary key. Give it one, or name the columns of a unique index in RealtimeApi:Resources:loose:Key.",
            "RealtimeApi:Resources:v:Watch: 'V' is a view, which cannot be watched.",
            "RealtimeApi:Resources:v:Write: 'V' is a view, which cannot be written.",
            "RealtimeApi:Resources:v: nothing says by which columns the rows of the view 'V' differ.",
        ];
        Assert.Equal(expected.Length, error.Failures.Count());
        Assert.All(expected.Zip(error.Failures), pair => Assert.StartsWith(pair.First, pair.Second, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Refresh_NothingChanged_KeepsTheDefinitions()
    {
        database.Execute("CREATE TABLE A (Id INTEGER PRIMARY KEY, At DATETIME, G GUID, N TEXT COLLATE NOCASE); CREATE TABLE B (Id INTEGER PRIMARY KEY)");
        var source = Source(o => o.Resources.All = true);
        var before = await source.RefreshAsync(TestContext.Current.CancellationToken);
        database.Execute("ALTER TABLE B ADD COLUMN Name TEXT; CREATE TABLE C (Id INTEGER PRIMARY KEY)");
        var after = await source.RefreshAsync(TestContext.Current.CancellationToken);
        Assert.Same(after, source.Current);
        Assert.Same(before.Find("a"), after.Find("a"));
        Assert.NotSame(before.Find("b"), after.Find("b"));
        Assert.NotEqual(before.Find("b")!.Fingerprint, after.Find("b")!.Fingerprint);
        Assert.NotNull(after.Find("c"));
    }

    [Fact]
    public async Task Refresh_HiddenColumnIsRenamedBeneathIt_LeavesTheResourceOutInsteadOfShowingIt()
    {
        database.Execute("CREATE TABLE P (Id INTEGER PRIMARY KEY, Cost DECIMAL)");
        var source = Source(o => o.Resources["p"] = new() { Columns = { ["Cost"] = new() { Hidden = true } } });
        Assert.NotNull((await source.RefreshAsync(TestContext.Current.CancellationToken)).Find("p"));
        database.Execute("ALTER TABLE P RENAME COLUMN Cost TO InternalCost");
        Assert.Null((await source.RefreshAsync(TestContext.Current.CancellationToken)).Find("p"));
        Assert.Single(log.Entries, e => e.Level == LogLevel.Error);
        database.Execute("ALTER TABLE P RENAME COLUMN InternalCost TO Cost");
        Assert.NotNull((await source.RefreshAsync(TestContext.Current.CancellationToken)).Find("p"));
    }

    [Fact]
    public async Task Refresh_ConfiguredFormat_MakesDatesOfAnIntegerColumn()
    {
        database.Execute("CREATE TABLE T (Id INTEGER PRIMARY KEY, At INTEGER, Noted TEXT)");
        var catalog = await RefreshAsync(o =>
            o.Resources["t"] = new() { Columns = { ["At"] = new() { Format = "unixseconds" }, ["Noted"] = new() { Format = "2026-11-23T11:06:26.123Z" } } });
        Assert.Equal([FieldType.Integer, FieldType.DateTime, FieldType.DateTime], catalog.Find("t")!.Columns.Select(c => c.Type));
        Assert.Equal(new SqliteTextTime(SqliteClock.Fixed, 3, "Z"), SqliteStorage.Of(catalog.Find("t")!.Columns[2]).TextTime);
    }

    private Task<ResourceCatalog> RefreshAsync(Action<RealtimeApiOptions> configure) => Source(configure).RefreshAsync(TestContext.Current.CancellationToken);

    private CatalogSource Source(Action<RealtimeApiOptions> configure)
    {
        var options = new RealtimeApiOptions();
        configure(options);
        var logs = LoggerFactory.Create(logging => logging.AddProvider(log));
        var connections = new SqliteConnections(database.ConnectionString);
        var schema = new SqliteSchemaReader(connections, logs.CreateLogger<SqliteSchemaReader>());
        return new(new SqliteDatabase(connections, schema, null!, null!, null!, null!), Options.Create(options), logs.CreateLogger<CatalogSource>());
    }
}
