using System.Net;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Data.Sqlite;
using RealtimeApi.Tests.Integration.Rest;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Writing;

/// <summary>What SQLite itself refuses; see <see cref="WriteSpecification"/> for what every database does.</summary>
public sealed class RefusalTests : IAsyncLifetime
{
    private readonly WritableShop shop = new();

    private TestServer Server => shop.Server;

    public ValueTask InitializeAsync() => shop.InitializeAsync();

    public ValueTask DisposeAsync() => shop.DisposeAsync();

    [Theory]
    [InlineData("POST", "/api/guarded", """{"level":6}""", "The database refuses the write: Not six.")]
    [InlineData("POST", "/api/guarded", """{"level":7}""", "Nothing was written: a trigger or a conflict clause of the database passes over it.")]
    [InlineData("POST", "/api/parsed", """{"json":"not json"}""", "The database cannot compute what it derives from these values (a computed column, an index, a check or a trigger).")]
    public async Task Write_ThatSqliteRefuses_IsAConflict(string method, string path, string body, string detail)
    {
        var before = Dump();
        using var response = await Server.WriteAsync(new(method), path, body, "application/json");
        var problem = await response.AssertProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
        Assert.Equal(detail, problem.GetProperty("detail").GetString());
        Assert.False(problem.TryGetProperty("errors", out _));
        Assert.Equal(before, Dump());
        using var next = await Server.PostAsync("/api/notes", """{"text":"goes on"}""");
        Assert.Equal(HttpStatusCode.Created, next.StatusCode);
    }

    [Fact]
    public async Task ForeignKey_CheckedAtTheEnd_IsAConflict()
    {
        shop.Database.Execute("CREATE TABLE Later (Id INTEGER PRIMARY KEY, Parent INT REFERENCES Later (Id) DEFERRABLE INITIALLY DEFERRED)");
        await using var server = await shop.StartAsync();
        using var response = await server.PostAsync("/api/later", """{"parent":77}""");
        await response.AssertProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
        Assert.Equal(0L, shop.Database.Execute("SELECT count(*) FROM Later"));
        using var own = await server.PostAsync("/api/later", """{"id":5,"parent":5}""");
        Assert.Equal(HttpStatusCode.Created, own.StatusCode);
    }

    [Fact]
    public async Task ForeignKeys_SomeBroken_AreNamedWithoutTheOthers()
    {
        shop.Database.Execute("""
            CREATE TABLE Shelves (Room INT, No INT, Label TEXT UNIQUE, PRIMARY KEY (Room, No));
            INSERT INTO Shelves VALUES (1, 2, 'left');
            CREATE TABLE Boxes (
                Id INTEGER PRIMARY KEY, Room INT, Shelf INT, Label TEXT REFERENCES Shelves (Label), Owner TEXT REFERENCES Customers, Sealed TEXT REFERENCES Customers DEFAULT 'NOBODY', Inside INT REFERENCES Boxes,
                FOREIGN KEY (Room, Shelf) REFERENCES Shelves);
            INSERT INTO Boxes (Id, Room, Shelf, Sealed) VALUES (1, 1, 2, NULL);
            """);
        await using var server = await shop.StartAsync(static options => options.Resources["boxes"] = new() { Columns = { ["Sealed"] = new() { Hidden = true } } });

        Assert.Equal(["owner", "room", "shelf"], await BrokenAsync("POST", "/api/boxes", """{"room":1,"shelf":3,"label":"left","owner":"NOBODY"}"""));
        Assert.Equal(["shelf", "room"], (await BrokenAsync("PATCH", "/api/boxes/1", """{"shelf":3,"owner":"alfki"}""")).OrderDescending());
        Assert.Equal(["inside"], await BrokenAsync("PATCH", "/api/boxes/1", """{"inside":77,"shelf":null}"""));
        Assert.Empty(await BrokenAsync("POST", "/api/boxes", """{"label":"left"}"""));

        async Task<string[]> BrokenAsync(string method, string path, string body)
        {
            using var response = await server.WriteAsync(new(method), path, body, method == "PATCH" ? "application/merge-patch+json" : "application/json");
            var problem = await response.AssertProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
            Assert.DoesNotContain("sealed", problem.GetRawText(), StringComparison.OrdinalIgnoreCase);
            return problem.TryGetProperty("errors", out var errors) ? [.. errors.EnumerateObject().Select(error => error.Name).Order()] : [];
        }
    }

    /// <summary>The conflict clauses that a schema has do not let a new item remove another of its key.</summary>
    [Fact]
    public async Task Post_OfAKeyThatTheSchemaReplaces_IsAConflict()
    {
        shop.Database.Execute("CREATE TABLE Eager (Id TEXT PRIMARY KEY ON CONFLICT REPLACE, Name TEXT UNIQUE ON CONFLICT IGNORE); INSERT INTO Eager VALUES ('a', 'one')");
        await using var server = await shop.StartAsync();
        using var same = await server.PostAsync("/api/eager", """{"id":"a","name":"two"}""");
        await same.AssertProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
        using var ignored = await server.PostAsync("/api/eager", """{"id":"b","name":"one"}""");
        await ignored.AssertProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
        Assert.Equal("one", shop.Database.Execute("SELECT Name FROM Eager WHERE Id = 'a'"));
    }

    [Fact]
    public async Task Database_LockedByAnother_IsUnavailable()
    {
        using (var other = ((TempDatabase)shop.Database).Open())
        using (var transaction = other.BeginTransaction(deferred: false))
        {
            // The first waits for SQLite's lock, the second for the first.
            var writes = Enumerable.Range(0, 2).Select(_ => Server.PostAsync("/api/notes", "{}")).ToArray();
            foreach (var write in writes)
            {
                using var response = await write;
                await response.AssertProblemAsync(HttpStatusCode.ServiceUnavailable, ProblemCodes.Unavailable);
                Assert.NotNull(response.Headers.RetryAfter);
            }
        }

        using var next = await Server.PostAsync("/api/notes", "{}");
        Assert.Equal(HttpStatusCode.Created, next.StatusCode);
    }

    /// <summary>A full disk, a failing one and a read-only file are different work, so the log says which; to the client they are the same.</summary>
    [Fact]
    public async Task Database_WithoutRoomToGrow_IsUnavailableAndOnlyTheLogSaysWhy()
    {
        var database = (TempDatabase)shop.Database;
        LetGrow(database, "1");
        using var response = await Server.PostAsync("/api/notes", $$"""{"text":"{{new string('x', 100_000)}}"}""");

        await response.AssertProblemAsync(HttpStatusCode.ServiceUnavailable, ProblemCodes.Unavailable);
        var body = await response.TextAsync();
        Assert.DoesNotContain(database.File, body, StringComparison.Ordinal);
        Assert.DoesNotContain("full", body, StringComparison.Ordinal);
        var line = Assert.Single(Server.Log.Entries, entry => entry.Id.Name == "DatabaseUnavailable");
        Assert.Equal(LogLevel.Warning, line.Level);
        Assert.Contains($"The database {database.File} cannot be read or written now: SQLite Error 13: 'database or disk is full'.", line.Message, StringComparison.Ordinal);

        LetGrow(database, "4294967294");
        using var next = await Server.PostAsync("/api/notes", "{}");
        Assert.Equal(HttpStatusCode.Created, next.StatusCode);
    }

    [Fact]
    public async Task Table_AlteredBeneath_IsWrittenByItsNewDefinition()
    {
        shop.Database.Execute("ALTER TABLE Notes RENAME COLUMN Text TO Words");
        using var old = await Server.PostAsync("/api/notes", """{"text":"x"}""");
        Assert.Equal(["text"], await old.FaultsAsync());
        using var response = await Server.PostAsync("/api/notes", """{"words":"x"}""");
        Assert.Equal("x", (await response.ItemAsync(HttpStatusCode.Created)).GetProperty("words").GetString());
        shop.Database.Execute("DROP TABLE Notes");
        using var gone = await Server.PostAsync("/api/notes", """{"words":"x"}""");
        await gone.AssertProblemAsync(HttpStatusCode.NotFound, ProblemCodes.UnknownResource);
        Server.Log.Expect(entry => entry.Id.Name == "ResourceLeftOut");
    }

    [Fact]
    public async Task Write_OfAHiddenRequiredColumn_IsAConflictThatTheLogExplains()
    {
        shop.Database.Execute("CREATE TABLE Veiled (Id INTEGER PRIMARY KEY, Inner TEXT NOT NULL)");
        await using var server = await shop.StartAsync(options => options.Resources["veiled"] = new() { Columns = { ["Inner"] = new() { Hidden = true } } });
        using var response = await server.PostAsync("/api/veiled", "{}");
        var problem = await response.AssertProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
        Assert.DoesNotContain("inner", problem.GetRawText(), StringComparison.OrdinalIgnoreCase);
        Assert.Contains(server.Log.Entries, entry => entry.Level == LogLevel.Warning && entry.Message.Contains("Veiled.Inner", StringComparison.Ordinal));
    }

    /// <summary>Limits the file's pages for every connection that the server has in its pool, as a full disk would.</summary>
    private static void LetGrow(TempDatabase database, string pages)
    {
        var connections = new SqliteConnections(database.ConnectionString);
        var pool = Enumerable.Range(0, 16).Select(_ => connections.Open()).ToList();
        foreach (var connection in pool)
        {
            connection.Run($"PRAGMA max_page_count = {pages}");
            connection.Dispose();
        }
    }

    private string Dump()
    {
        using var connection = ((TempDatabase)shop.Database).Open();
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT group_concat(line, x'0A') FROM (
                SELECT Code || Name || coalesce(Email, '') AS line FROM Customers UNION ALL SELECT Id || coalesce(Customer, '') || Status FROM Orders
                UNION ALL SELECT Id || Level FROM Guarded UNION ALL SELECT Id || Json FROM Parsed UNION ALL SELECT max(position) FROM realtime_changelog)
            """;
        return (string)command.ExecuteScalar()!;
    }
}
