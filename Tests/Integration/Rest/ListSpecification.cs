using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using RealtimeApi.Contracts;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Rest;

/// <summary>Lists over REST, whatever their database.</summary>
public abstract class ListSpecification(ListSpecification.Shared shared)
{
    private readonly TestServer server = shared.Server;
    private readonly TestDatabase database = shared.Database;

    [Fact]
    public async Task List_WithoutOptions_IsTheFirstPageInKeyOrder()
    {
        var page = await server.GetJsonAsync("/api/tracks");
        Assert.Equal(Enumerable.Range(1, 100), Ids(page));
        Assert.Equal(["value", "cursor", "nextLink"], page.EnumerateObject().Select(property => property.Name));
    }

    [Fact]
    public async Task List_WithEveryOption_IsAnswered()
    {
        var page = await server.GetJsonAsync("/api/tracks?$filter=price%20eq%201%20and%20id%20le%20100&$orderby=name%20desc&$top=3&$select=name&$count=true");
        Assert.Equal(34, page.GetProperty("count").GetInt64());
        Assert.Equal(["Track 97", "Track 94", "Track 91"], page.GetProperty("value").EnumerateArray().Select(item => item.GetProperty("name").GetString()));
        Assert.Equal(["id", "name"], page.GetProperty("value")[0].EnumerateObject().Select(field => field.Name));
    }

    [Fact]
    public async Task List_ThatMatchesNothing_IsEmpty()
    {
        var page = await server.GetJsonAsync("/api/tracks?$filter=id%20eq%20-1&$count=true");
        Assert.Equal(0, page.GetProperty("value").GetArrayLength());
        Assert.Equal(0, page.GetProperty("count").GetInt64());
        Assert.False(page.TryGetProperty("nextLink", out _));
    }

    [Theory]
    [InlineData("$filter=genre%20eq%20'G1'")]
    [InlineData("$orderby=genre,price%20desc")]
    [InlineData("$orderby=genre%20desc&$select=name&$count=true")]
    [InlineData("$filter=contains(name,'1')%20or%20genre%20eq%20null&$orderby=price")]
    public async Task Pages_FollowedToTheEnd_AreTheWholeListWithOneCursor(string query)
    {
        var whole = Ids(await server.GetJsonAsync($"/api/tracks?{query}&$top=1000"));
        var pages = await FollowAsync($"/api/tracks?{query}&$top=7");
        Assert.Equal(whole, pages.SelectMany(Ids));
        Assert.Single(pages.Select(page => page.GetProperty("cursor").GetString()).Distinct());
    }

    [Theory]
    [InlineData("$filter=nonsense%20eq%201")]
    [InlineData("$filter=id%20eq")]
    [InlineData("$filter=")]
    [InlineData("$orderby=nonsense")]
    [InlineData("$top=0")]
    [InlineData("$top=1001")]
    [InlineData("$top=x")]
    [InlineData("$select=nonsense")]
    [InlineData("$count=maybe")]
    [InlineData("$skip=10")]
    [InlineData("$expand=genre")]
    [InlineData("filter=id%20eq%201")]
    [InlineData("access_token=secret")]
    [InlineData("$top=1&$top=2")]
    [InlineData("$skiptoken=nonsense")]
    public async Task List_WithABadOption_IsRefused(string query)
    {
        using var response = await server.SendAsync($"/api/tracks?{query}");
        await response.AssertProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.InvalidQuery);
    }

    [Fact]
    public async Task List_WithABadFilter_QuotesItAndSaysWhere()
    {
        using var response = await server.SendAsync("/api/tracks?$filter=id%20eq%201%20and%20nonsense%20eq%202");
        var problem = await response.AssertProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.InvalidQuery);
        Assert.Contains("nonsense", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("id eq 1 and ".Length, problem.GetProperty("at").GetInt32());
    }

    [Fact]
    public async Task SkipToken_OfAnotherQuery_IsRefused()
    {
        var page = await server.GetJsonAsync("/api/tracks?$orderby=name&$top=5");
        var link = page.GetProperty("nextLink").GetString()!;
        using var response = await server.SendAsync(link.Replace("$orderby=name", "$orderby=price", StringComparison.Ordinal));
        await response.AssertProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.InvalidQuery);
    }

    [Fact]
    public async Task NextLink_BehindAPathBase_StartsWithIt()
    {
        await using var based = await TestServer.StartAsync(database, map: app =>
        {
            app.UsePathBase("/shop");
            app.UseRouting();
        });
        var page = await based.GetJsonAsync("/shop/api/tracks?$top=200");
        var link = page.GetProperty("nextLink").GetString()!;
        Assert.StartsWith("/shop/api/tracks?$top=200&$skiptoken=", link, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(201, 50), Ids(await based.GetJsonAsync(link)));
    }

    [Fact]
    public async Task Link_OfAFilteredList_KeepsFilterAndSelect()
    {
        using var response = await server.SendAsync("/api/tracks?$filter=name%20eq%20'a>b'&$top=5&$select=name&$orderby=id");
        Assert.Equal("</api/tracks/events?$filter=name%20eq%20%27a%3Eb%27&$select=name>; rel=\"monitor\"", response.Header("Link"));
    }

    [Theory]
    [InlineData("/api/cheap", 83)]
    [InlineData("/api/quiet", 1)]
    public async Task List_OfWhatCannotBeWatched_HasNoCursor(string path, int count)
    {
        using var response = await server.SendAsync($"{path}?$count=true");
        var page = JsonDocument.Parse(await response.TextAsync()).RootElement;
        Assert.Equal(count, page.GetProperty("count").GetInt64());
        Assert.False(page.TryGetProperty("cursor", out _));
        Assert.False(response.Headers.Contains("Realtime-Cursor"));
        Assert.False(response.Headers.Contains("Link"));
        Assert.NotNull(response.Headers.ETag);
    }

    [Fact]
    public async Task Cursor_OfAList_IsTheHeaders()
    {
        using var response = await server.SendAsync("/api/tracks?$top=1");
        var page = JsonDocument.Parse(await response.TextAsync()).RootElement;
        Assert.Equal(response.Header("Realtime-Cursor"), page.GetProperty("cursor").GetString());
    }

    private static IEnumerable<int> Ids(JsonElement page) => page.GetProperty("value").EnumerateArray().Select(item => item.GetProperty("id").GetInt32()).ToList();

    private async Task<List<JsonElement>> FollowAsync(string path)
    {
        List<JsonElement> pages = [];
        for (var next = path; next is not null;)
        {
            pages.Add(await server.GetJsonAsync(next));
            next = pages[^1].TryGetProperty("nextLink", out var link) ? link.GetString() : null;
        }

        return pages;
    }

    /// <summary>One server for all, since nothing here writes to it.</summary>
    public abstract class Shared(TestDatabaseKind kind) : SharedServer(kind)
    {
        protected override string Sqlite =>
            """
            CREATE TABLE Tracks (Id INTEGER PRIMARY KEY, Name TEXT, Price NUMERIC, Genre TEXT);
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250)
            INSERT INTO Tracks SELECT i, 'Track ' || i, i % 3, CASE i % 5 WHEN 0 THEN NULL ELSE 'G' || (i % 5) END FROM n;
            CREATE VIEW Cheap AS SELECT Id, Name FROM Tracks WHERE Price = 0;
            CREATE TABLE Quiet (Id INTEGER PRIMARY KEY);
            INSERT INTO Quiet VALUES (1);
            """;

        protected override string SqlServer =>
            """
            CREATE TABLE Tracks (Id int PRIMARY KEY, Name nvarchar(20), Price decimal(10,2), Genre nvarchar(10));
            DECLARE @i int = 1;
            WHILE @i <= 250
            BEGIN
                INSERT INTO Tracks VALUES (@i, CONCAT(N'Track ', @i), @i % 3, CASE @i % 5 WHEN 0 THEN NULL ELSE CONCAT(N'G', @i % 5) END);
                SET @i = @i + 1;
            END
            CREATE TABLE Quiet (Id int PRIMARY KEY);
            INSERT INTO Quiet VALUES (1);
            GO
            CREATE VIEW Cheap AS SELECT Id, Name FROM Tracks WHERE Price = 0;
            """;

        protected override void Configure(RealtimeApiOptions options)
        {
            options.Resources["cheap"] = new() { Table = "Cheap", Key = { "Id" } };
            options.Resources["quiet"] = new() { Table = "Quiet", Watch = false };
        }
    }
}
