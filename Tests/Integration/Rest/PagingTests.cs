using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Rest;

public sealed class PagingTests
{
    [Fact]
    public async Task Pages_OfLargeItems_EndBeforeTheirTopAndGoOn()
    {
        using var database = new TempDatabase(
            """
            CREATE TABLE Notes (Id INTEGER PRIMARY KEY, Text TEXT);
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30)
            INSERT INTO Notes SELECT i, printf('%.*c', 100000, 'x') FROM n;
            """);
        await using var server = await TestServer.StartAsync(database.File, o => o.Rest.MaxPageBytes = 1024 * 1024);
        List<int> sizes = [];
        for (var next = "/api/notes?$top=1000&$count=true"; next is not null;)
        {
            var page = await server.GetJsonAsync(next);
            sizes.Add(page.GetProperty("value").GetArrayLength());
            Assert.Equal(30, page.GetProperty("count").GetInt32());
            next = page.TryGetProperty("nextLink", out var link) ? link.GetString() : null;
        }

        // A letter takes two bytes.
        Assert.Equal([5, 5, 5, 5, 5, 5], sizes);
    }

    /// <summary>Keyset paging: what is there all the time comes exactly once, whatever else is inserted and deleted on either side of the page.</summary>
    [Theory]
    [InlineData("$orderby=price,name%20desc")]
    [InlineData("$orderby=genre%20desc")]
    [InlineData("$filter=price%20lt%203&$select=genre")]
    public async Task Pages_WhileRowsComeAndGo_NeitherSkipNorRepeat(string query)
    {
        using var database = new TempDatabase(
            """
            CREATE TABLE Tracks (Id INTEGER PRIMARY KEY, Name TEXT, Price NUMERIC, Genre TEXT);
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250)
            INSERT INTO Tracks SELECT i * 2, 'Track ' || i, i % 3, CASE i % 5 WHEN 0 THEN NULL ELSE 'G' || (i % 5) END FROM n;
            """);
        await using var server = await TestServer.StartAsync(database.File);
        var random = new Random(20261123);
        var seen = new List<int>();
        var added = 1;
        for (var next = $"/api/tracks?{query}&$top=9"; next is not null;)
        {
            var page = await server.GetJsonAsync(next);
            seen.AddRange(page.GetProperty("value").EnumerateArray().Select(item => item.GetProperty("id").GetInt32()));
            next = page.TryGetProperty("nextLink", out var link) ? link.GetString() : null;

            // Odd keys come, before and after the page; every tenth of the even ones goes, and so does the page's last row, from whose values the next
            // page goes on.
            for (var i = 0; i < 3; i++, added += 2)
                database.Execute($"INSERT INTO Tracks VALUES ({added}, 'Track {random.Next(300)}', {random.Next(3)}, 'G{random.Next(6)}')");
            database.Execute($"DELETE FROM Tracks WHERE Id = {random.Next(1, 26) * 20} OR Id = {seen[^1]}");
        }

        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Equal(Enumerable.Range(1, 250).Select(i => i * 2).Where(id => id % 20 != 0), seen.Where(id => id % 2 == 0 && id % 20 != 0).Order());
    }
}
