using System.Globalization;
using RealtimeApi.Tests.Faults.Etcd;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Faults.Runs;

/// <summary>What connections, watches and changes took is given back when they have gone.</summary>
/// <remarks>It measures this process, so nothing goes beside it.</remarks>
[Collection(nameof(Alone))]
public sealed class MemoryTests
{
    private const long Tolerance = 12 * 1024 * 1024;

    /// <summary>Five hundred watches on each of several rounds of connections, cut off while some megabytes of changes come, leave no more behind than the first round did.</summary>
    [Fact]
    public async Task Heap_AfterManyWatchesWereCutOff_IsWhatItWas()
    {
        using var database = new TempDatabase("CREATE TABLE Items (Id INTEGER PRIMARY KEY, Kind INTEGER, Text TEXT)");
        await using var server = await TestServer.StartAsync(database.File, options =>
        {
            options.Feed.WindowBytes = 1024 * 1024;
            options.Rest.CacheBytes = 1024 * 1024;
        });
        await using var proxy = new CuttableProxy(server.Address);

        // What is made once and kept is there after the first rounds.
        for (var round = 0; round < 2; round++)
            await WatchAndCutAsync(database, proxy, round);
        var before = await MeasureAsync(proxy);
        for (var round = 2; round < 8; round++)
            await WatchAndCutAsync(database, proxy, round);
        var after = await MeasureAsync(proxy);

        TestContext.Current.TestOutputHelper?.WriteLine($"{before / 1024} KB before, {after / 1024} KB after");
        Assert.True(after < before + Tolerance, $"The heap held {before / 1024} KB after the first rounds, and holds {after / 1024} KB after the last.");
    }

    private static async Task WatchAndCutAsync(TempDatabase database, CuttableProxy proxy, int round)
    {
        var clients = await Task.WhenAll(Enumerable.Range(0, 25).Select(_ => HubWatch.ConnectAsync(proxy.Address)));
        // Filters that were never seen before, so that each makes a scope of its own.
        await Task.WhenAll(clients.SelectMany((client, c) => Enumerable.Range(0, 20).Select(i => client.SubscribeAsync(
            i.ToString(CultureInfo.InvariantCulture),
            new { resource = "items", filter = string.Create(CultureInfo.InvariantCulture, $"kind {(i % 2 == 0 ? "eq" : "gt")} {(round * 10_000) + (c * 100) + i}") }))));
        database.Execute($"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) REPLACE INTO Items SELECT i, {round * 10_000} + i, '{new string('x', 500)}{round}' FROM n");
        var first = await clients[0].NextPushAsync();
        Assert.NotNull(first.Batch);
        proxy.Cut();
        foreach (var client in clients)
            await client.DisposeAsync();
    }

    private static async Task<long> MeasureAsync(CuttableProxy proxy)
    {
        // The server learns of the cuts in its own time; the least of some measurements is what is really held.
        var least = long.MaxValue;
        for (var i = 0; i < 10 || proxy.Open > 0; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, TestContext.Current.CancellationToken);
            least = Math.Min(least, GC.GetTotalMemory(forceFullCollection: true));
        }

        return least;
    }

    [CollectionDefinition(nameof(Alone), DisableParallelization = true)]
    public sealed class Alone;
}
