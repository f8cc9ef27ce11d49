using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Watching;
using RealtimeApi.Tests.Integration.Rest;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Polling;

/// <summary>PROTOCOL, Long polling and deltas: limits, waits, and who goes away meanwhile.</summary>
public sealed class ChangesTests : IDisposable
{
    private readonly TempDatabase database = new("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)");

    [Theory, InlineData(""), InlineData("?wait=60"), InlineData("?wait=60&limit=1000&$filter=id%20eq%201")]
    public async Task Changes_WithoutSince_AreNoneAndTheCursorAtOnce(string query)
    {
        await using var server = await TestServer.StartAsync(database.File);

        using var response = await server.SendAsync("/api/notes/changes" + query);

        var text = await response.TextAsync();
        var cursor = response.Header("Realtime-Cursor");
        Assert.Equal($$"""{"changes":[],"cursor":"{{cursor}}","more":false}""", text);
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
    }

    [Theory, InlineData(1), InlineData(100), InlineData(249), InlineData(250), InlineData(1000)]
    public async Task Changes_MoreThanTheLimit_AreCutThereAndContinued(int limit)
    {
        await using var server = await TestServer.StartAsync(database.File);
        var cursor = await CursorAsync(server);
        await ChangeAsync(server, Fill(250));

        var (subjects, more) = (new List<int>(), true);
        while (more)
        {
            var page = await PageAsync(server, cursor, $"limit={limit}");
            Assert.Equal(Math.Min(limit, 250 - subjects.Count), page.Changes.Count);
            Assert.Equal(subjects.Count + page.Changes.Count < 250, page.More);
            subjects.AddRange(page.Changes.Select(Subject));
            (cursor, more) = (page.Cursor, page.More);
        }

        Assert.Equal(Enumerable.Range(1, 250), subjects);
        Assert.Empty((await PageAsync(server, cursor)).Changes);
    }

    [Fact]
    public async Task Changes_FarBehindAndFewOfThem_ComeInBoundedSteps()
    {
        string cursor;
        await using (var server = await TestServer.StartAsync(database.File))
            cursor = await CursorAsync(server);
        database.Execute("INSERT INTO notes VALUES (1, 'wanted')");
        database.Execute("WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 6000) INSERT INTO notes SELECT i, $text FROM n", ("$text", new string('x', 1500)));
        database.Execute("INSERT INTO notes VALUES (6001, 'wanted')");
        await using var restarted = await TestServer.StartAsync(database.File, options => options.Feed.WindowBytes = 64 * 1024);

        var (subjects, pages, more) = (new List<int>(), 0, true);
        while (more)
        {
            var page = await PageAsync(restarted, cursor, "$filter=text%20eq%20'wanted'");
            subjects.AddRange(page.Changes.Select(Subject));
            Assert.NotEqual(cursor, page.Cursor);
            (cursor, more) = (page.Cursor, page.More);
            pages++;
        }

        Assert.Equal([1, 6001], subjects);
        Assert.True(pages > 1);
    }

    [Fact]
    public async Task Changes_OfLargeItems_ComeInAnswersOfBoundedSize()
    {
        await using var server = await TestServer.StartAsync(database.File);
        var cursor = await CursorAsync(server);
        for (var i = 1; i <= 60; i++)
            database.Execute("INSERT INTO notes VALUES ($id, $text)", ("$id", i), ("$text", new string('x', 100_000)));

        List<int> subjects = [];
        while (subjects.Count < 60)
        {
            var page = await PageAsync(server, cursor, "limit=1000&wait=10");
            Assert.InRange(page.Changes.Sum(c => c.GetRawText().Length), 1, 1_150_000);
            subjects.AddRange(page.Changes.Select(Subject));
            cursor = page.Cursor;
        }

        Assert.Equal(Enumerable.Range(1, 60), subjects);
    }

    [Fact]
    public async Task Changes_WaitedFor_ComeAsSoonAsOneMatches()
    {
        await using var server = await TestServer.StartAsync(database.File, build: PatientClock.Use);
        var waiting = PageAsync(server, await CursorAsync(server), "wait=60&$filter=text%20eq%20'wanted'");
        await server.WatchedByAsync(1);

        database.Execute("INSERT INTO notes VALUES (1, 'other')");
        database.Execute("INSERT INTO notes VALUES (2, 'wanted')");

        Assert.Equal([2], (await waiting).Changes.Select(Subject));
        await server.WatchedByAsync(0);
    }

    [Fact]
    public async Task Changes_WaitedForInVain_AreNoneAndANewerCursor()
    {
        await using var server = await TestServer.StartAsync(database.File);
        var cursor = await CursorAsync(server);
        await ChangeAsync(server, "INSERT INTO notes VALUES (1, 'other')");

        var page = await PageAsync(server, cursor, "wait=1&$filter=text%20eq%20'wanted'");

        Assert.Empty(page.Changes);
        Assert.False(page.More);
        Assert.NotEqual(cursor, page.Cursor);
    }

    [Fact]
    public async Task Delta_WithoutAChange_IsAnsweredAtOnceWithANewerCursor()
    {
        await using var server = await TestServer.StartAsync(database.File);
        var cursor = await CursorAsync(server);
        await ChangeAsync(server, "INSERT INTO notes VALUES (1, 'other')");

        var page = await PageAsync(server, cursor, "wait=0&$filter=text%20eq%20'wanted'");

        Assert.Empty(page.Changes);
        Assert.NotEqual(cursor, page.Cursor);
        Assert.Equal(page.Cursor, (await PageAsync(server, page.Cursor, "$filter=text%20eq%20'wanted'")).Cursor);
    }

    [Fact]
    public async Task Client_ThatGoesAway_EndsTheWait()
    {
        await using var server = await TestServer.StartAsync(database.File, build: PatientClock.Use);
        var cursor = await CursorAsync(server);
        using var leaves = new CancellationTokenSource();
        var waiting = server.Client.GetAsync(new Uri($"/api/notes/changes?since={cursor}&wait=60", UriKind.Relative), leaves.Token);
        await server.WatchedByAsync(1);

        await leaves.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await server.WatchedByAsync(0);
    }

    [Fact]
    public async Task Wait_WhenTheHostStops_IsAnswered()
    {
        await using var server = await TestServer.StartAsync(database.File, build: PatientClock.Use);
        var cursor = await CursorAsync(server);
        var waiting = PageAsync(server, cursor, "wait=60");
        await server.WatchedByAsync(1);

        await server.StopAsync();

        Assert.Equal(cursor, (await waiting).Cursor);
    }

    [Fact]
    public async Task Wait_WhenTheTableIsAltered_IsAnsweredAsExpired()
    {
        await using var server = await TestServer.StartAsync(database.File, build: PatientClock.Use);
        var cursor = await CursorAsync(server);
        var waiting = server.SendAsync($"/api/notes/changes?since={cursor}&wait=60");
        await server.WatchedByAsync(1);

        database.Execute("ALTER TABLE notes ADD COLUMN extra TEXT");

        using var response = await waiting;
        await response.AssertProblemAsync(HttpStatusCode.Gone, ProblemCodes.CursorExpired);
    }

    [Theory]
    [InlineData("wait=61")]
    [InlineData("wait=-1")]
    [InlineData("wait=1.5")]
    [InlineData("wait=")]
    [InlineData("limit=0")]
    [InlineData("limit=1001")]
    [InlineData("limit=1&limit=2")]
    [InlineData("initial=true")]
    [InlineData("initial=false")]
    [InlineData("select=text")]
    public async Task Option_ThatDoesNotFit_IsRefused(string query)
    {
        await using var server = await TestServer.StartAsync(database.File);
        using var response = await server.SendAsync($"/api/notes/changes?{query}");
        await response.AssertProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.InvalidQuery);
    }

    [Fact]
    public async Task Head_OfChanges_HasTheHeadersOfGet()
    {
        await using var server = await TestServer.StartAsync(database.File);
        var cursor = await CursorAsync(server);
        await ChangeAsync(server, "INSERT INTO notes VALUES (1, 'a'), (2, 'é')");

        using var get = await server.SendAsync($"/api/notes/changes?since={cursor}");
        using var head = await server.SendAsync(HttpMethod.Head, $"/api/notes/changes?since={cursor}");

        Assert.Equal(get.Header("Realtime-Cursor"), head.Header("Realtime-Cursor"));
        Assert.Equal(get.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.Empty(await head.TextAsync());
    }

    public void Dispose() => database.Dispose();

    private static string Fill(int rows) =>
        $"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) INSERT INTO notes SELECT i, 'a note' FROM n";

    private static async Task<string> CursorAsync(TestServer server) => (await server.GetJsonAsync("/api/notes/changes")).GetProperty("cursor").GetString()!;

    private static async Task<Page> PageAsync(TestServer server, string since, string options = "wait=0")
    {
        var answer = await server.GetJsonAsync($"/api/notes/changes?since={since}&{options}");
        return new([.. answer.GetProperty("changes").EnumerateArray()], answer.GetProperty("cursor").GetString()!, answer.GetProperty("more").GetBoolean());
    }

    private static int Subject(JsonElement change) => int.Parse(change.GetProperty("subject").GetString()!, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Changes the database, and waits until the server's engine has evaluated that.</summary>
    private async Task ChangeAsync(TestServer server, string sql)
    {
        await server.ChangeAsync(database, sql);
        var head = server.Services.GetRequiredService<ChangeFeed>().State!.Head.Position;
        var engine = server.Services.GetRequiredService<WatchEngine>();
        await Until.TrueAsync(() => engine.Through!.Value.Position >= head);
    }

    private sealed record Page(List<JsonElement> Changes, string Cursor, bool More);
}
