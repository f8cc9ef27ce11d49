using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Data.Sqlite;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;
using RealtimeApi.Server.Writing;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.Sqlite;

/// <summary>What the log says of values that no filter finds.</summary>
public sealed partial class SqliteMisfitsTests : IDisposable
{
    // The column is taken to hold what the first rows do.
    private const string Mixed = """
        CREATE TABLE Invoice (Id INTEGER PRIMARY KEY, InvoiceDate DATETIME);
        INSERT INTO Invoice (InvoiceDate) VALUES ('2022-02-18 00:00:00'), ('2022-02-19 00:00:00'), ('2025-07-01T09:41:57Z'), ('2025-07-02T09:41:57Z');
        """;

    private readonly TempDatabase database = new();
    private readonly CapturedLog log = new();
    private readonly ILoggerFactory logs;
    private readonly SqliteConnections connections;
    private readonly SqliteMisfits misfits;
    private readonly SqliteItemReader items;

    public SqliteMisfitsTests()
    {
        logs = LoggerFactory.Create(logging => logging.AddProvider(log));
        connections = new(database.ConnectionString);
        misfits = new(logs.CreateLogger<SqliteMisfits>());
        items = new(connections, misfits);
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        connections.Clear();
        logs.Dispose();
        database.Dispose();
    }

    [Fact]
    public async Task List_DatesInTwoForms_WarnsOnceOfTheColumnWithoutTheValue()
    {
        database.Execute(Mixed);
        var resource = await DefineAsync();
        await ListAsync(resource);
        await ListAsync(resource);
        await items.FindAsync(resource, ItemKey.Parse(resource, "4")!, Cancelled);
        var warning = Assert.Single(log.Entries);
        Assert.Equal((LogLevel.Warning, "Misfit"), (warning.Level, warning.Id.Name));
        Assert.StartsWith(
            "invoice.invoiceDate holds dates and times as 2026-11-23 11:06:26, but a value was read that is written as 2026-11-23T11:06:26Z.", warning.Message, StringComparison.Ordinal);
        Assert.Contains("Columns:InvoiceDate:Format", warning.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("2025", warning.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("09:41", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_ValueInAnotherForm_Warns()
    {
        database.Execute(Mixed);
        var resource = await DefineAsync();
        await items.FindAsync(resource, ItemKey.Parse(resource, "1")!, Cancelled);
        Assert.Empty(log.Entries);
        await items.FindAsync(resource, ItemKey.Parse(resource, "3")!, Cancelled);
        Assert.Single(log.Entries);
    }

    [Fact]
    public async Task Write_ItemWithAValueInAnotherForm_Warns()
    {
        database.Execute(Mixed);
        var resource = await DefineAsync();
        using var writes = new SqliteItemWrites(connections, TimeProvider.System, misfits, NullLogger<SqliteItemWrites>.Instance);
        await writes.WriteAsync(new() { Resource = resource, Key = ItemKey.Parse(resource, "3"), Decide = static _ => ItemChange.None }, Cancelled);
        Assert.Single(log.Entries);
    }

    [Theory]
    [InlineData("INSERT INTO Invoice (InvoiceDate) VALUES ('2025-07-03T09:41:57Z')")]
    [InlineData("UPDATE Invoice SET InvoiceDate = '2025-07-03T09:41:57Z' WHERE Id = 1")]
    [InlineData("DELETE FROM Invoice WHERE Id = 3")]
    public async Task Follow_ChangeOfAValueInAnotherForm_Warns(string change)
    {
        database.Execute(Mixed);
        var resource = await DefineAsync();
        using var changes = new SqliteChangeLog(connections, TimeProvider.System, misfits, NullLogger<SqliteChangeLog>.Instance);
        var catalog = new ResourceCatalog([resource]);
        await changes.PrepareAsync(catalog, Cancelled);
        database.Execute("UPDATE Invoice SET InvoiceDate = '2022-02-20 00:00:00' WHERE Id = 2");
        Assert.Single((await changes.ReadAsync(catalog, default, int.MaxValue, null, Cancelled)).Changes);
        Assert.Empty(log.Entries);
        database.Execute(change);
        Assert.Equal(2, (await changes.ReadAsync(catalog, default, int.MaxValue, null, Cancelled)).Changes.Count);
        Assert.Single(log.Entries);
    }

    [Fact]
    public async Task List_EveryValueFits_SaysNothing()
    {
        database.Execute("""
            CREATE TABLE T (id INTEGER PRIMARY KEY, a DATETIME, b DATE, c TIME, d INT, e TEXT, f BLOB, g BOOLEAN, h DECIMAL, i GUID);
            INSERT INTO T VALUES (1, '2022-02-18 00:00:00', '2022-02-18', '11:06:26', 5, 'x', x'00', 1, 1.5, '0D9F8C2E-1A2B-4C3D-8E4F-5A6B7C8D9E0F'), (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
            """);
        Assert.Equal(2, (await ListAsync(await DefineAsync())).Items.Count);
        Assert.Empty(log.Entries);
    }

    [Theory]
    [InlineData("DATETIME", "'2022-02-18 00:00:00'", "'2025-07-01T09:41:57.120Z'", "dates and times as 2026-11-23 11:06:26", "written as 2026-11-23T11:06:26.120Z")]
    [InlineData("DATETIME", "'2022-02-18 00:00:00'", "'2025-07-01 09:41'", "dates and times as 2026-11-23 11:06:26", "written as 2026-11-23 11:06")]
    [InlineData("DATETIME", "'2022-02-18T10:00:00.345Z'", "'2025-07-01'", "dates and times as 2026-11-23T11:06:26.123Z", "written as 2026-11-23")]
    [InlineData("DATETIME", "'2022-02-18T10:00:00Z'", "'2025-07-01T09:41:57-05:30'", "dates and times as 2026-11-23T11:06:26Z", "written as 2026-11-23T11:06:26-02:00")]
    [InlineData("DATETIME", "1700000000", "'2025-07-01 09:41:57'", "dates and times as UnixSeconds", "written as 2026-11-23 11:06:26")]
    [InlineData("DATETIME", "'2022-02-18 00:00:00'", "1700000000", "dates and times as 2026-11-23 11:06:26", "an integer")]
    [InlineData("DATETIME", "'2022-02-18 00:00:00'", "2460000.5", "dates and times as 2026-11-23 11:06:26", "a real number")]
    [InlineData("DATETIME", "'2022-02-18 00:00:00'", "''", "dates and times as 2026-11-23 11:06:26", "an empty text")]
    [InlineData("DATETIME", "'2022-02-18 00:00:00'", "'0000-00-00 00:00:00'", "dates and times as 2026-11-23 11:06:26", "a date or time that does not exist")]
    [InlineData("DATETIME", "'2022-02-18 00:00:00'", "'2022-02-18 24:00:00'", "dates and times as 2026-11-23 11:06:26", "a date or time that does not exist")]
    [InlineData("DATE", "'2022-02-18'", "'31/12/1999'", "dates as 2026-11-23", "a text of the shape 00/00/0000")]
    [InlineData("DATE", "'2022-02-18'", "'Ann Smith'", "dates as 2026-11-23", "a text")]
    [InlineData("DATE", "'2022-02-18 00:00:00'", "'2022-02-18 09:41:57'", "dates as 2026-11-23 00:00:00", "written as 2026-11-23 11:06:26")]
    [InlineData("TIME", "'09:00:00'", "'09:41'", "times as 11:06:26", "written as 11:06")]
    [InlineData("INTEGER", "5", "'31.50 EUR'", "integers", "a text")]
    [InlineData("DECIMAL", "5", "'1,000'", "numbers", "a text")]
    [InlineData("BOOLEAN", "1", "2", "booleans as 0 and 1", "an integer")]
    [InlineData("TEXT", "'x'", "x'78'", "texts", "a blob")]
    [InlineData("BLOB", "x'78'", "'x'", "blobs", "a text")]
    [InlineData("GUID", "'0d9f8c2e-1a2b-4c3d-8e4f-5a6b7c8d9e0f'", "'0D9F8C2E-1A2B-4C3D-8E4F-5A6B7C8D9E0F'", "GUIDs as text in lower case", "a GUID as text in another form")]
    [InlineData("GUID", "x'0d9f8c2e1a2b4c3d8e4f5a6b7c8d9e0f'", "'none'", "GUIDs as blobs of 16 bytes", "a text")]
    public async Task List_ValueThatDoesNotFit_NamesBothForms(string declaration, string usual, string other, string form, string otherForm)
    {
        database.Execute($"CREATE TABLE T (id INTEGER PRIMARY KEY, x {declaration}); INSERT INTO T (x) VALUES ({usual}), ({usual})");
        var resource = await DefineAsync();
        database.Execute($"INSERT INTO T (x) VALUES ({other})");
        await ListAsync(resource);
        Assert.StartsWith($"t.x holds {form}, but a value was read that is {otherForm}. ", Assert.Single(log.Entries).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DATETIME", "'2022-02-18 00:00:00'", "'2025-07-01T09:41:57Z'", "2025-07-01 09:41:57")]
    [InlineData("DATETIME", "'2022-02-18 00:00:00'", "'2025-07-01T09:41:57.120Z'", "2025-07-01 09:41:57.12")]
    [InlineData("DATETIME", "'2022-02-18 00:00:00'", "'2025-07-01T09:41:57.000Z'", "2025-07-01 09:41:57")]
    [InlineData("DATETIME", "'2022-02-18 00:00:00'", "'2025-07-01T01:41:57+02:00'", "2025-06-30 23:41:57")]
    [InlineData("DATETIME", "'2022-02-18 00:00:00'", "'2025-07-01'", "2025-07-01 00:00:00")]
    [InlineData("DATETIME", "'2022-02-18T10:00:00.345Z'", "'2025-07-01 09:41:57'", "2025-07-01T09:41:57.000Z")]
    [InlineData("DATETIME", "'2022-02-18T10:00:00.345678Z'", "'2025-07-01 09:41:57'", "2025-07-01T09:41:57.000000Z")]
    [InlineData("DATETIME", "'2022-02-18T10:00:00.345678Z'", "'2025-07-01 09:41:57.5'", "2025-07-01T09:41:57.500000Z")]
    [InlineData("DATETIME", "'2022-02-18 10:00:00+00:00'", "'2025-07-01 09:41:57.5'", "2025-07-01 09:41:57.5+00:00")]
    [InlineData("DATETIME", "'2022-02-18 10:00'", "'2025-07-01T09:41Z'", "2025-07-01 09:41")]
    [InlineData("DATETIME", "1700000000", "'2025-07-01T09:41:57Z'", "1751362917")]
    [InlineData("DATETIME", "1700000000123", "'2025-07-01T09:41:57Z'", "1751362917000")]
    [InlineData("DATETIME", "2460000.25", "'2025-07-01T12:00:00.000Z'", "2460858")]
    [InlineData("DATE", "'2022-02-18 00:00:00'", "'2025-07-01'", "2025-07-01 00:00:00")]
    [InlineData("TIME", "'09:00:00'", "'09:41'", "09:41:00")]
    public async Task Update_ThatTheWarningNames_MakesTheValueOneOfTheColumns(string declaration, string usual, string other, string stored)
    {
        database.Execute($"CREATE TABLE \"The `T`\" (id INTEGER PRIMARY KEY, \"it's\" {declaration}); INSERT INTO \"The `T`\" (\"it's\") VALUES ({usual}), ({usual}), ({other}), ('none')");
        var resource = await DefineAsync();
        Assert.False((await ListAsync(resource)).Items[2].Values[1].Fits);
        database.Execute(Statement().Match(Assert.Single(log.Entries).Message).Groups["sql"].Value);
        Assert.Equal(stored, database.Execute("SELECT CAST(\"it's\" AS TEXT) FROM \"The `T`\" WHERE id = 3"));
        Assert.Equal([true, true, true, false], (await ListAsync(resource)).Items.Select(item => item.Values[1].Fits));
    }

    [Theory]
    [InlineData("DATE", "'2022-02-18'", "'2025-07-01 09:41:57'")]
    [InlineData("DATETIME", "'2022-02-18 10:00'", "'2025-07-01 09:41:57'")]
    [InlineData("DATETIME", "'2022-02-18T10:00:00Z'", "'2025-07-01 09:41:57.5'")]
    [InlineData("DATETIME", "'2022-02-18 10:00:00'", "'2025-07-01T09:41:57.1234560Z'")]
    [InlineData("DATETIME", "'2022-02-18 10:00:00'", "'2025-07-01t09:41:57'")]
    [InlineData("DATETIME", "'2022-02-18 10:00:00'", "'2025-07-01T09:41:57+0200'")]
    [InlineData("DATETIME", "'2022-02-18 10:00:00'", "'2025-02-30T09:41:57Z'")]
    [InlineData("DATETIME", "'2022-02-18 10:00:00'", "'09:41:57'")]
    [InlineData("DATETIME", "1700000000", "'2025-07-01 09:41:57.5'")]
    [InlineData("DATETIME GENERATED ALWAYS AS (y)", "'2022-02-18 10:00:00'", "'2025-07-01T09:41:57Z'")]
    [InlineData("TIME", "'09:00:00'", "'09:41:57+02:00'")]
    [InlineData("TIME", "'09:00:00'", "'2025-07-01 09:41:57'")]
    public async Task Warning_ValueThatSqliteCannotTurnWithoutLoss_NamesNoUpdate(string declaration, string usual, string other)
    {
        var written = declaration.Contains("GENERATED", StringComparison.Ordinal) ? "y" : "x";
        database.Execute($"CREATE TABLE T (id INTEGER PRIMARY KEY, x {declaration}, y); INSERT INTO T ({written}) VALUES ({usual}), ({usual}), ({other})");
        await ListAsync(await DefineAsync());
        var message = Assert.Single(log.Entries).Message;
        Assert.Contains("Write all values in one form, or name", message, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\(for those of this form: (?<sql>UPDATE .*)\), or name", RegexOptions.ExplicitCapture)]
    private static partial Regex Statement();

    private Task<ItemPage> ListAsync(ResourceDefinition resource) => items.ListAsync(QueryParser.ParseList(resource, []).Query, Cancelled);

    private async Task<ResourceDefinition> DefineAsync()
    {
        var options = new RealtimeApiOptions();
        options.Resources.All = true;
        var schema = new SqliteSchemaReader(connections, NullLogger<SqliteSchemaReader>.Instance);
        var source = new CatalogSource(new SqliteDatabase(connections, schema, items, null!, null!, null!), Options.Create(options), NullLogger<CatalogSource>.Instance);
        return (await source.RefreshAsync(Cancelled)).Resources.Single();
    }
}
