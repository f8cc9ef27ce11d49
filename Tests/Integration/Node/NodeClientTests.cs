using System.Text.Json;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Node;

/// <summary>The clients that web pages use, which were not written here.</summary>
public sealed class NodeClientTests
{
    [Fact]
    public async Task EventSource_AfterTheServerWasAway_ResumesByItselfAndTheHubContinuesFromItsCursor()
    {
        using var database = new TempDatabase("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT); INSERT INTO notes VALUES (1, 'a')");
        var server = await TestServer.StartAsync(database.File);
        try
        {
            var port = server.Address.Port;
            await using var stream = NodeClient.Start(
                "stream.js", new Uri(server.Address, "api/notes/events?initial=true").AbsoluteUri, "reset", "synced", "notes.created", "notes.updated", "notes.deleted", "ended");
            Assert.Equal("reset", Type(await stream.NextAsync()));
            var item = await stream.NextAsync();
            Assert.Equal("""{"id":1,"text":"a"}""", item.GetProperty("data").GetProperty("data").GetRawText());
            Assert.Equal("", item.GetProperty("id").GetString());
            Assert.Equal("synced", Type(await stream.NextAsync()));
            database.Execute("INSERT INTO notes VALUES (2, 'b')");
            Assert.Equal("notes.created 2", Describe(await stream.NextAsync()));

            await server.DisposeAsync();
            database.Execute("UPDATE notes SET text = 'away' WHERE id = 1");
            server = await TestServer.StartAsync(database.File, port: port);

            Assert.Equal("notes.updated 1", Describe(await stream.NextAsync()));
            database.Execute("DELETE FROM notes WHERE id = 2");
            var deleted = await stream.NextAsync();
            Assert.Equal("notes.deleted 2", Describe(deleted));

            database.Execute("INSERT INTO notes VALUES (3, 'c')");
            await using var hub = NodeClient.Start(
                "hub.js", new Uri(server.Address, "hubs/resources").AbsoluteUri, $$"""{"resource":"notes","since":"{{deleted.GetProperty("id").GetString()}}"}""");
            var lines = new[] { await hub.NextAsync(), await hub.NextAsync() };
            var batch = Assert.Single(lines, line => line.TryGetProperty("changes", out _));
            Assert.Equal(deleted.GetProperty("id").GetString(), batch.GetProperty("from").GetString());
            Assert.Equal("3", Assert.Single(batch.GetProperty("changes").EnumerateArray()).GetProperty("subject").GetString());
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task EventSource_WhoseWatchEnds_IsToldAndIsNotLetInAgain()
    {
        using var database = new TempDatabase("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)");
        await using var server = await TestServer.StartAsync(database.File);
        await using var stream = NodeClient.Start("stream.js", new Uri(server.Address, "api/notes/events").AbsoluteUri, "bookmark", "ended");
        Assert.Equal("bookmark", Type(await stream.NextAsync()));

        database.Execute("ALTER TABLE notes ADD COLUMN extra TEXT");

        var ended = await stream.NextAsync();
        Assert.Equal("ended", Type(ended));
        Assert.Equal("/problems/cursor-expired", ended.GetProperty("data").GetProperty("type").GetString());
        var closed = await stream.NextAsync();
        Assert.Equal("closed", Type(closed));
        Assert.Equal(410, closed.GetProperty("status").GetInt32());
    }

    private static string? Type(JsonElement line) => line.GetProperty("type").GetString();

    private static string Describe(JsonElement line) => $"{Type(line)} {line.GetProperty("data").GetProperty("subject").GetString()}";
}
