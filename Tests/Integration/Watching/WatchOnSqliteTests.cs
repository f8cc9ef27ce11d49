using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Watching;

/// <summary>The engine over real triggers, a real log and a real file that other connections write.</summary>
public sealed class WatchOnSqliteTests
{
    private const string Shop =
        """
        CREATE TABLE Orders (Id INTEGER PRIMARY KEY, Code TEXT UNIQUE COLLATE NOCASE, Status TEXT, Total REAL, Paid BOOLEAN);
        CREATE TABLE Customers (Id TEXT PRIMARY KEY COLLATE NOCASE, Name TEXT) WITHOUT ROWID;
        """;

    private static readonly WatchRequest Orders = new() { Resource = "orders" };

    [Fact]
    public async Task Watch_WhileAnotherConnectionWrites_SeesEachKindOfStatement()
    {
        using var database = new TempDatabase(Shop);
        await using var server = await TestServer.StartAsync(database.File);
        using var watch = await EngineReader.StartAsync(server, Orders);

        database.Execute("INSERT INTO Orders VALUES (1, 'a', 'new', 1.5, 0), (2, 'b', 'new', 2, 1)");
        database.Execute("UPDATE Orders SET Status = 'open'");
        database.Execute("BEGIN; UPDATE Orders SET Status = 'never'; ROLLBACK");
        database.Execute("REPLACE INTO Orders VALUES (3, 'A', 'replaced', 3, NULL)");
        database.Execute("INSERT INTO Orders VALUES (2, 'b', 'upserted', 2, 1) ON CONFLICT (Id) DO UPDATE SET Status = excluded.Status");
        database.Execute("UPDATE Orders SET Id = 20 WHERE Id = 2");
        database.Execute("DELETE FROM Orders");

        Assert.Equal(
            [
                "added 1 new", "added 2 new", "modified 1 open", "modified 2 open", "removed 1", "added 3 replaced", "modified 2 upserted", "removed 2", "added 20 upserted",
                "removed 3", "removed 20",
            ],
            (await watch.TakeAsync(11)).Select(Summarize));
    }

    [Fact]
    public async Task Key_InOtherLetters_WatchesTheItemThatTheDatabaseCallsEqual()
    {
        using var database = new TempDatabase(Shop);
        database.Execute("INSERT INTO Customers VALUES ('ALFKI', 'Alfreds')");
        await using var server = await TestServer.StartAsync(database.File);
        using var watch = await EngineReader.StartAsync(server, new() { Resource = "customers", Key = "alfki", Initial = true });
        Assert.Equal(["ALFKI"], (await watch.ReadItemsAsync()).Keys);

        database.Execute("UPDATE Customers SET Name = 'x' WHERE Id = 'ALFKI'");
        database.Execute("DELETE FROM Customers");

        Assert.Equal(["modified ALFKI", "removed ALFKI"], (await watch.TakeAsync(2)).Select(Summarize));
    }

    [Fact]
    public async Task Data_OfAnEvent_IsByteForByteWhatARequestReads()
    {
        using var database = new TempDatabase(Shop);
        await using var server = await TestServer.StartAsync(database.File);
        using var watch = await EngineReader.StartAsync(server, Orders);

        database.Execute("INSERT INTO Orders VALUES (9007199254740993, '<é\"\\>', 'naïve ☃', 0.1 + 0.2, 1)");

        var batch = await watch.NextAsync(TestContext.Current.CancellationToken);
        var json = System.Text.Encoding.UTF8.GetString(batch!.Events.Single().Json.Span);
        var item = await server.Client.GetStringAsync(new Uri("api/orders/9007199254740993", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Contains($"\"data\":{item}}}", json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resume_AfterTheServerWasAway_SeesExactlyWhatChangedMeanwhile()
    {
        using var database = new TempDatabase(Shop);
        string? cursor;
        await using (var server = await TestServer.StartAsync(database.File))
        {
            using var watch = await EngineReader.StartAsync(server, Orders);
            database.Execute("INSERT INTO Orders VALUES (1, 'a', 'new', 1, 0)");
            await watch.TakeAsync(1);
            cursor = watch.Cursor;
        }

        database.Execute("UPDATE Orders SET Status = 'away' WHERE Id = 1");
        database.Execute("INSERT INTO Orders VALUES (2, 'b', 'away', 1, 0)");

        await using var again = await TestServer.StartAsync(database.File);
        using var resumed = await EngineReader.StartAsync(again, Orders with { Since = cursor });
        Assert.Equal(["modified 1 away", "added 2 away"], (await resumed.TakeAsync(2)).Select(Summarize));
        database.Execute("DELETE FROM Orders WHERE Id = 1");
        Assert.Equal(["removed 1"], (await resumed.TakeAsync(1)).Select(Summarize));
    }

    [Fact]
    public async Task Resume_FromBeforeWhatWasTrimmed_IsExpired()
    {
        using var database = new TempDatabase(Shop);
        await using var server = await TestServer.StartAsync(database.File);
        using var watch = await EngineReader.StartAsync(server, Orders);
        var before = watch.Cursor;
        database.Execute("INSERT INTO Orders VALUES (1, 'a', 'new', 1, 0), (2, 'b', 'new', 1, 0)");
        var after = (string)(await watch.TakeAsync(2))[1]["id"]!;
        await server.Services.GetRequiredService<IDatabase>().Log.TrimAsync(DateTimeOffset.MaxValue, TestContext.Current.CancellationToken);
        await server.StopAsync();

        await using var again = await TestServer.StartAsync(database.File);
        var problem = await Assert.ThrowsAsync<ProblemException>(() => EngineReader.StartAsync(again, Orders with { Since = before }));
        Assert.Equal(ProblemCodes.CursorExpired, problem.Code);
        using var resumed = await EngineReader.StartAsync(again, Orders with { Since = after });
        database.Execute("DELETE FROM Orders WHERE Id = 1");
        Assert.Equal(["removed 1"], (await resumed.TakeAsync(1)).Select(Summarize));
    }

    [Fact]
    public async Task Watch_WhenItsTableIsAltered_EndsAsExpiredAndANewOneSeesTheColumn()
    {
        using var database = new TempDatabase(Shop);
        await using var server = await TestServer.StartAsync(database.File);
        using var orders = await EngineReader.StartAsync(server, Orders);
        using var customers = await EngineReader.StartAsync(server, new() { Resource = "customers" });

        database.Execute("ALTER TABLE Orders ADD COLUMN Weight INTEGER");

        var problem = await Assert.ThrowsAsync<ProblemException>(() => orders.NextAsync(TestContext.Current.CancellationToken));
        Assert.Equal(ProblemCodes.CursorExpired, problem.Code);
        using var anew = await EngineReader.StartAsync(server, Orders with { Filter = "weight gt 5" });
        database.Execute("INSERT INTO Orders VALUES (1, 'a', 'new', 1, 0, 6)");
        Assert.Equal(6, (int?)(await anew.TakeAsync(1))[0]["data"]!["weight"]);
        database.Execute("INSERT INTO Customers VALUES ('A', 'x')");
        Assert.Equal(["added A"], (await customers.TakeAsync(1)).Select(Summarize));
    }

    [Fact]
    public async Task Watch_WhenAnOlderCopyOfTheDatabaseIsPutInItsPlace_EndsAsExpired()
    {
        using var database = new TempDatabase(Shop);
        await using var server = await TestServer.StartAsync(database.File);
        using var watch = await EngineReader.StartAsync(server, Orders);
        var copy = database.File + ".copy";
        database.Execute($"VACUUM INTO '{copy}'");
        database.Execute("INSERT INTO Orders VALUES (1, 'a', 'lost', 1, 0)");
        await watch.TakeAsync(1);

        // As SQLite's own restore does: over the contents, under the lock.
        using (var source = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={copy};Pooling=False"))
        using (var target = database.Open())
        {
            // It waits for others, such as the server's maintenance, only by SQLite's own timeout.
            using var patience = target.CreateCommand();
            patience.CommandText = "PRAGMA busy_timeout = 60000";
            patience.ExecuteNonQuery();
            source.Open();
            source.BackupDatabase(target);
        }

        database.Execute("INSERT INTO Orders VALUES (2, 'b', 'other', 1, 0)");
        var problem = await Assert.ThrowsAsync<ProblemException>(() => watch.NextAsync(TestContext.Current.CancellationToken));
        Assert.Equal(ProblemCodes.CursorExpired, problem.Code);
    }

    private static string Summarize(JsonObject made) => $"{made["view"]} {made["subject"]} {made["data"]?["status"]}".TrimEnd();
}
