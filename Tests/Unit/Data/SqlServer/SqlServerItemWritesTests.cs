using System.Text;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Data.SqlServer;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Resources;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.SqlServer;

public sealed class SqlServerItemWritesTests(SqlServerFixture fixture) : IClassFixture<SqlServerFixture>, IAsyncLifetime
{
    private const string Script = """
        DROP TABLE IF EXISTS dbo.Orders, dbo.[The Boxes];
        GO
        DROP TABLE IF EXISTS dbo.Customers, dbo.Guids, dbo.Guarded, dbo.Shelves, dbo.ThingsThatAreToBeWeighedBeforeTheyGo;
        GO
        CREATE TABLE dbo.Customers (Code nvarchar(5) COLLATE SQL_Latin1_General_CP1_CI_AS NOT NULL PRIMARY KEY, Name nvarchar(40) NOT NULL DEFAULT N'nobody', Email varchar(60), Pad char(4),
            CONSTRAINT UQ_Email UNIQUE (Email));
        CREATE TABLE dbo.Orders (Id int IDENTITY NOT NULL PRIMARY KEY, Customer nvarchar(5) COLLATE SQL_Latin1_General_CP1_CI_AS REFERENCES dbo.Customers (Code), Quantity int CONSTRAINT enough CHECK (Quantity > 0));
        CREATE TABLE dbo.Guids (Id uniqueidentifier NOT NULL DEFAULT NEWID() PRIMARY KEY, Note nvarchar(20));
        CREATE TABLE dbo.Guarded (Id int IDENTITY NOT NULL PRIMARY KEY, Level int);
        CREATE TABLE dbo.Shelves (Room int NOT NULL, Number int NOT NULL, CONSTRAINT [PK of shelves] PRIMARY KEY (Room, Number));
        CREATE TABLE dbo.[The Boxes] (
            [Box Id] int NOT NULL PRIMARY KEY, [Raum Ü] int, Полка int, Inside int REFERENCES dbo.[The Boxes] ([Box Id]), Label nvarchar(40) NOT NULL,
            CONSTRAINT [it's "where"] FOREIGN KEY ([Raum Ü], Полка) REFERENCES dbo.Shelves (Room, Number), CONSTRAINT [имя it's] UNIQUE (Label, [Raum Ü]));
        CREATE TABLE dbo.ThingsThatAreToBeWeighedBeforeTheyGo (Id int NOT NULL PRIMARY KEY, WeightInGramsWithoutTheWrapping int CHECK (WeightInGramsWithoutTheWrapping > 0));
        INSERT INTO dbo.Shelves VALUES (1, 2);
        INSERT INTO dbo.[The Boxes] VALUES (1, 1, 2, NULL, N'a'), (2, 1, 2, 1, N'b');
        INSERT INTO dbo.Customers (Code, Name, Email) VALUES (N'ALFKI', N'Alfred', 'a@example.org'), (N'BERGS', N'Berg', 'b@example.org');
        INSERT INTO dbo.Orders (Customer, Quantity) VALUES (N'ALFKI', 1);
        GO
        CREATE TRIGGER dbo.Guard ON dbo.Guarded AFTER INSERT, UPDATE AS
        BEGIN
            IF EXISTS (SELECT 1 FROM inserted WHERE Level > 9)
                THROW 50001, N'Levels end at 9.', 1;
            IF EXISTS (SELECT 1 FROM inserted WHERE Level = 5)
                DELETE FROM dbo.Guarded WHERE Id IN (SELECT Id FROM inserted);
            IF EXISTS (SELECT 1 FROM inserted WHERE Level = 1)
                UPDATE dbo.Guarded SET Level = 2 WHERE Id IN (SELECT Id FROM inserted);
        END;
        """;

    private ResourceCatalog catalog = new([]);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if (!TestSupport.SqlServer.TestSqlServer.IsAvailable)
            return;
        await fixture.Harness.Database.ScriptAsync(Script);
        catalog = await fixture.Harness.CatalogAsync();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Insert_OnSqlServer_HasTheKeyThatTheDatabaseMakes()
    {
        var order = await WriteAsync("orders", null, _ => Insert("orders", ("quantity", FieldValue.Of(3))));
        Assert.Equal(("2", 3L), (order.Item!.Key.Text, order.Item.Values[2].Integer));
        var guid = await WriteAsync("guids", null, _ => Insert("guids", ("note", FieldValue.Of("x"))));
        Assert.NotEqual(Guid.Empty, guid.Item!.Values[0].Guid);
        Assert.Equal("x", guid.Item.Values[1].Text);
        Assert.NotNull((await WriteAsync("orders", null, _ => Insert("orders"))).Item);
    }

    [Fact]
    public async Task Write_OnSqlServer_FindsChangesAndDeletesByKey()
    {
        var made = await WriteAsync("customers", "wolza", item => item is null ? Insert("customers", ("code", FieldValue.Of("wolza")), ("pad", FieldValue.Of("\u00e4b"))) : throw new InvalidOperationException());
        Assert.Equal(("wolza", "nobody", "\u00e4b  "), (made.Item!.Key.Text, made.Item.Values[1].Text, made.Item.Values[3].Text));
        var changed = await WriteAsync("customers", "WOLZA", item => Update("customers", ("email", FieldValue.Of("w\u00e4@example.org"))));
        Assert.Equal("w\u00e4@example.org", changed.Item!.Values[2].Text);
        var replaced = await WriteAsync("customers", "wolza", _ => new() { Kind = ItemChangeKind.Update, Values = Values("customers", ("email", FieldValue.Null)), Defaults = [catalog.Find("customers")!.Columns[1]] });
        Assert.Equal("nobody", replaced.Item!.Values[1].Text);
        Assert.Null((await WriteAsync("customers", "Wolza", _ => ItemChange.Delete)).Item);
        Assert.Equal(0, await fixture.Harness.Database.ScalarAsync<int>("SELECT COUNT(*) FROM Customers WHERE Code = N'wolza'", Cancelled));
        Assert.Null((await WriteAsync("customers", "wolza", item => item is null ? ItemChange.None : throw new InvalidOperationException())).Item);
    }

    [Fact]
    public async Task Write_AgainstAConstraintOfSqlServer_IsAConflictInTheClientsWords()
    {
        await RefusedAsync("Another item has the same 'email', which must be unique.", ["email"], "customers", "BERGS", () => Update("customers", ("email", FieldValue.Of("a@example.org"))));
        await RefusedAsync("Another item has the same 'code', which must be unique.", ["code"], "customers", null, () => Insert("customers", ("code", FieldValue.Of("alfki"))));
        await RefusedAsync("'customer' refers to something that does not exist.", ["customer"], "orders", null, () => Insert("orders", ("customer", FieldValue.Of("NONE"))));
        await RefusedAsync("Other rows refer to this item.", [], "customers", "ALFKI", () => ItemChange.Delete);
        await RefusedAsync("The values do not satisfy the database's check 'enough'.", [], "orders", null, () => Insert("orders", ("quantity", FieldValue.Of(0L))));
        await RefusedAsync("The database demands a value of 'name'.", ["name"], "customers", "BERGS", () => Update("customers", ("name", FieldValue.Null)));
        await RefusedAsync("The database refuses the write: Levels end at 9.", [], "guarded", null, () => Insert("guarded", ("level", FieldValue.Of(10))));
        await RefusedAsync(
            "Nothing was written: a trigger of the database removes the item, or changes its key, as soon as it is written.", [], "guarded", null, () => Insert("guarded", ("level", FieldValue.Of(5))));
        Assert.Equal(2L, (await WriteAsync("guarded", null, _ => Insert("guarded", ("level", FieldValue.Of(1))))).Item!.Values[1].Integer);
        Assert.Equal(1, await fixture.Harness.Database.ScalarAsync<int>("SELECT COUNT(*) FROM Guarded", Cancelled));
    }

    [Fact]
    public async Task Write_AgainstAConstraintWithAnOddName_NamesItsFields()
    {
        const string boxes = "theBoxes";
        await RefusedAsync(
            "'raumÜ' and 'полка' refer to something that does not exist.", ["raumÜ", "полка"], boxes, "1", () => Update(boxes, ("полка", FieldValue.Of(3))));
        await RefusedAsync("'inside' refers to something that does not exist.", ["inside"], boxes, "1", () => Update(boxes, ("inside", FieldValue.Of(77))));
        await RefusedAsync("Other rows refer to this item.", [], boxes, "1", () => ItemChange.Delete);
        await RefusedAsync(
            "Another item has the same 'label' and 'raumÜ', which must be unique.", ["label", "raumÜ"], boxes, "2", () => Update(boxes, ("label", FieldValue.Of("a"))));
        await RefusedAsync("Another item has the same 'boxId', which must be unique.", ["boxId"], boxes, null, () => Insert(boxes, ("boxId", FieldValue.Of(1)), ("label", FieldValue.Of("c"))));
        await RefusedAsync("The database demands a value of 'label'.", ["label"], boxes, null, () => Insert(boxes, ("boxId", FieldValue.Of(3))));
    }

    [Fact]
    public async Task Write_AgainstACheckWithoutAName_DoesNotSayWhatTheDatabaseCallsIt()
    {
        const string things = "thingsThatAreToBeWeighedBeforeTheyGo";
        await RefusedAsync(
            "The values do not satisfy a check of the database.", [], things, null, () => Insert(things, ("id", FieldValue.Of(1)), ("weightInGramsWithoutTheWrapping", FieldValue.Of(0))));
    }

    [Fact]
    public async Task Write_OfOneKeyByManyOnSqlServer_IsDoneOneAfterAnother()
    {
        var counts = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
            () => WriteAsync("orders", "1", item => Update("orders", ("quantity", FieldValue.Of(item!.Values[2].Integer + 1)))), Cancelled)));
        Assert.Equal(Enumerable.Range(2, 8).Select(n => (long)n), counts.Select(result => result.Item!.Values[2].Integer).Order());
        var made = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(
            () => WriteAsync("customers", "NEWER", item => item is null ? Insert("customers", ("code", FieldValue.Of("NEWER"))) : ItemChange.None), Cancelled)));
        Assert.All(made, result => Assert.Equal("NEWER", result.Item!.Key.Text));
    }

    [Fact]
    public async Task Write_OnceOnSqlServer_IsDoneOnceAndAnsweredTheSame()
    {
        var now = new DateTimeOffset(2026, 11, 23, 11, 6, 26, TimeSpan.Zero);
        WriteOnce Once(string request, DateTimeOffset at) => new("caller", "key", Encoding.UTF8.GetBytes(request), at, at.AddHours(-24), result => Encoding.UTF8.GetBytes("answer " + result.Item!.Key.Text));
        Task<WriteResult> Post(WriteOnce once) => WriteAsync("orders", null, _ => Insert("orders", ("quantity", FieldValue.Of(7))), once);
        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => Post(Once("a", now)));
        foreach (var (_, sql) in SqlServerLogTables.Create(await fixture.Harness.Connections.EngineAsync(Cancelled)))
            await fixture.Harness.Database.ExecuteAsync(sql, Cancelled);

        var first = await Post(Once("a", now));
        var answer = "answer " + first.Item!.Key.Text;
        Assert.Equal(answer, Encoding.UTF8.GetString((await Post(Once("a", now.AddHours(1)))).Repeated!));
        var mismatch = await Assert.ThrowsAsync<ProblemException>(() => Post(Once("b", now)));
        Assert.Equal(ProblemCodes.IdempotencyMismatch, mismatch.Code);
        var atOnce = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(() => Post(Once("a", now.AddHours(48))), Cancelled)));
        Assert.Single(atOnce, result => result.Repeated is null);
        Assert.True(await fixture.Harness.Writes.HasAnswersAsync(now.AddDays(9), Cancelled));
        Assert.Equal(1, await fixture.Harness.Writes.TrimAnswersAsync(now.AddDays(9), Cancelled));
        Assert.False(await fixture.Harness.Writes.HasAnswersAsync(now.AddDays(9), Cancelled));
    }

    [Fact]
    public void AsStored_OfWhatAColumnCannotHold_IsAnother()
    {
        var coded = SqlServerColumns.Of(new SqlServerStorage(System.Data.SqlDbType.VarChar) { Size = 4, Collation = "SQL_Latin1_General_CP1_CI_AS", CodePage = 1252 });
        Assert.True(SqlServerStored.Of(coded, FieldValue.Of("caf\u00e9")).Fits);
        Assert.False(SqlServerStored.Of(coded, FieldValue.Of("\u0416")).Fits);
        var wide = SqlServerColumns.Of(new SqlServerStorage(System.Data.SqlDbType.NVarChar) { Size = 1, Collation = "Latin1_General_CI_AS" });
        Assert.False(SqlServerStored.Of(wide, FieldValue.Of("\ud83d\ude00")).Fits);
        Assert.Equal(255, SqlServerStored.Of(SqlServerColumns.Of(System.Data.SqlDbType.TinyInt), FieldValue.Of(256)).Integer);
        Assert.Equal(0.1m, SqlServerStored.Of(SqlServerColumns.Of(System.Data.SqlDbType.Decimal, 5, 1), FieldValue.Of(0.12m)).Decimal);
    }

    private async Task RefusedAsync(string detail, string[] fields, string resource, string? key, Func<ItemChange> change)
    {
        var problem = await Assert.ThrowsAsync<ProblemException>(() => WriteAsync(resource, key, _ => change()));
        Assert.Equal((ProblemCodes.Conflict, detail), (problem.Code, problem.Message));
        Assert.Equal(fields, problem.Errors?.Keys ?? []);
    }

    private Task<WriteResult> WriteAsync(string name, string? key, Func<Item?, ItemChange> decide, WriteOnce? once = null)
    {
        var resource = catalog.Find(name) ?? throw new InvalidOperationException(fixture.Harness.Database.Name);
        return fixture.Harness.Writes.WriteAsync(
            new() { Resource = resource with { Watchable = false }, Key = key is null ? null : ItemKey.Parse(resource, key), Decide = decide, Once = once }, Cancelled);
    }

    private ItemChange Insert(string resource, params (string Field, FieldValue Value)[] values) => new() { Kind = ItemChangeKind.Insert, Values = Values(resource, values) };

    private ItemChange Update(string resource, params (string Field, FieldValue Value)[] values) => new() { Kind = ItemChangeKind.Update, Values = Values(resource, values) };

    private List<KeyValuePair<ColumnDefinition, FieldValue>> Values(string resource, params (string Field, FieldValue Value)[] values) =>
        [.. values.Select(value => KeyValuePair.Create(catalog.Find(resource)!.FindColumn(value.Field)!, value.Value))];
}
