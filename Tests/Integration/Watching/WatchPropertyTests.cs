using System.Text.Json.Nodes;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Watching;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Watching;

/// <summary>Random writers, random watches, random cuts and restarts over a real file: in the end each watched view is what a fresh read gives.</summary>
public sealed class WatchPropertyTests
{
    private const string Schema =
        """
        CREATE TABLE Things (Id INTEGER PRIMARY KEY, Code TEXT NOT NULL UNIQUE, Kind INTEGER, Size INTEGER, Padding TEXT);
        CREATE TABLE Noise (Id INTEGER PRIMARY KEY, Text TEXT);
        """;

    private static readonly WatchRequest[] Requests =
    [
        new() { Resource = "things" },
        new() { Resource = "things", Key = "7" },
        new() { Resource = "things", Filter = "kind eq 1" },
        new() { Resource = "things", Filter = "kind eq 2 and size gt 40" },
        new() { Resource = "things", Filter = "startswith(code, 'c1') or size lt 20" },
        new() { Resource = "things", Filter = "kind ne 0", Select = "code,size" },
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Views_AfterRandomWritesCutsAndRestarts_AreWhatAFreshReadGives(int seed)
    {
        using var database = new TempDatabase(Schema);
        var random = new Random(seed);
        var server = await StartAsync();
        for (var round = 0; round < 3; round++)
        {
            using var done = new CancellationTokenSource();
            var current = server;
            var readers = Enumerable.Range(0, 12)
                .Select(i => Task.Run(() => FollowAsync(current, Requests[i % Requests.Length], new Random(seed * 1000 + round * 100 + i), done.Token)))
                .ToList();
            await Task.WhenAll(Enumerable.Range(0, 3).Select(i => Task.Run(() => WriteAsync(database, new Random(seed * 1000 + round * 100 + 50 + i)))));

            await done.CancelAsync();
            var followed = await Task.WhenAll(readers);
            await server.DisposeAsync();

            // Written while no server is there to see it.
            await WriteAsync(database, random);
            server = await StartAsync();
            for (var i = 0; i < followed.Length; i++)
                await FinishAsync(server, Requests[i % Requests.Length], followed[i], $"seed {seed}, round {round}, reader {i}");
        }

        await server.DisposeAsync();

        Task<TestServer> StartAsync() => TestServer.StartAsync(database.File, options => options.Feed.WindowBytes = 64 * 1024);
    }

    /// <summary>Watches from the items on, cut off and resumed at random, until told to stop at whatever moment that is.</summary>
    private static async Task<Followed> FollowAsync(TestServer server, WatchRequest request, Random random, CancellationToken done)
    {
        var followed = new Followed();
        while (true)
        {
            using var reader = await EngineReader.StartAsync(server, followed.Resume(request));
            for (var reads = random.Next(1, 20); reads > 0; reads--)
            {
                if (await reader.NextAsync(done) is not { } batch)
                    break;
                followed.Take(batch);

                // A transport that is slow now and then.
                Thread.SpinWait(random.Next(20_000));
            }

            if (done.IsCancellationRequested && followed.Cursor is not null)
                return followed;
        }
    }

    private static async Task FinishAsync(TestServer server, WatchRequest request, Followed followed, string context)
    {
        using var fresh = await EngineReader.StartAsync(server, request with { Initial = true });
        var expected = await fresh.ReadItemsAsync();

        // Nobody writes any more, and what was written while the server was away is before where its feed began: all of it is there to be read.
        using var reader = await EngineReader.StartAsync(server, followed.Resume(request));
        await foreach (var batch in reader.DrainAsync())
            followed.Take(batch);
        Assert.True(followed.IsEqualTo(expected), $"{context}: expected {expected.Count} items, got {followed.Count}.");
    }

    private static async Task WriteAsync(TempDatabase database, Random random)
    {
        for (var i = 0; i < 60; i++)
        {
            var padding = new string('p', random.Next(0, 400));
            var id = random.Next(1, 60);
            database.Execute(random.Next(9) switch
            {
                0 => $"DELETE FROM Things WHERE Id = {id}",
                1 => $"UPDATE Things SET Size = Size + 1, Padding = '{padding}' WHERE Kind = {random.Next(4)}",
                2 => $"UPDATE OR REPLACE Things SET Code = 'c{random.Next(60)}' WHERE Id = {id}",
                3 => $"INSERT INTO Noise (Text) VALUES ('{padding}')",
                4 => $"BEGIN IMMEDIATE; DELETE FROM Things; ROLLBACK",
                5 => $"BEGIN IMMEDIATE; UPDATE Things SET Kind = {random.Next(4)} WHERE Id > {id}; DELETE FROM Things WHERE Id = {id + 1}; COMMIT",
                6 => $"UPDATE OR IGNORE Things SET Id = {random.Next(1, 60)} WHERE Id = {id}",
                7 => $"INSERT INTO Things VALUES ({id}, 'c{id}', 1, {random.Next(100)}, '{padding}') ON CONFLICT DO UPDATE SET Size = excluded.Size",
                _ => $"REPLACE INTO Things VALUES ({id}, 'c{random.Next(60)}', {random.Next(4)}, {random.Next(100)}, '{padding}')",
            });
            await Task.Yield();
        }
    }

    /// <summary>What a client knows: its view, and the ids and the cursor that it has seen.</summary>
    private sealed class Followed
    {
        private readonly Dictionary<string, string> view = [];
        private LogPosition last;

        public string? Cursor { get; private set; }

        public int Count => view.Count;

        public WatchRequest Resume(WatchRequest request) => Cursor is null ? request with { Initial = true } : request with { Since = Cursor };

        public bool IsEqualTo(Dictionary<string, string> other) => view.Count == other.Count && view.All(item => other.GetValueOrDefault(item.Key) == item.Value);

        public void Take(WatchBatch batch)
        {
            if (batch.Part == 1)
                view.Clear();
            foreach (var made in batch.Events)
            {
                if (batch.Part is not null)
                    continue;
                Assert.True(Server.Feed.Cursor.TryParse(made.Id, out var id));
                Assert.True(id.Point.Position > last, "An event came twice or out of order.");
                last = id.Point.Position;
            }

            EngineReader.Apply(view, batch);
            Cursor = batch.Cursor;
        }
    }
}
