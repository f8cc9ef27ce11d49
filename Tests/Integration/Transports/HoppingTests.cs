using System.Globalization;
using System.Text.Json;
using RealtimeApi.Contracts;
using RealtimeApi.Tests.Integration.Watching;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Transports;

/// <summary>One watch that changes its transport at random, while three writers write and the server is restarted, sees each change exactly once and in order.</summary>
public sealed class HoppingTests
{
    private const int Writers = 3;
    private const int ChangesEach = 200;

    /// <summary>The key that is written last.</summary>
    private const string Last = "1000";

    [Theory]
    [InlineData(1, null)]
    [InlineData(2, null)]
    [InlineData(3, "kind eq 1")]
    public async Task Watch_HoppingBetweenTransports_SeesEachChangeOnceAndInOrder(int seed, string? filter)
    {
        using var database = new TempDatabase("CREATE TABLE Things (Id INTEGER PRIMARY KEY, Kind INTEGER, Text TEXT)");
        var random = new Random(seed);
        var request = new WatchRequest { Resource = "things", Filter = filter };
        var server = await StartAsync(database);
        try
        {
            string? start;
            using (var first = await EngineReader.StartAsync(server, request))
                start = first.Cursor;
            var writing = Task.Run(() => WriteAsync(database, seed));

            var (cursor, seen, hops) = (start, new List<JsonElement>(), new List<string>());
            while (seen.Count == 0 || Subject(seen[^1]) != Last)
            {
                var name = TransportNames.All[random.Next(TransportNames.All.Count)];
                hops.Add(name);
                await using (var watch = await TransportNames.Find(name).StartAsync(server, request with { Since = cursor }))
                {
                    for (var reads = random.Next(1, 6); reads > 0 && (seen.Count == 0 || Subject(seen[^1]) != Last); reads--)
                    {
                        seen.AddRange(await watch.NextAsync());
                        cursor = watch.Cursor;
                    }
                }

                // An event in the middle of what was handed out is as good a place to resume from as its end.
                if (seen.Count > 3 && random.Next(3) == 0)
                {
                    seen.RemoveRange(seen.Count - 2, 2);
                    cursor = Id(seen[^1]);
                }

                if (random.Next(15) == 0)
                {
                    await server.DisposeAsync();
                    server = await StartAsync(database);
                }
            }

            await writing;
            Assert.Equal(TransportNames.All.Order(), hops.Distinct().Order());
            using var oracle = await EngineReader.StartAsync(server, request with { Since = start });
            Assert.Equal((await oracle.TakeAsync(seen.Count)).Select(e => (string)e["id"]!), seen.Select(Id));
            Assert.Equal(await ReadAsync(server, request), ViewOf(seen));
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

    private static Task<TestServer> StartAsync(TempDatabase database) => TestServer.StartAsync(database.File, options => options.Feed.WindowBytes = 64 * 1024);

    private static async Task WriteAsync(TempDatabase database, int seed)
    {
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(i => Task.Run(() => Write(database, i, new Random((seed * 100) + i)))));
        database.Execute($"INSERT INTO Things VALUES ({Last}, 1, 'the end')");
    }

    private static void Write(TempDatabase database, int writer, Random random)
    {
        using var connection = database.Open();
        using var command = connection.CreateCommand();
        for (var i = 0; i < ChangesEach; i++)
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

    private static SortedDictionary<string, string> ViewOf(IEnumerable<JsonElement> events)
    {
        SortedDictionary<string, string> view = new(StringComparer.Ordinal);
        foreach (var made in events)
        {
            if (made.GetProperty("view").GetString() == "removed")
                Assert.True(view.Remove(Subject(made)));
            else
                view[Subject(made)] = made.GetProperty("data").ToString();
        }

        return view;
    }

    private static async Task<SortedDictionary<string, string>> ReadAsync(TestServer server, WatchRequest request)
    {
        var address = "/api/things?$top=1000" + (request.Filter is { } filter ? "&$filter=" + Uri.EscapeDataString(filter) : "");
        using var list = JsonDocument.Parse(await server.Client.GetStringAsync(new Uri(address, UriKind.Relative), TestContext.Current.CancellationToken));
        return new(list.RootElement.GetProperty("value").EnumerateArray().ToDictionary(i => i.GetProperty("id").ToString(), i => i.ToString()), StringComparer.Ordinal);
    }

    private static string Subject(JsonElement made) => made.GetProperty("subject").GetString()!;

    private static string Id(JsonElement made) => made.GetProperty("id").GetString()!;
}
