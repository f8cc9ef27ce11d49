using System.Net;
using System.Text.Json;
using Microsoft.Data.SqlClient;
using RealtimeApi.Tests.Integration.Rest;
using RealtimeApi.Tests.Integration.Writing;
using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.TestSupport.SqlServer;
using Xunit;

namespace RealtimeApi.Tests.Integration.Databases;

/// <summary>docs/sqlserver.md: the running server's login needs to be a member of <c>realtime_server</c>, nothing else.</summary>
public sealed class RoleSqlServerTests : IAsyncLifetime
{
    private const string Login = "realtimeapi_role_test";

    private readonly string password = $"Aa1-{Guid.NewGuid():N}";
    private readonly WritableShop shop = new(TestDatabaseKind.SqlServer);

    /// <summary>Installs by a server that may, and makes a login that is a member of its role.</summary>
    public async ValueTask InitializeAsync()
    {
        await shop.InitializeAsync();
        await shop.Server.StopAsync();
        DropLogin();
        shop.Database.Execute($"CREATE LOGIN {Login} WITH PASSWORD = '{password}'");
        shop.Database.Execute($"CREATE USER {Login} FOR LOGIN {Login}");
        shop.Database.Execute($"ALTER ROLE realtime_server ADD MEMBER {Login}");
    }

    public async ValueTask DisposeAsync()
    {
        await shop.DisposeAsync();
        if (TestSqlServer.IsAvailable)
            DropLogin();
    }

    [Fact]
    public async Task Server_WithTheRoleAlone_ReadsWritesAndWatches()
    {
        await using var server = await StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync("/health/ready")).StatusCode);
        Assert.Equal(2, (await server.GetJsonAsync("/api/orders")).GetProperty("value").GetArrayLength());
        var start = (await server.GetJsonAsync("/api/orders/changes")).GetProperty("cursor").GetString();

        shop.Database.Execute("UPDATE Orders SET Status = 'sent' WHERE Id = 1");
        using (var created = await server.PostAsync("/api/orders", """{"status":"new"}""", ("Idempotency-Key", "k")))
            Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        using (var repeated = await server.PostAsync("/api/orders", """{"status":"new"}""", ("Idempotency-Key", "k")))
            Assert.Equal(HttpStatusCode.Created, repeated.StatusCode);
        using (var changed = await server.PatchAsync("/api/orders/3", """{"status":"paid"}"""))
            Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        using (var deleted = await server.DeleteAsync("/api/orders/3"))
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);

        Assert.Equal(["modified 1", "added 3", "modified 3", "removed 3"], await EventsAsync(server, "/api/orders", start, 4));
    }

    [Fact]
    public async Task Server_WithTheRoleAlone_WatchesATableThatFollowsAnother()
    {
        shop.Database.Execute("CREATE TABLE Marks (Id int NOT NULL PRIMARY KEY, OrderId int NULL REFERENCES Orders (Id) ON DELETE CASCADE)");
        await using (await shop.StartAsync())
        {
            // It installs the triggers.
        }

        await using var server = await StartAsync();
        var cursor = (await server.GetJsonAsync("/api/marks/changes")).GetProperty("cursor").GetString();
        foreach (var body in (string[])["""{"id":1,"orderId":1}""", """{"id":2,"orderId":1}"""])
            using (var created = await server.PostAsync("/api/marks", body))
                Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        using (var deleted = await server.DeleteAsync("/api/orders/1"))
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);

        Assert.Equal(["added 1", "added 2", "removed 1", "removed 2"], await EventsAsync(server, "/api/marks", cursor, 4));
    }

    [Fact]
    public async Task Server_WithTheRoleAlone_NoticesATriggerThatWasSwitchedOff()
    {
        await using var server = await StartAsync();
        var cursor = (await server.GetJsonAsync("/api/defaults/changes")).GetProperty("cursor").GetString();
        server.Log.Expect(static entry => entry.Message.Contains("defaults", StringComparison.Ordinal));
        shop.Database.Execute("DISABLE TRIGGER ALL ON Defaults");

        HttpResponseMessage response;
        do
            response = await server.SendAsync($"/api/defaults/changes?since={cursor}&wait=1");
        while (response.StatusCode == HttpStatusCode.OK);
        Assert.NotEqual(HttpStatusCode.OK, response.StatusCode);
        response.Dispose();
    }

    [Fact]
    public async Task Login_WithTheRoleAlone_AltersNothing()
    {
        await using var connection = new SqlConnection(ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        foreach (var sql in new[] { "CREATE TABLE mine (id int)", "ALTER TABLE Orders ADD more int", "DROP TABLE realtime.ChangeLog", "INSERT INTO Fixed VALUES (2, 'x')", "UPDATE realtime.ChangeLog SET Op = 1" })
        {
            await using var command = new SqlCommand(sql, connection);
            await Assert.ThrowsAsync<SqlException>(() => command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task Login_WithoutTheRole_WritesWhatIsWatchedAndReadsNothingOfTheLog()
    {
        shop.Database.Execute($"ALTER ROLE realtime_server DROP MEMBER {Login}");
        shop.Database.Execute($"GRANT SELECT, INSERT, UPDATE, DELETE ON Defaults TO {Login}");
        await using var connection = new SqlConnection(ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        foreach (var sql in new[] { "INSERT INTO Defaults (Id) VALUES ('NEW')", "UPDATE Defaults SET A = 'm' WHERE Id = 'NEW'", "DELETE FROM Defaults WHERE Id = 'NEW'" })
        {
            await using var command = new SqlCommand(sql, connection);
            Assert.Equal(1, await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
        }

        Assert.Equal(3L, shop.Database.Execute("SELECT COUNT(*) FROM realtime.ChangeLog AS l INNER JOIN realtime.Capture AS c ON c.Capture = l.Capture WHERE c.Resource = 'defaults' AND l.Op > 0"));
        foreach (var table in new[] { "ChangeLog", "Log", "Capture", "Answer", "Lease" })
        {
            await using var command = new SqlCommand($"SELECT COUNT(*) FROM realtime.{table}", connection);
            await Assert.ThrowsAsync<SqlException>(() => command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        }
    }

    private string ConnectionString => new SqlConnectionStringBuilder(shop.Database.ConnectionString) { UserID = Login, Password = password }.ConnectionString;

    private Task<TestServer> StartAsync() => shop.StartAsync(options =>
    {
        options.Database.ConnectionString = ConnectionString;
        options.Database.AutoMigrate = false;
    });

    private static async Task<IReadOnlyList<string>> EventsAsync(TestServer server, string path, string? cursor, int count)
    {
        List<string> events = [];
        // On Babelfish, a transaction that is open elsewhere on the server may hold changes back for longer than a poll lasts.
        for (var polls = 0; events.Count < count; polls++)
        {
            Assert.True(polls < 10, string.Join(", ", events));
            var page = await server.GetJsonAsync($"{path}/changes?since={cursor}&wait=30");
            events.AddRange(page.GetProperty("changes").EnumerateArray().Select(static change => $"{Text(change, "view")} {Text(change, "subject")}"));
            cursor = page.GetProperty("cursor").GetString();
        }

        return events;
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static void DropLogin()
    {
        using var connection = new SqlConnection(TestSqlServer.Require().ConnectionString);
        connection.Open();
        using var command = new SqlCommand($"IF EXISTS (SELECT 1 FROM sys.server_principals WHERE name = '{Login}') DROP LOGIN {Login}", connection);
        command.ExecuteNonQuery();
    }
}
