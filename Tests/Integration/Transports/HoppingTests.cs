using System.Globalization;
using System.Text;
using System.Text.Json;
using RealtimeApi.Contracts;
using RealtimeApi.Tests.Integration.Watching;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Transports;

/// <summary>One watch that changes its transport while others write sees each change exactly once and in order.</summary>
public sealed class HoppingTests
{
    private const int Writers = 3;

    /// <summary>The key that is written last.</summary>
    private const string Last = "1000000";

    private const string Schema = "CREATE TABLE Things (Id INTEGER PRIMARY KEY, Kind INTEGER, Text TEXT)";

    [Theory]
    [InlineData(1, null)]
    [InlineData(2, null)]
    [InlineData(3, "kind eq 1")]
    public async Task Watch_HoppingAtRandomWhileTheServerRestarts_SeesEachChangeOnceAndInOrder(int seed, string? filter)
    {
        using var database = new TempDatabase(Schema);
        var random = new Random(seed);
        var request = new WatchRequest { Resource = "things", Filter = filter };
        var server = await StartAsync(database);
        try
        {
            var start = await FindStartAsync(server, request);
            var hopper = new Hopper(request, start, random);
            var writing = Task.Run(() => WriteAsync(database, seed), TestContext.Current.CancellationToken);
            // However few hops a slow machine takes to the end: by every transport.
            while (!hopper.HasSeen(Last) || hopper.Hops.Distinct().Count() < TransportNames.All.Count)
            {
                await hopper.HopAsync(server, random.Next(1, 100), Last);
                if (random.Next(8) == 0)
                {
                    await server.DisposeAsync();
                    server = await StartAsync(database);
                }
            }

            await writing;
            await AssertCompleteAsync(server, request with { Since = start }, hopper);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"Seed {seed}: {exception.Message}", exception);
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task Watch_CutTwelveTimesWhileThreeProcessesWrite10000Changes_SeesEachOnceAndInOrder()
    {
        Requirements.SkipUnless(SqliteShell.IsInstalled, SqliteShell.Missing);
        const int changesEach = 3334;
        const int cuts = 12;
        using var database = new TempDatabase(Schema);
        var request = new WatchRequest { Resource = "things" };
        await using var server = await StartAsync(database);
        var start = await FindStartAsync(server, request);
        var hopper = new Hopper(request, start, new Random(1));

        var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => SqliteShell.Run(database.File, Statements(writer, changesEach)), TestContext.Current.CancellationToken)));
        // Fewer at a time than would come to the end, since each hop takes the rest of its last batch, too.
        for (var cut = 0; cut < cuts; cut++)
            await hopper.HopAsync(server, Writers * changesEach / (cuts + 4), Last);
        Assert.All(await writing, Assert.Empty);
        database.Execute($"INSERT INTO Things VALUES ({Last}, 1, 'the end')");
        await hopper.HopAsync(server, Writers * changesEach, Last);

        Assert.Equal((Writers * changesEach) + 1, hopper.Seen.Count);
        Assert.Equal(TransportNames.All.Order(), hopper.Hops.Distinct().Order());
        for (var writer = 0; writer < Writers; writer++)
            Assert.Equal(
                Enumerable.Range(0, changesEach).Select(i => $"{writer}/{i}"),
                hopper.Seen.Select(e => e.GetProperty("data").GetProperty("text").GetString()!).Where(text => text.StartsWith($"{writer}/", StringComparison.Ordinal)));
        await AssertCompleteAsync(server, request with { Since = start }, hopper);
    }

    private static Task<TestServer> StartAsync(TempDatabase database) => TestServer.StartAsync(database.File, options => options.Feed.WindowBytes = 64 * 1024);

    private static async Task<string?> FindStartAsync(TestServer server, WatchRequest request)
    {
        using var first = await EngineReader.StartAsync(server, request);
        return first.Cursor;
    }

    /// <summary>What was seen is what one watch that is never cut off sees, and leads to what a read gives.</summary>
    private static async Task AssertCompleteAsync(TestServer server, WatchRequest request, Hopper hopper)
    {
        using var oracle = await EngineReader.StartAsync(server, request);
        Assert.Equal((await oracle.TakeAsync(hopper.Seen.Count)).Select(e => (string)e["id"]!), hopper.Seen.Select(Hopper.Id));

        SortedDictionary<string, string> items = new(StringComparer.Ordinal);
        for (var address = "/api/things?$top=1000" + (request.Filter is { } filter ? "&$filter=" + Uri.EscapeDataString(filter) : ""); address is not null;)
        {
            using var list = JsonDocument.Parse(await server.Client.GetStringAsync(new Uri(address, UriKind.Relative), TestContext.Current.CancellationToken));
            foreach (var item in list.RootElement.GetProperty("value").EnumerateArray())
                items.Add(item.GetProperty("id").ToString(), item.ToString());
            address = list.RootElement.TryGetProperty("nextLink", out var next) ? next.GetString() : null;
        }

        Assert.Equal(items, hopper.View());
    }

    private static async Task WriteAsync(TempDatabase database, int seed)
    {
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(i => Task.Run(() => Write(database, i, new Random((seed * 100) + i)))));
        database.Execute($"INSERT INTO Things VALUES ({Last}, 1, 'the end')");
    }

    private static void Write(TempDatabase database, int writer, Random random)
    {
        using var connection = database.Open();
        using var command = connection.CreateCommand();
        for (var i = 0; i < 400; i++)
        {
            var id = random.Next(20).ToString(CultureInfo.InvariantCulture);
            command.CommandText = random.Next(3) switch
            {
                0 => $"DELETE FROM Things WHERE Id = {id}",
                1 => $"UPDATE Things SET Kind = {random.Next(3)}, Text = '{writer}/{i}' WHERE Id = {id}",
                _ => $"INSERT OR REPLACE INTO Things VALUES ({id}, {random.Next(3)}, '{writer}/{i}')",
            };
            command.ExecuteNonQuery();
        }
    }

    /// <summary>So many statements, each a transaction that makes one change.</summary>
    private static string Statements(int writer, int count)
    {
        var sql = new StringBuilder(".timeout 120000\nPRAGMA synchronous = OFF;\n");
        for (var i = 0; i < count; i++)
        {
            var id = (writer * 100_000) + (i / 2);
            if (i % 2 == 0)
                sql.AppendLine(CultureInfo.InvariantCulture, $"INSERT INTO Things VALUES ({id}, 1, '{writer}/{i}');");
            else
                sql.AppendLine(CultureInfo.InvariantCulture, $"UPDATE Things SET Text = '{writer}/{i}' WHERE Id = {id};");
        }

        return sql.ToString();
    }
}
