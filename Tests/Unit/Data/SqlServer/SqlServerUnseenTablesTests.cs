using System.Globalization;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Data.SqlServer;
using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;
using RealtimeApi.Tests.TestSupport.SqlServer;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.SqlServer;

/// <summary>Tables whose names, width and types are out of the ordinary: found, captured, written by any program, and shown by events as by reads.</summary>
public sealed class SqlServerUnseenTablesTests(SqlServerTestDatabase database) : IClassFixture<SqlServerTestDatabase>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Names_OfAnyKind_AreFoundCapturedAndShown()
    {
        await using var harness = new SqlServerChangeLogHarness(database.Get(), "CREATE TABLE other (id int NOT NULL PRIMARY KEY)");
        harness.Execute("IF SCHEMA_ID(N'my schema') IS NULL EXEC (N'CREATE SCHEMA [my schema]')");
        harness.Execute(""""
            CREATE TABLE [my schema].[Order Details] ([Line No] int NOT NULL PRIMARY KEY, [select] nvarchar(20) NULL, [a.b] int NULL, [it's "q"] int NULL, "x]y" int NULL, [Größe] int NULL, [名前] nvarchar(20) NULL);
            CREATE TABLE dbo.[名 и Größen] (id int NOT NULL PRIMARY KEY, v int NULL);
            CREATE TABLE dbo."it's [a] ""t""" (id int NOT NULL PRIMARY KEY, v int NULL);
            CREATE TABLE dbo.LongNames (id int NOT NULL PRIMARY KEY, ThisIsTheNameOfAColumnThatHasMoreThanSixtyThreeCharactersInItsName int NULL);
            """");
        await TellsWhatIsRead(harness, """"
            INSERT INTO [my schema].[Order Details] VALUES (1, N'a', 1, 2, 3, 4, N'山');
            UPDATE [my schema].[Order Details] SET "x]y" = 5;
            INSERT INTO dbo.[名 и Größen] VALUES (1, 1);
            INSERT INTO dbo."it's [a] ""t""" VALUES (1, 1);
            INSERT INTO dbo.LongNames VALUES (1, 1);
            """", changes: 5);
        harness.Execute("DROP TABLE [my schema].[Order Details]");
    }

    [Fact]
    public async Task Columns_BinaryXmlAndMany_AreCapturedAsTheyAreRead()
    {
        // A trigger of more than 4,000 characters.
        var many = string.Join(", ", Enumerable.Range(0, 60).Select(i => string.Create(CultureInfo.InvariantCulture, $"[Column Number {i}] decimal(12, 2) NULL")));
        await using var harness = new SqlServerChangeLogHarness(
            database.Get(), $"CREATE TABLE wide (id int NOT NULL PRIMARY KEY, fixed binary(4) NULL, bytes varbinary(max) NULL, doc xml NULL, {many}); CREATE TABLE byKey (id binary(4) NOT NULL PRIMARY KEY, v int NULL)");
        await TellsWhatIsRead(harness, """
            INSERT INTO wide (id, fixed, bytes, doc, [Column Number 59]) VALUES (1, 0x0102, 0xFF00, '<a/>', 1.5), (2, NULL, NULL, NULL, NULL);
            UPDATE wide SET fixed = 0x01020304, doc = '<a><b c="1"/> x</a>' WHERE id = 1;
            INSERT INTO byKey VALUES (0x01, 1);
            UPDATE byKey SET id = 0x02;
            UPDATE byKey SET v = 2;
            """, changes: 7);
    }

    /// <summary>Migrates, checks, and compares the items that the log tells after a script with those that are read.</summary>
    private async Task TellsWhatIsRead(SqlServerChangeLogHarness harness, string script, int changes)
    {
        using var reads = new SqlServerHarness(database.Get());
        var catalog = await reads.CatalogAsync();
        Assert.NotEmpty((await harness.Migrations.ApplyAsync(catalog, Cancellation)).Steps);
        var state = await harness.Migrations.CheckAsync(catalog, Cancellation);
        Assert.Empty(state.Steps);
        Assert.DoesNotContain(state.Warnings, static warning => warning.Contains("captured", StringComparison.Ordinal));
        // What a DBA runs once more changes nothing.
        var installed = await harness.Migrations.ScriptAsync(catalog, Cancellation);
        var log = harness.OpenAnother(autoMigrate: false);
        var start = (await log.PrepareAsync(catalog, Cancellation))!;
        await harness.ScriptAsync(installed);
        Assert.Equal(start.CaptureStarts, (await log.PrepareAsync(catalog, Cancellation))!.CaptureStarts);

        harness.Execute(script);
        var told = (await log.ReadAsync(catalog, start.Head.Position, 1 << 20, null, Cancellation)).Changes;
        Assert.Equal(changes, told.Count);
        foreach (var resource in catalog.Resources)
        {
            var items = (await reads.Items.ListAsync(QueryParser.ParseList(resource, [new("$top", "1000")]).Query, Cancellation)).Items;
            var last = new Dictionary<string, Item>();
            foreach (var change in told.Where(change => change.Resource == resource))
            {
                if (change.After is { } after)
                    last[after.Key.Text] = after;
                else
                    last.Remove(change.Before!.Key.Text);
            }

            Assert.Equal(items.ToDictionary(static item => item.Key.Text, Text), last.ToDictionary(static item => item.Key, static item => Text(item.Value)));
        }

        await harness.Migrations.RemoveAsync(Cancellation);
        Assert.False(harness.HasTraces());

        static string Text(Item item) => string.Join('|', item.Values);
    }
}
