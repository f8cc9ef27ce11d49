using RealtimeApi.Client;
using RealtimeApi.Tests.TestSupport;
using Xunit;

#pragma warning disable xUnit1051 // Each watch is stopped by the token of its Watching.

namespace RealtimeApi.Tests.Integration.Client;

/// <summary>That a watch which hops between the transports of a real server, and is cut off on each, misses and repeats nothing.</summary>
public sealed class HoppingTests : IAsyncLifetime
{
    private const int Writers = 3;
    private const int WritesOfAWriter = 150;

    private readonly TempDatabase database = new("CREATE TABLE Orders (Id INTEGER PRIMARY KEY, Writer INTEGER, Number INTEGER, Status TEXT)");
    private TestServer server = null!;
    private CuttableProxy proxy = null!;

    public async ValueTask InitializeAsync()
    {
        server = await TestServer.StartAsync(database.File);
        proxy = new(server.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await proxy.DisposeAsync();
        await server.DisposeAsync();
        database.Dispose();
    }

    [Fact]
    public async Task Watch_ThatHopsAtRandom_SeesEachChangeOnceInOrder()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        await using var steady = Clients.For(server.Address);
        await using var client = new RealtimeApiClient(Clients.OptionsFor(proxy.Address) with { PollInterval = TimeSpan.FromMilliseconds(20) });
        var filtered = client.Resource<Order>("orders").Where(o => o.Status == "open");
        await using var reference = await steady.Resource<Order>("orders").WatchAsync(Clients.Bookmarks).Start().StandsAsync();
        await using var hopping = await client.Resource<Order>("orders").WatchAsync(Clients.Bookmarks).Start().StandsAsync();
        await using var view = filtered.OpenLiveView();
        var told = new Told<Order>();
        view.Subscribe(told);
        await view.WhenSyncedAsync(TestContext.Current.CancellationToken);

        var writing = Task.WhenAll(Enumerable.Range(1, Writers).Select(writer => Task.Run(() => Write(writer, seed + writer))));
        while (!writing.IsCompleted)
        {
            client.Transports.SwitchTo((WatchTransport)random.Next(1, 5));
            if (random.Next(4) == 0)
                proxy.Cut();
            await Task.WhenAny(writing, hopping.UntilMoreAsync());
        }
        await writing;
        database.Execute("INSERT INTO Orders (Id, Writer, Number, Status) VALUES (100000, 0, 0, 'open')");

        try
        {
            var expected = await UntilLastAsync(reference);
            var seen = await UntilLastAsync(hopping);
            Assert.Equal(expected.Select(c => c with { Cursor = null }), seen.Select(c => c with { Cursor = null }));
            Assert.Equal(seen.Count, seen.Select(c => c.Cursor).Distinct().Count());
            await told.UntilAsync(t => t.Items.ContainsKey("100000"));
            Assert.Empty(told.Contradictions);
            Assert.Equal((await filtered.ListAllAsync().ToListAsync(TestContext.Current.CancellationToken)).OrderBy(o => o.Id), view);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"With seed {seed}.", e);
        }
    }

    private void Write(int writer, int seed)
    {
        var random = new Random(seed);
        using var connection = database.Open();
        using var command = connection.CreateCommand();
        for (var number = 1; number <= WritesOfAWriter; number++)
        {
            var id = random.Next(1, 30);
            command.CommandText = random.Next(4) == 0
                ? $"DELETE FROM Orders WHERE Id = {id}"
                : $"INSERT INTO Orders VALUES ({id}, {writer}, {number}, '{(random.Next(2) == 0 ? "open" : "done")}') ON CONFLICT (Id) DO UPDATE SET Writer = {writer}, Number = {number}, Status = excluded.Status";
            command.ExecuteNonQuery();
        }
    }

    private static async Task<IReadOnlyList<ItemChange<Order>>> UntilLastAsync(Watching<Order> watch)
    {
        var changes = new List<ItemChange<Order>>();
        while (changes is not [.., { Key: "100000" }])
            if (await watch.NextAsync() is { Kind: not ChangeKind.Bookmark } change)
                changes.Add(change);
        return changes;
    }

    internal sealed record Order(long Id, int Writer, int Number, string Status);
}
