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

    [Fact]
    public async Task Keys_OfPointsInTimeWrittenWithAnotherOffset_AreOtherKeys()
    {
        await using var harness = new SqlServerChangeLogHarness(
            database.Get(), "CREATE TABLE hours (at datetimeoffset(3) NOT NULL, kind decimal(9, 3) NOT NULL, v int NULL, PRIMARY KEY (at, kind))");
        await TellsWhatIsRead(harness, """
            INSERT INTO hours VALUES ('2024-01-01T00:00:00.5+00:00', 1.5, 1), ('2024-01-02T00:00:00+05:30', 2, 2);
            UPDATE hours SET at = SWITCHOFFSET(at, '+02:00');
            UPDATE hours SET at = SWITCHOFFSET(at, '+02:00'), v = v + 1;
            """, changes: 8);
    }

    [Fact]
    public async Task Keys_WrittenThroughAView_AreOtherKeys()
    {
        await using var harness = new SqlServerChangeLogHarness(database.Get(), "CREATE TABLE viewed (id int NOT NULL PRIMARY KEY, v int NULL)");
        harness.Execute("CREATE VIEW seen AS SELECT id AS x, v AS y FROM viewed");
        await TellsWhatIsRead(harness, """
            INSERT INTO viewed VALUES (1, 1), (2, 2);
            UPDATE seen SET x = x + 10;
            UPDATE seen SET y = y + 1 WHERE x = 11;
            DELETE FROM seen WHERE x = 12;
            """, changes: 2 + 4 + 1 + 1);
        harness.Execute("DROP VIEW seen");
    }

    [Fact]
    public async Task Rows_ThatFollowSeveralOfAnotherTable_AreLoggedOnce()
    {
        await using var harness = new SqlServerChangeLogHarness(database.Get(), """
            CREATE TABLE parents (id int NOT NULL PRIMARY KEY, v int NULL);
            CREATE TABLE children (parent int NOT NULL REFERENCES parents (id) ON DELETE CASCADE ON UPDATE CASCADE, line int NOT NULL, v int NULL, PRIMARY KEY (parent, line));
            CREATE TABLE guests (id int NOT NULL PRIMARY KEY, parent int NULL REFERENCES parents (id) ON DELETE SET NULL ON UPDATE CASCADE);
            """);
        // 4 parents, 8 children and 8 guests are made.
        await TellsWhatIsRead(harness, """
            INSERT INTO parents VALUES (1, 1), (2, 1), (3, 1), (4, 1);
            INSERT INTO children VALUES (1, 1, 1), (1, 2, 1), (2, 1, 1), (2, 2, 1), (3, 1, 1), (3, 2, 1), (4, 1, 1), (4, 2, 1);
            INSERT INTO guests SELECT parent * 10 + line, parent FROM children;
            UPDATE parents SET id = id + 10 WHERE id <= 3;
            DELETE FROM parents WHERE id IN (11, 12);
            BEGIN TRANSACTION;
            DELETE FROM children WHERE parent = 4;
            INSERT INTO children VALUES (4, 1, 1), (4, 2, 1);
            DELETE FROM children WHERE parent = 4;
            INSERT INTO children VALUES (4, 1, 1), (4, 2, 1);
            UPDATE children SET v = CASE WHEN line = 1 THEN v ELSE v + 1 END WHERE parent = 4;
            UPDATE children SET v = CASE WHEN line = 1 THEN v ELSE v + 1 END WHERE parent = 4;
            UPDATE children SET v = CASE WHEN line = 1 THEN v ELSE v - 1 END WHERE parent = 4;
            UPDATE children SET v = CASE WHEN line = 1 THEN v ELSE v + 1 END WHERE parent = 4;
            DELETE FROM parents WHERE id IN (4, 13);
            COMMIT;
            """, changes: 20 + (6 + 12 + 6) + (2 + 4 + 4) + 8 + 4 + (2 + 4 + 4));
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
        Assert.Equal(changes, harness.Scalar<int>("SELECT COUNT(*) FROM realtime.ChangeLog WHERE [Op] <> 0"));
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
