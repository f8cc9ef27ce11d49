using RealtimeApi.Server.Data;
using RealtimeApi.Server.Data.Sqlite;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Resources;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.Sqlite;

/// <summary>How capture is turned on and kept on while the database is altered under it.</summary>
public sealed class SqliteCaptureTests
{
    private const string Triggers = "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'realtime!_%' ESCAPE '!'";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Prepare_OfADatabaseWithARollbackJournal_TurnsOnWal()
    {
        await using var database = new SqliteChangeLogHarness();
        Assert.Equal("delete", database.Scalar("PRAGMA journal_mode"));
        await database.PrepareAsync();
        Assert.Equal("wal", database.Scalar("PRAGMA journal_mode"));
    }

    /// <summary>While another program writes, SQLite refuses the switch at once, where any other statement waits.</summary>
    [Fact]
    public async Task Prepare_WhileAnotherProgramWrites_WaitsForItAndTurnsOnWal()
    {
        await using var database = new SqliteChangeLogHarness();
        using var other = database.Connect();
        using var writing = other.BeginTransaction(deferred: false);
        var preparing = Task.Run(() => database.PrepareAsync(), Cancellation);
        // Longer than the library repeats what was refused, and shorter than SQLite waits for another writer.
        await Task.WhenAny(preparing, Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, Cancellation));
        writing.Commit();

        await preparing;

        Assert.Equal("wal", database.Scalar("PRAGMA journal_mode"));
    }

    [Theory]
    [InlineData("DROP TRIGGER realtime_1_delete")]
    [InlineData("DROP TRIGGER realtime_1_delete; CREATE TRIGGER realtime_1_delete AFTER DELETE ON orders BEGIN /* RealtimeApi 1: capture 1 */ SELECT 1; END")]
    [InlineData("ALTER TABLE orders RENAME COLUMN status TO state; ALTER TABLE orders RENAME COLUMN state TO status")]
    [InlineData("CREATE UNIQUE INDEX i ON orders (status)")]
    [InlineData("CREATE TRIGGER own AFTER INSERT ON orders BEGIN UPDATE orders SET total = 0 WHERE id = NEW.id; END")]
    [InlineData("CREATE TABLE copy (id INTEGER PRIMARY KEY, status TEXT COLLATE NOCASE, total INT); DROP TABLE orders; ALTER TABLE copy RENAME TO orders")]
    [InlineData("DELETE FROM realtime_changelog")]
    [InlineData("UPDATE realtime_capture SET active = 0")]
    public async Task Prepare_AfterCaptureWasDisturbed_BeginsAnew(string sql)
    {
        await using var database = new SqliteChangeLogHarness();
        var first = await database.PrepareAsync("orders");
        database.Execute(sql);
        var second = await database.PrepareAsync("orders");
        Assert.Equal(first.LogId, second.LogId);
        Assert.True(second.Head.Tag != first.Head.Tag);
        Assert.Equal(second.Head.Position, second.CaptureStarts["orders"]);
        var third = await database.PrepareAsync("orders");
        Assert.Equal(second.Head, third.Head);

        database.Execute("INSERT INTO orders (id, status, total) VALUES (1, 'x', 0)");
        database.Execute("REPLACE INTO orders (id, status, total) VALUES (1, 'X', 0)");
        Assert.Equal(["orders + {1,x,0}", "orders {1,x,0} > {1,X,0}"], await database.ReadAsync(second.Head.Position));
    }

    [Theory]
    [InlineData("CREATE INDEX i ON orders (status)")]
    [InlineData("CREATE TABLE other (a)")]
    [InlineData("CREATE VIEW v AS SELECT * FROM orders")]
    [InlineData("CREATE TRIGGER own AFTER INSERT ON customers BEGIN SELECT 1; END")]
    [InlineData("VACUUM")]
    [InlineData("ANALYZE")]
    public async Task Prepare_AfterWhatDoesNotConcernCapture_GoesOn(string sql)
    {
        await using var database = new SqliteChangeLogHarness();
        var first = await database.PrepareAsync("orders");
        database.Execute(sql);
        var second = await database.PrepareAsync("orders");
        Assert.Equal(first.Head, second.Head);
        Assert.Equal(first.CaptureStarts, second.CaptureStarts);
    }

    [Theory]
    [InlineData("realtime_log")]
    [InlineData("realtime_capture")]
    [InlineData("realtime_changelog")]
    [InlineData("realtime_collision")]
    public async Task Prepare_AfterATableOfTheLogWasDropped_MakesItAgain(string table)
    {
        await using var database = new SqliteChangeLogHarness();
        var first = await database.PrepareAsync();
        database.Execute($"DROP TABLE {table}");
        if (table != "realtime_collision")
            await Assert.ThrowsAsync<SchemaChangedException>(() => database.Log.FindAsync(first.Head.Position, Cancellation));
        var second = await database.PrepareAsync();
        Assert.Equal(second, await database.PrepareAsync(), (a, b) => a.Head == b.Head && a.LogId == b.LogId);
        var found = await database.Log.FindAsync(first.Head.Position, Cancellation);
        Assert.False(second.CaptureStarts["orders"] <= first.Head.Position && found.Continues(first.LogId, first.Head));
        database.Execute("INSERT INTO orders (id, status, total) VALUES (1, 'x', 0)");
        Assert.Equal(["orders + {1,x,0}"], await database.ReadAsync(second.Head.Position));
    }

    [Fact]
    public async Task Prepare_AfterATableWasRenamedOrDropped_LeavesNoTriggerOfIt()
    {
        await using var database = new SqliteChangeLogHarness();
        await database.PrepareAsync();
        database.Execute("ALTER TABLE orders RENAME TO purchases; DROP TABLE customers; CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT)");
        var state = await database.PrepareAsync("purchases");
        database.Execute("INSERT INTO purchases (id, status) VALUES (1, 'x'); INSERT INTO customers VALUES (1, 'y')");
        var page = await database.Log.ReadAsync(database.Catalog("purchases"), state.Head.Position, 1000, null, Cancellation);
        Assert.Equal("purchases + {1,x,null}", SqliteChangeLogHarness.Describe(Assert.Single(page.Changes)));
        Assert.Equal(6L, database.Scalar(Triggers));
    }

    /// <summary>
    /// SQLite does not drop a column that a trigger names. Whoever must do it drops the product's triggers first, or sets <c>PRAGMA legacy_alter_table</c>; the server makes
    /// them again.
    /// </summary>
    [Fact]
    public async Task Alter_ThatDropsACapturedColumn_NeedsTheTriggersOutOfTheWay()
    {
        await using var database = new SqliteChangeLogHarness();
        await database.PrepareAsync("orders");
        var error = Assert.Throws<Microsoft.Data.Sqlite.SqliteException>(() => database.Execute("ALTER TABLE orders DROP COLUMN total"));
        Assert.Contains("realtime_1_", error.Message, StringComparison.Ordinal);
        database.Execute("PRAGMA legacy_alter_table = ON; ALTER TABLE orders DROP COLUMN total");
        var state = await database.PrepareAsync("orders");
        database.Execute("INSERT INTO orders (id, status) VALUES (1, 'x')");
        Assert.Equal(["orders + {1,x}"], await database.ReadAsync(state.Head.Position));
    }

    [Fact]
    public async Task Prepare_OfATableWithTooManyColumns_LeavesItAlone()
    {
        var columns = string.Join(", ", Enumerable.Range(0, SqliteLogTables.MaxColumns).Select(i => $"c{i}"));
        await using var database = new SqliteChangeLogHarness($"CREATE TABLE t (id INTEGER PRIMARY KEY, {columns}); CREATE TABLE orders (id INTEGER PRIMARY KEY)");
        var state = await database.Log.PrepareAsync(new([database.Define("t"), database.Define("orders")]), Cancellation);
        Assert.Equal(["orders"], state!.CaptureStarts.Keys);
    }

    [Fact]
    public async Task Prepare_OfALogOfALaterVersion_IsRefusedAndChangesNothing()
    {
        await using var database = new SqliteChangeLogHarness();
        await database.PrepareAsync("orders");
        database.Execute("UPDATE realtime_log SET version = 2");
        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => database.PrepareAsync("customers"));
        Assert.Equal(6L, database.Scalar(Triggers));
    }

    [Fact]
    public async Task Prepare_WithTriggersOfALaterVersion_LeavesThemAlone()
    {
        await using var database = new SqliteChangeLogHarness();
        await database.PrepareAsync("orders");
        database.Execute("DROP TRIGGER realtime_1_delete; CREATE TRIGGER realtime_1_delete AFTER DELETE ON orders BEGIN /* RealtimeApi 2: capture 1 */ SELECT 1; END");
        var state = await database.PrepareAsync("orders");
        Assert.Contains("RealtimeApi 2", (string)database.Scalar("SELECT sql FROM sqlite_schema WHERE name = 'realtime_1_delete'")!, StringComparison.Ordinal);
        Assert.True(state.CaptureStarts.ContainsKey("orders"));
    }

    [Fact]
    public async Task Prepare_WithTriggersOfOthersThatHaveSuchNames_LeavesThemAlone()
    {
        await using var database = new SqliteChangeLogHarness();
        database.Execute("CREATE TRIGGER realtime_9_insert AFTER INSERT ON orders BEGIN SELECT 1; END");
        await database.PrepareAsync("orders");
        Assert.Null(await database.Log.PrepareAsync(new([]), Cancellation));
        Assert.Equal("realtime_9_insert", database.Scalar("SELECT name FROM sqlite_schema WHERE type = 'trigger'"));
    }

    [Fact]
    public async Task Prepare_OfALockedDatabase_SaysThatItIsUnavailable()
    {
        await using var database = new SqliteChangeLogHarness();
        await database.PrepareAsync("orders");
        using var connection = database.Connect();
        connection.Run("BEGIN IMMEDIATE");
        var error = await Assert.ThrowsAsync<DatabaseUnavailableException>(() => database.PrepareAsync("orders", "customers"));
        Assert.True(error.IsLocked);
        Assert.Equal($"The database {database.File} is locked by another program, which has been writing for 5 seconds.", error.Message);
        // Reading goes on, and so does preparing what is there already.
        Assert.Empty(await database.ReadAsync(LogPosition.Zero));
        await database.PrepareAsync("orders");
        connection.Run("ROLLBACK");
        await database.PrepareAsync("orders", "customers");
    }

    /// <summary>SQLite's own wait would keep whoever wants to stop for seconds, and end with an error.</summary>
    [Theory, InlineData("delete"), InlineData("wal")]
    public async Task Prepare_OfALockedDatabase_WaitsWithoutAThreadAndCanBeEnded(string journal)
    {
        await using var database = new SqliteChangeLogHarness();
        database.Execute($"PRAGMA journal_mode = {journal}");
        using var connection = database.Connect();
        connection.Run("BEGIN IMMEDIATE");
        using var stopping = new CancellationTokenSource();
        var prepare = database.Log.PrepareAsync(new([database.Define("orders")]), stopping.Token);
        Assert.False(prepare.IsCompleted);

        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => prepare);
    }

    [Fact]
    public async Task Log_OfTwoResourcesOfOneTable_HasEachChangeForBoth()
    {
        await using var database = new SqliteChangeLogHarness();
        var catalog = new ResourceCatalog([database.Define("orders"), database.Define("orders") with { Name = "sales" }]);
        var state = await database.Log.PrepareAsync(catalog, Cancellation);
        database.Execute("REPLACE INTO orders VALUES (1, 'a', 1); REPLACE INTO orders VALUES (1, 'b', 1)");
        var page = await database.Log.ReadAsync(catalog, state!.Head.Position, 1000, null, Cancellation);
        foreach (var name in new[] { "orders", "sales" })
            Assert.Equal([$"{name} + {{1,a,1}}", $"{name} {{1,a,1}} > {{1,b,1}}"], page.Changes.Where(c => c.Resource.Name == name).Select(SqliteChangeLogHarness.Describe));
    }
}
