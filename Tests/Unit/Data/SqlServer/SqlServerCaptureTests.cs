using Microsoft.Data.SqlClient;
using RealtimeApi.Server.Data.SqlServer;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Resources;
using RealtimeApi.Tests.TestSupport.SqlServer;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.SqlServer;

/// <summary>What triggers capture on a server, and what they leave as it was.</summary>
public sealed class SqlServerCaptureTests(SqlServerTestDatabase database) : IClassFixture<SqlServerTestDatabase>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Update_ThatSwapsKeys_GivesBothRowsTheirChange()
    {
        await using var harness = new SqlServerChangeLogHarness(database.Get());
        harness.Execute("INSERT INTO orders (id, status, total) VALUES (1, 'one', 1), (3, 'three', 3)");
        var start = await harness.PrepareAsync();
        harness.Execute("UPDATE orders SET id = id + 1");
        Assert.Equal(
            ["orders - {1,one,1}", "orders - {3,three,3}", "orders + {2,one,1}", "orders + {4,three,3}"],
            (await harness.ReadAsync(start.Head.Position)).OrderBy(static line => line[7] == '-' ? 0 : 1).ThenBy(static line => line, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Update_OfAKeyInCaseOnly_IsADeletionAndACreation()
    {
        await using var harness = new SqlServerChangeLogHarness(database.Get(), "CREATE TABLE words (id nvarchar(40) NOT NULL PRIMARY KEY, note nvarchar(40) NULL)");
        harness.Execute("INSERT INTO words VALUES (N'Älter', 'a')");
        var start = (await harness.Log.PrepareAsync(new([harness.Define("words")]), Cancellation))!;
        harness.Execute("UPDATE words SET id = N'älter '");
        harness.Execute("UPDATE words SET note = 'A'");
        harness.Execute("UPDATE words SET note = 'A'");
        var page = await harness.Log.ReadAsync(new([harness.Define("words")]), start.Head.Position, 1 << 20, null, Cancellation);
        Assert.Equal(
            ["words - {Älter,a}", "words + {älter ,a}", "words {älter ,a} > {älter ,A}"], page.Changes.Select(Specifications.ChangeLogHarness.Describe));
    }

    [Fact]
    public async Task Cascade_FromSeveralRows_IsInTheLogOnce()
    {
        await using var harness = new SqlServerChangeLogHarness(
            database.Get(),
            """
            CREATE TABLE words (id nvarchar(20) NOT NULL PRIMARY KEY);
            CREATE TABLE children (id int NOT NULL PRIMARY KEY, word nvarchar(20) NULL REFERENCES words (id) ON DELETE CASCADE ON UPDATE CASCADE);
            CREATE TABLE strays (word nvarchar(20) NOT NULL PRIMARY KEY REFERENCES words (id) ON UPDATE CASCADE ON DELETE CASCADE, note nvarchar(20) NULL);
            CREATE TABLE toys (id int NOT NULL PRIMARY KEY, child int NULL REFERENCES children (id) ON DELETE SET NULL);
            """);
        await harness.Log.PrepareAsync(new([.. new[] { "children", "toys" }.Select(table => harness.Define(table)), harness.Define("strays", true, "word")]), Cancellation);
        await AssertLoggedAsync(
            harness,
            "INSERT INTO words VALUES (N'a'), (N'b'), (N'c'); INSERT INTO children VALUES (1, N'a'), (2, N'a'), (3, N'b'), (4, N'c'); INSERT INTO toys VALUES (1, 1), (2, 3); INSERT INTO strays VALUES (N'a', N'1'), (N'b', N'2')",
            "children + 4", "strays + 2", "toys + 2");
        await AssertLoggedAsync(harness, "UPDATE words SET id = id + N'x'", "children ~ 4", "strays + 2", "strays - 2");
        await AssertLoggedAsync(harness, "UPDATE words SET id = id + N'y'; UPDATE words SET id = LEFT(id, 2)", "children ~ 8", "strays + 4", "strays - 4");
        // Whatever is said once more because it has happened once more must stay.
        await AssertLoggedAsync(
            harness,
            """
            BEGIN TRANSACTION;
            UPDATE words SET id = id + N'y'; UPDATE words SET id = LEFT(id, 2); UPDATE words SET id = id + N'y'; UPDATE words SET id = LEFT(id, 2);
            DELETE FROM words WHERE id <> N'cx'; INSERT INTO words VALUES (N'ax'), (N'bx'); INSERT INTO children VALUES (1, N'ax'), (2, N'ax'), (3, N'bx'); INSERT INTO strays VALUES (N'ax', N'1'), (N'bx', N'2');
            UPDATE toys SET child = 1 WHERE id = 1; UPDATE toys SET child = 3 WHERE id = 2;
            DELETE FROM words WHERE id <> N'cx';
            COMMIT;
            """,
            "children + 3", "children - 6", "children ~ 16", "strays + 10", "strays - 12", "toys ~ 6");
        // A key that was deleted is another row's then, and is deleted again.
        await AssertLoggedAsync(
            harness,
            """
            INSERT INTO words VALUES (N'a'), (N'b'); INSERT INTO strays VALUES (N'a', N'1'), (N'b', N'1');
            BEGIN TRANSACTION;
            DELETE FROM words WHERE id = N'a'; UPDATE words SET id = N'a' WHERE id = N'b'; DELETE FROM words WHERE id = N'a';
            COMMIT;
            """,
            "strays + 3", "strays - 3");
        // What was rolled back has not been said.
        await AssertLoggedAsync(
            harness,
            """
            INSERT INTO words VALUES (N'a'), (N'b'); INSERT INTO children VALUES (1, N'a'), (2, N'b');
            BEGIN TRANSACTION;
            DELETE FROM words WHERE id IN (N'a', N'b');
            ROLLBACK;
            BEGIN TRANSACTION;
            SAVE TRANSACTION here;
            DELETE FROM words WHERE id IN (N'a', N'b');
            ROLLBACK TRANSACTION here;
            DELETE FROM words WHERE id IN (N'a', N'b');
            COMMIT;
            """,
            "children + 2", "children - 2");
    }

    [Fact]
    public async Task Cascade_ByTwoWays_IsInTheLogOnce()
    {
        await using var harness = new SqlServerChangeLogHarness(database.Get(), "");
        Assert.SkipUnless(harness.Engine.RepeatsCascades, "SQL Server allows one way only.");
        harness.Execute(
            """
            CREATE TABLE words (id int NOT NULL PRIMARY KEY);
            CREATE TABLE children (id int NOT NULL PRIMARY KEY, word int NULL REFERENCES words (id) ON DELETE CASCADE);
            CREATE TABLE toys (id int NOT NULL PRIMARY KEY, child int NULL REFERENCES children (id) ON DELETE CASCADE, word int NULL REFERENCES words (id) ON DELETE CASCADE);
            """);
        await harness.Log.PrepareAsync(new([.. new[] { "children", "toys" }.Select(table => harness.Define(table))]), Cancellation);
        harness.Execute("INSERT INTO words VALUES (1), (2), (3); INSERT INTO children VALUES (1, 1), (2, 1), (3, 2); INSERT INTO toys VALUES (1, 1, NULL), (2, NULL, 1), (3, 3, 2), (4, NULL, 2), (5, 2, 3)");
        await AssertLoggedAsync(harness, "DELETE FROM words WHERE id < 3", "children - 3", "toys - 5");
    }

    [Fact]
    public async Task Trigger_ForTheWriter_ChangesNothingThatItSees()
    {
        await using var harness = new SqlServerChangeLogHarness(
            database.Get(), "CREATE TABLE notes (id int IDENTITY(10, 1) NOT NULL PRIMARY KEY, text nvarchar(40) NULL)");
        var catalog = new ResourceCatalog([harness.Define("notes")]);
        var start = (await harness.Log.PrepareAsync(catalog, Cancellation))!;
        await using var connection = await harness.ConnectAsync();
        // Babelfish counts every sequence that is drawn from in @@IDENTITY, the log's, too.
        Assert.Equal(
            [(2, 11m, harness.Engine.IsBabelfish ? 3m : 11m)],
            await connection.RowsAsync(
                null,
                "INSERT INTO notes (text) VALUES ('a'), ('b'); SELECT @@ROWCOUNT, CAST(SCOPE_IDENTITY() AS decimal(20, 0)), CAST(@@IDENTITY AS decimal(20, 0));",
                static row => (row.GetInt32(0), row.GetDecimal(1), row.GetDecimal(2)),
                Cancellation));
        Assert.Equal(2, await connection.RunAsync(null, "UPDATE notes SET text = 'c'", Cancellation));
        Assert.Equal(1, await connection.RunAsync(null, "SET ROWCOUNT 1; DELETE FROM notes; SET ROWCOUNT 0;", Cancellation));
        Assert.Equal(0, await connection.RunAsync(null, "DELETE FROM notes WHERE id = 99", Cancellation));
        var page = await harness.Log.ReadAsync(catalog, start.Head.Position, 1 << 20, null, Cancellation);
        Assert.Equal(5, page.Changes.Count);
    }

    [Fact]
    public async Task Actor_OfTheSession_IsInTheLog()
    {
        await using var harness = new SqlServerChangeLogHarness(database.Get());
        await harness.PrepareAsync();
        harness.Execute("EXEC sp_set_session_context N'realtime.actor', N'ann'; INSERT INTO orders (id) VALUES (1); EXEC sp_set_session_context N'realtime.actor', NULL;");
        harness.Execute("INSERT INTO orders (id) VALUES (2);");
        Assert.Equal(["ann", null], harness.Rows("SELECT [Actor] FROM [realtime].[ChangeLog] WHERE [Op] = 1 ORDER BY [Position]", static row => row.IsDBNull(0) ? null : row.GetString(0)));
    }

    [Fact]
    public async Task Trigger_ThatIsDisabledOrGone_IsMadeAnewWithAMark()
    {
        await using var harness = new SqlServerChangeLogHarness(database.Get());
        var first = await harness.PrepareAsync();
        var name = SqlServerCaptureId.TriggersOf(SqlServerCaptureId.Of(harness.Define("orders")));
        harness.Execute($"DISABLE TRIGGER [{name}insert] ON orders");
        var second = await harness.PrepareAsync();
        Assert.True(second.CaptureStarts["orders"] > first.CaptureStarts["orders"]);
        Assert.Equal(first.CaptureStarts["customers"], second.CaptureStarts["customers"]);
        harness.Execute($"DROP TRIGGER [{name}update]");
        var third = await harness.PrepareAsync();
        Assert.True(third.CaptureStarts["orders"] > second.CaptureStarts["orders"]);
        harness.Execute("INSERT INTO orders (id) VALUES (1); UPDATE orders SET status = 'x'");
        Assert.Equal(["orders + {1,null,null}", "orders {1,null,null} > {1,x,null}"], await harness.ReadAsync(third.Head.Position));
    }

    [Fact]
    public async Task Row_ThatIsCreatedAgainAfterAMark_IsACreation()
    {
        await using var harness = new SqlServerChangeLogHarness(database.Get());
        var first = await harness.PrepareAsync();
        harness.Execute("INSERT INTO orders (id, status, total) VALUES (1, 'a', 1)");
        harness.Execute("DISABLE TRIGGER ALL ON orders");
        harness.Execute("DELETE FROM orders");
        await harness.PrepareAsync();
        harness.Execute("INSERT INTO orders (id, status, total) VALUES (1, 'a', 1)");

        // Who watches from the mark on has not seen the first.
        Assert.Equal(["orders + {1,a,1}", "orders + {1,a,1}"], await harness.ReadAsync(first.Head.Position));
    }

    [Fact]
    public async Task Prepare_OfAServerThatMayNotMigrate_SaysWhatIsMissingAndHowToMakeIt()
    {
        await using var harness = new SqlServerChangeLogHarness(database.Get());
        var log = harness.OpenAnother(autoMigrate: false);
        var refusal = await Assert.ThrowsAsync<RealtimeApiStartException>(() => log.PrepareAsync(harness.Catalog(), Cancellation));
        Assert.Contains("migrate", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("realtime.ChangeLog is missing", refusal.Message, StringComparison.Ordinal);
        Assert.False(harness.HasTraces());

        var done = await harness.Migrations.ApplyAsync(harness.Catalog("orders"), Cancellation);
        Assert.Contains("The changes of dbo.orders (orders) are not captured: its triggers have not been made.", done.Steps);
        refusal = await Assert.ThrowsAsync<RealtimeApiStartException>(() => log.PrepareAsync(harness.Catalog(), Cancellation));
        Assert.Contains("The changes of dbo.customers (customers) are not captured", refusal.Message, StringComparison.Ordinal);

        await harness.Migrations.ApplyAsync(harness.Catalog(), Cancellation);
        var state = await log.PrepareAsync(harness.Catalog(), Cancellation);
        harness.Execute("INSERT INTO orders (id) VALUES (1)");
        Assert.Equal(["orders + {1,null,null}"], await harness.ReadAsync(state!.Head.Position));
    }

    [Fact]
    public async Task Prepare_WhileRunningWithoutTheRightToMigrate_EndsACaptureThatWasSwitchedOff()
    {
        await using var harness = new SqlServerChangeLogHarness(database.Get());
        await harness.Migrations.ApplyAsync(harness.Catalog(), Cancellation);
        var log = harness.OpenAnother(autoMigrate: false);
        Assert.Contains("orders", (await log.PrepareAsync(harness.Catalog(), Cancellation))!.CaptureStarts.Keys);
        harness.Execute("DISABLE TRIGGER ALL ON orders");
        Assert.DoesNotContain("orders", (await log.PrepareAsync(harness.Catalog(), Cancellation))!.CaptureStarts.Keys);

        // That it is on again does not bring back what was written in between.
        harness.Execute("ENABLE TRIGGER ALL ON orders");
        var still = (await log.PrepareAsync(harness.Catalog(), Cancellation))!;
        Assert.Equal(["customers"], still.CaptureStarts.Keys);
        await harness.Migrations.ApplyAsync(harness.Catalog(), Cancellation);
        Assert.True((await log.PrepareAsync(harness.Catalog(), Cancellation))!.CaptureStarts["orders"] > still.Head.Position);
    }

    [Fact]
    public async Task Migration_CheckedAppliedAndRemoved_LeavesNothing()
    {
        await using var harness = new SqlServerChangeLogHarness(database.Get());
        Assert.NotEmpty((await harness.Migrations.CheckAsync(harness.Catalog(), Cancellation)).Steps);
        Assert.False(harness.HasTraces());
        Assert.NotEmpty((await harness.Migrations.ApplyAsync(harness.Catalog(), Cancellation)).Steps);
        Assert.Empty((await harness.Migrations.CheckAsync(harness.Catalog(), Cancellation)).Steps);
        Assert.Empty((await harness.Migrations.ApplyAsync(harness.Catalog(), Cancellation)).Steps);
        Assert.Equal(["The changes of 'customers' are still captured, but it is not watched any more."], (await harness.Migrations.CheckAsync(harness.Catalog("orders"), Cancellation)).Steps);
        Assert.NotEmpty((await harness.Migrations.RemoveAsync(Cancellation)).Steps);
        Assert.False(harness.HasTraces());
        Assert.Empty((await harness.Migrations.RemoveAsync(Cancellation)).Steps);
        harness.Execute("INSERT INTO orders (id) VALUES (1)");
    }

    [Fact]
    public async Task Scripts_RunByATool_InstallOnceAndRemoveAll()
    {
        await using var harness = new SqlServerChangeLogHarness(database.Get());
        var script = await harness.Migrations.ScriptAsync(harness.Catalog(), Cancellation);
        await harness.ScriptAsync(script);
        Assert.Empty((await harness.Migrations.CheckAsync(harness.Catalog(), Cancellation)).Steps);
        var log = harness.OpenAnother(autoMigrate: false);
        var first = (await log.PrepareAsync(harness.Catalog(), Cancellation))!;
        await harness.ScriptAsync(script);
        Assert.Equal(first.CaptureStarts, (await log.PrepareAsync(harness.Catalog(), Cancellation))!.CaptureStarts);
        harness.Execute("INSERT INTO orders (id) VALUES (1)");
        Assert.Equal(["orders + {1,null,null}"], await harness.ReadAsync(first.Head.Position));
        await harness.ScriptAsync(await harness.Migrations.ScriptAsync(harness.Catalog("customers"), Cancellation));
        Assert.Equal(["customers"], (await log.PrepareAsync(harness.Catalog("customers"), Cancellation))!.CaptureStarts.Keys);
        await harness.ScriptAsync(await harness.Migrations.ScriptRemovalAsync(Cancellation));
        Assert.False(harness.HasTraces());
    }

    [Fact]
    public async Task Script_OfWhichABatchFails_ChangesNothing()
    {
        await using var harness = new SqlServerChangeLogHarness(database.Get());
        var script = await harness.Migrations.ScriptAsync(harness.Catalog(), Cancellation);
        var broken = script.Replace("GRANT SELECT ON [dbo].[orders]", "GRANT SELECT ON [dbo].[gone]", StringComparison.Ordinal);
        await using var connection = await harness.ConnectAsync();
        foreach (var batch in TSqlText.Batches(broken))
        {
            try
            {
                await connection.RunAsync(null, batch, Cancellation);
            }
            catch (SqlException)
            {
                // A tool goes on with the next one.
            }
        }

        Assert.False(harness.HasTraces());
    }

    /// <summary>Runs statements and compares how many rows of the log they have written, by table and kind.</summary>
    private static async Task AssertLoggedAsync(SqlServerChangeLogHarness harness, string sql, params string[] expected)
    {
        var before = harness.Scalar<long>("SELECT COALESCE(MAX(CONVERT(bigint, [Position])), 0) FROM [realtime].[ChangeLog]");
        await harness.ExecuteAsync(sql);
        var logged = harness.Rows(
            $"""
            SELECT CAST(c.[Resource] AS nvarchar(100)) + N' ' + CASE l.[Op] WHEN 1 THEN N'+' WHEN 2 THEN N'~' ELSE N'-' END + N' ' + CAST(COUNT(*) AS nvarchar(10))
            FROM [realtime].[ChangeLog] AS l INNER JOIN [realtime].[Capture] AS c ON c.[Capture] = l.[Capture]
            WHERE CONVERT(bigint, l.[Position]) > {before} AND l.[Op] > 0 GROUP BY c.[Resource], l.[Op]
            """,
            static row => row.GetString(0));
        Assert.Equal(expected, logged.Order(StringComparer.Ordinal));
    }
}
