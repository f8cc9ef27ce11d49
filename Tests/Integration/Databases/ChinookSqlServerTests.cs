using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using RealtimeApi.Tests.Integration.Rest;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Databases;

/// <summary>A client cannot tell the databases apart: the same resources, items, pages and events, byte for byte but for what is opaque. (The order of texts is each database's own, and not asked for.)</summary>
public sealed class ChinookSqlServerTests : IAsyncLifetime
{
    private static readonly string[] queries =
    [
        "", "?$top=2&$count=true", "?$orderby=milliseconds%20desc&$top=3", "?$filter=unitPrice%20ge%200.99%20and%20milliseconds%20lt%20300000", "?$filter=composer%20eq%20null",
        "?$filter=year(invoiceDate)%20eq%202021", "?$filter=invoiceDate%20gt%202021-01-01T12:00:00Z", "?$filter=reportsTo%20ne%20null&$select=lastName", "?$filter=length(name)%20gt%2010",
        "?$filter=contains(title,'%22')", "?$filter=startswith(city,'S')", "?$orderby=total,invoiceId%20desc", "?$filter=total%20in%20(1.98,3.96)", "?$filter=not%20(bytes%20gt%200)",
    ];

    private readonly List<(TestDatabase Database, TestServer Server)> both = [];

    public async ValueTask InitializeAsync()
    {
        TestDatabase.SkipUnlessThere(TestDatabaseKind.SqlServer);
        foreach (var kind in Enum.GetValues<TestDatabaseKind>())
        {
            var database = await Chinook.CreateAsync(kind);
            both.Add((database, await TestServer.StartAsync(database)));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (database, server) in both)
        {
            await server.DisposeAsync();
            await database.DisposeAsync();
        }
    }

    [Fact]
    public async Task Chinook_OnSqlServerAndSqlite_HasTheSameResourcesItemsAndPages()
    {
        await AssertSameAsync("/api");
        foreach (var resource in Chinook.Resources)
        {
            foreach (var query in queries)
                await AssertSamePagesAsync($"/api/{resource}{query}");
            foreach (var item in (await both[0].Server.GetJsonAsync($"/api/{resource}?$top=1000")).GetProperty("value").EnumerateArray())
            {
                var key = resource == "playlistTrack" ? $"{item.GetProperty("playlistId")},{item.GetProperty("trackId")}" : item.EnumerateObject().First().Value.ToString();
                await AssertSameAsync($"/api/{resource}/{key}");
            }

            await AssertSameAsync($"/api/{resource}/0");
        }
    }

    [Fact]
    public async Task Chinook_OnSqlServerAndSqlite_HasTheSameEvents()
    {
        var since = new Dictionary<(TestServer, string), string>();
        foreach (var (_, server) in both)
        {
            foreach (var resource in Chinook.Resources)
                since[(server, resource)] = (await server.GetJsonAsync($"/api/{resource}/changes")).GetProperty("cursor").GetString()!;
        }

        foreach (var change in Chinook.Changes)
        {
            foreach (var (database, _) in both)
                Chinook.Execute(database, change);
        }

        foreach (var resource in Chinook.Resources)
        {
            var expected = await ReadEventsAsync(both[0].Server, resource, since[(both[0].Server, resource)], atLeast: 0);
            var actual = await ReadEventsAsync(both[1].Server, resource, since[(both[1].Server, resource)], expected.Count);
            Assert.Equal(expected, actual);
            await AssertSamePagesAsync($"/api/{resource}");
        }
    }

    private async Task AssertSamePagesAsync(string path)
    {
        string?[] next = [path, path];
        for (var pages = 0; next[0] is not null && pages < 20; pages++)
        {
            var answers = new string[2];
            for (var i = 0; i < 2; i++)
            {
                using var response = await both[i].Server.SendAsync(next[i]!);
                var page = JsonNode.Parse(await response.TextAsync())!.AsObject();
                next[i] = (string?)page["nextLink"];
                page.Remove("cursor");
                page.Remove("nextLink");
                answers[i] = $"{(int)response.StatusCode} {page.ToJsonString()} {next[i] is not null}";
            }

            Assert.True(answers[0] == answers[1], $"{path}, page {pages}: SQLite has\n{answers[0]}\nSQL Server has\n{answers[1]}");
        }
    }

    private async Task AssertSameAsync(string path)
    {
        var answers = new List<string>();
        foreach (var (_, server) in both)
        {
            using var response = await server.SendAsync(path);
            answers.Add($"{(int)response.StatusCode} {await response.TextAsync()}");
        }

        Assert.True(answers[0] == answers[1], $"{path}: SQLite has\n{answers[0]}\nSQL Server has\n{answers[1]}");
    }

    private static async Task<List<string>> ReadEventsAsync(TestServer server, string resource, string since, int atLeast)
    {
        List<string> events = [];
        while (true)
        {
            var page = await server.GetJsonAsync(string.Create(CultureInfo.InvariantCulture, $"/api/{resource}/changes?since={since}&wait={(events.Count < atLeast ? 10 : 1)}"));
            since = page.GetProperty("cursor").GetString()!;
            var changes = page.GetProperty("changes").EnumerateArray().ToList();
            events.AddRange(changes.Select(Describe));
            if (changes.Count == 0 && !page.GetProperty("more").GetBoolean())
                return events;
        }
    }

    private static string Describe(JsonElement change)
    {
        var shown = JsonObject.Create(change)!;
        shown.Remove("id");
        shown.Remove("time");
        return shown.ToJsonString();
    }
}
