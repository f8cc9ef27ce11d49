using System.Text.Json.Nodes;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Resources;
using RealtimeApi.Tests.Unit.Feed;
using Xunit;

namespace RealtimeApi.Tests.Unit.Watching;

/// <summary>PROTOCOL, Guarantees of a watch, 1: wherever a watch starts and however slowly it is read, its events are exactly those of its view, each once, in order.</summary>
public sealed class WatchContinuityTests
{
    /// <summary>Requests, and what the rows of their view are by words other than the engine's.</summary>
    private static readonly (WatchRequest Request, Func<FieldValue[], bool> Covers, int? Selected)[] Views =
    [
        (new() { Resource = "orders" }, static _ => true, null),
        (new() { Resource = "orders", Key = "3" }, static row => row[0].Integer == 3, null),
        (new() { Resource = "orders", Filter = "customerId eq 1" }, static row => row[3].Integer == 1, null),
        (new() { Resource = "orders", Filter = "customerId eq 2 and total gt 5" }, static row => row[3].Integer == 2 && row[2].Integer > 5, null),
        (new() { Resource = "orders", Filter = "total gt 3 or status eq 'open'" }, static row => row[2].Integer > 3 || row[1].Text == "open", null),
        (new() { Resource = "orders", Select = "status" }, static _ => true, 1),
        (new() { Resource = "orders", Select = "total", Filter = "status eq 'open'" }, static row => row[1].Text == "open", 2),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Watches_OfAnyKindPlaceAndPace_SeeExactlyTheirChanges(int seed) => await RunAsync(seed, fixtureCount: 1);

    [Theory]
    [InlineData(101)]
    [InlineData(102)]
    [InlineData(103)]
    [InlineData(104)]
    public async Task Watches_ThatMoveFromNodeToNode_SeeExactlyTheirChanges(int seed) => await RunAsync(seed, fixtureCount: 3);

    /// <summary>One writer and many readers at once; each reader stops, resumes elsewhere and reads as it likes.</summary>
    private static async Task RunAsync(int seed, int fixtureCount)
    {
        var random = new Random(seed);
        var database = new MemoryDatabase(seed) { MostRows = random.Next(1, 40) };
        int[] windows = [1, 3_000, 20_000, 200_000, 64 << 20];
        List<EngineFixture> nodes = [];
        for (var i = 0; i < fixtureCount; i++)
            nodes.Add(await EngineFixture.StartAsync(database, options => options.Feed.WindowBytes = windows[random.Next(windows.Length)]));
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 24).Select(i => Task.Run(() => ReadAsync(nodes, new Random(seed * 1000 + i), done.Token))).ToList();

        for (var i = 0; i < 600; i++)
        {
            var changes = Enumerable.Range(0, random.Next(1, 6)).Select(_ => AnyChange(random)).ToArray();
            database.WriteAll(changes);
            if (random.Next(4) == 0)
                await nodes[random.Next(nodes.Count)].SettleAsync();
        }

        foreach (var node in nodes)
            await node.SettleAsync();
        await done.CancelAsync();
        var changesMade = database.Changes(nodes[0].Feed.State!.Catalog);
        foreach (var (view, start, events) in await Task.WhenAll(readers))
        {
            var expected = changesMade.Where(c => c.Resource.Name == "orders" && c.Point.Position > start).Select(c => Expect(c, view)).OfType<string>();
            Assert.True(
                expected.SequenceEqual(events),
                $"Seed {seed}, view {view}, after {start}:{Environment.NewLine}expected {string.Join(" | ", expected)}{Environment.NewLine}got      {string.Join(" | ", events)}");
        }

        foreach (var node in nodes)
            await node.DisposeAsync();
    }

    private static async Task<(int View, LogPosition Start, List<string> Events)> ReadAsync(List<EngineFixture> nodes, Random random, CancellationToken done)
    {
        var view = random.Next(Views.Length);
        List<string> events = [];
        LogPosition? start = null;
        string? cursor = null;
        while (true)
        {
            // Read until told to stop at some moment, then go on from the last cursor or event on another node.
            var isLast = done.IsCancellationRequested;
            var told = new SemaphoreSlim(0);
            using var watch = await nodes[random.Next(nodes.Count)].Engine.StartAsync(Views[view].Request with { Since = cursor }, _ => told.Release(), CancellationToken.None);
            cursor ??= watch.StartCursor;
            Assert.True(Cursor.TryParse(cursor, out var parsed));
            start ??= parsed.Point.Position;

            var isCut = false;
            for (var reads = isLast ? int.MaxValue : random.Next(1, 30); reads > 0 && !isCut; reads--)
            {
                if (await watch.ReadAsync(new(random.Next(1, 8_000), random.Next(1, 40)), CancellationToken.None) is { } batch)
                {
                    Assert.Equal(cursor, batch.From);
                    foreach (var made in batch.Events)
                    {
                        var json = JsonNode.Parse(made.Json.Span)!.AsObject();
                        events.Add($"{json["id"]} {json["type"]} {json["view"]} {json["subject"]} {json["data"]?.ToJsonString()}");
                        cursor = made.Id;
                        if (!isLast && random.Next(40) == 0)
                        {
                            // The rest of the batch is lost on the way.
                            isCut = true;
                            break;
                        }
                    }

                    if (!isCut)
                        cursor = batch.Cursor;
                }
                else if (isLast)
                {
                    return (view, start.Value, events);
                }
                else
                {
                    await Task.WhenAny(told.WaitAsync(CancellationToken.None), Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, done));
                    if (done.IsCancellationRequested)
                        break;
                }
            }
        }
    }

    private static (string Resource, long Id, FieldValue[]? After) AnyChange(Random random)
    {
        var id = random.Next(1, 12);
        if (random.Next(5) == 0)
            return ("notes", id, MemoryDatabase.Note(id, "n"));
        return ("orders", id, random.Next(5) == 0 ? null : MemoryDatabase.Order(id, random.Next(2) == 0 ? "open" : "closed", random.Next(10), random.Next(4)));
    }

    private static string? Expect(Change change, int view)
    {
        var (_, covers, selected) = Views[view];
        var before = change.Before is { } old && covers(old.Values);
        var after = change.After is { } present && covers(present.Values);
        if (!before && !after)
            return null;
        if (before && after && selected is { } field && change.Before!.Values[field].ToString() == change.After!.Values[field].ToString())
            return null;
        var type = change.Before is null ? "created" : change.After is null ? "deleted" : "updated";
        var meaning = after ? before ? "modified" : "added" : "removed";
        var data = after ? DataOf(change.After!.Values, selected) : "";
        return $"{Cursor.Format("log1", change.Point)} orders.{type} {meaning} {change.Item.Values[0].Integer} {data}";
    }

    private static string DataOf(FieldValue[] row, int? selected) => selected switch
    {
        1 => $$"""{"id":{{row[0]}},"status":"{{row[1]}}"}""",
        2 => $$"""{"id":{{row[0]}},"total":{{row[2]}}}""",
        _ => $$"""{"id":{{row[0]}},"status":"{{row[1]}}","total":{{row[2]}},"customerId":{{row[3]}}}""",
    };
}
