using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.Unit.Feed;
using Xunit;

namespace RealtimeApi.Tests.Unit.Watching;

/// <summary>PROTOCOL, <c>initial</c>: the current items, then <c>synced</c>, then the changes, without a seam.</summary>
public sealed class WatchSnapshotTests
{
    [Fact]
    public async Task Initial_OfManyItems_ComesInPartsAndEndsWithTheFirstCursor()
    {
        await using var fixture = await FilledAsync(250);
        var watch = await fixture.WatchAsync(new() { Resource = "orders", Initial = true });
        Assert.Null(watch.Watch.StartCursor);

        List<string> ids = [];
        List<string> subjects = [];
        for (var part = 1; ; part++)
        {
            var batch = await watch.ReadAsync(maxBytes: 4000);
            Assert.Equal(part, batch!.Part);
            Assert.InRange(batch.Events.Sum(e => e.Json.Length), 1, 4000);
            foreach (var made in TestWatch.EventsOf(batch))
            {
                Assert.Equal("added", (string?)made["view"]);
                Assert.True((bool?)made["initial"]);
                ids.Add((string)made["id"]!);
                subjects.Add((string)made["subject"]!);
                Assert.False(Server.Feed.Cursor.TryParse(ids[^1], out _));
            }

            Assert.Equal(batch.Synced, !batch.HasMore);
            if (batch.Synced)
                break;
        }

        Assert.Equal(Enumerable.Range(1, 250).Select(i => $"{i}"), subjects);
        Assert.Equal(250, ids.Distinct().Count());
        Assert.Null(await watch.ReadAsync());
        fixture.Database.Write("orders", 7, null);
        Assert.Equal(["removed 7"], await watch.SettleAndSummarizeAsync());
    }

    [Fact]
    public async Task Initial_OfNothing_IsOneEmptyPartThatIsSynced()
    {
        await using var fixture = await EngineFixture.StartAsync();
        var watch = await fixture.WatchAsync(new() { Resource = "orders", Initial = true });

        var batch = await watch.ReadAsync();

        Assert.Equal((1, true, 0), (batch!.Part, batch.Synced, batch.Events.Count));
        Assert.Equal($$"""{"from":null,"cursor":"{{batch.Cursor}}","changes":[],"part":1,"synced":true}""", System.Text.Encoding.UTF8.GetString(batch.Json.Span));
        Assert.Equal(
            System.Text.Encoding.UTF8.GetString(batch.Json.Span),
            MessagePack.MessagePackSerializer.ConvertToJson(batch.MessagePack, cancellationToken: TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("3", null, "added 3 s3")]
    [InlineData("99", null, "")]
    [InlineData(null, "customerId eq 1 and total le 4", "added 1 s1,added 4 s4")]
    public async Task Initial_OfAView_HoldsItsItems(string? key, string? filter, string expected)
    {
        await using var fixture = await FilledAsync(6);
        var watch = await fixture.WatchAsync(new() { Resource = "orders", Key = key, Filter = filter, Initial = true });

        Assert.Equal(expected, string.Join(',', (await watch.DrainAsync()).Select(TestWatch.Summarize)));
    }

    [Fact]
    public async Task Initial_WithSelect_SendsTheseFields()
    {
        await using var fixture = await FilledAsync(1);
        var watch = await fixture.WatchAsync(new() { Resource = "orders", Select = "total", Initial = true });

        Assert.Equal("""{"id":1,"total":1}""", (await watch.DrainAsync()).Single()["data"]!.ToJsonString());
    }

    [Fact]
    public async Task Initial_WhileRowsChange_ConvergesWithTheChangesAfterIt()
    {
        await using var fixture = await FilledAsync(400);
        var watch = await fixture.WatchAsync(new() { Resource = "orders", Filter = "customerId ne 2", Initial = true });
        var random = new Random(7);
        Dictionary<string, string> view = [];
        while (true)
        {
            var batch = await watch.ReadAsync(maxBytes: 3000);
            if (batch is null)
                break;
            Apply(view, batch);
            if (batch.Synced)
                break;
            for (var i = 0; i < 20; i++)
            {
                var id = random.Next(1, 500);
                fixture.Database.Write("orders", id, random.Next(4) == 0 ? null : MemoryDatabase.Order(id, $"changed{i}", random.Next(100), random.Next(3)));
            }
        }

        await fixture.SettleAsync();
        while (await watch.ReadAsync(maxBytes: 3000) is { } batch)
            Apply(view, batch);

        var fresh = await fixture.WatchAsync(new() { Resource = "orders", Filter = "customerId ne 2", Initial = true });
        var expected = (await fresh.DrainAsync()).ToDictionary(e => (string)e["subject"]!, e => e["data"]!.ToJsonString());
        Assert.Equal(expected.OrderBy(p => p.Key), view.OrderBy(p => p.Key));
    }

    [Fact]
    public async Task Initial_WhoseStartIsTrimmedMeanwhile_StartsAgain()
    {
        await using var fixture = await FilledAsync(100, options => options.Feed.WindowBytes = 1);
        var watch = await fixture.WatchAsync(new() { Resource = "orders", Initial = true });
        Assert.Equal(1, (await watch.ReadAsync(maxBytes: 3000))!.Part);

        for (var i = 1; i <= 50; i++)
        {
            fixture.Database.Write("orders", i, MemoryDatabase.Order(i, "new", 1, 1));
            await fixture.SettleAsync();
        }

        fixture.Database.TrimThrough(fixture.Database.Head.Position);

        List<int?> parts = [];
        while (true)
        {
            // Taken before: it may be told before it is known here that there was nothing.
            var told = watch.Told;
            if (await watch.ReadAsync(maxBytes: 3000) is not { } batch)
            {
                await Until.TrueAsync(() =>
                {
                    fixture.Time.Advance(TimeSpan.FromSeconds(1));
                    return watch.Told > told;
                });
                continue;
            }

            parts.Add(batch.Part);
            if (batch.Synced)
                break;
        }

        Assert.Equal(2, parts[0]);
        var restart = parts.IndexOf(1);
        Assert.True(restart > 0);
        Assert.Equal(Enumerable.Range(1, parts.Count - restart).Select(i => (int?)i), parts.Skip(restart));
        fixture.Database.Write("orders", 1, null);
        Assert.Equal(["removed 1"], await watch.SettleAndSummarizeAsync());
    }

    [Fact]
    public async Task Initial_WhoseTableIsAlteredMeanwhile_EndsAsExpired()
    {
        await using var fixture = await FilledAsync(100);
        var watch = await fixture.WatchAsync(new() { Resource = "orders", Initial = true });
        Assert.NotNull(await watch.ReadAsync(maxBytes: 3000));
        fixture.Database.AlterOrders("Weight");
        fixture.Feed.Wake();
        await Until.TrueAsync(() => fixture.Engine.ScopeCount == 0);

        var problem = await Assert.ThrowsAsync<ProblemException>(async () => await watch.ReadAsync());

        Assert.Equal(ProblemCodes.CursorExpired, problem.Code);
    }

    [Fact]
    public async Task Initial_DuringAnOutage_GoesOnAfterIt()
    {
        await using var fixture = await FilledAsync(100);
        var watch = await fixture.WatchAsync(new() { Resource = "orders", Initial = true });
        var first = (await watch.ReadAsync(maxBytes: 3000))!.Events.Count;

        fixture.Database.IsUnavailable = true;
        Assert.Null(await watch.ReadAsync(maxBytes: 3000));
        Assert.True(watch.Watch.IsStalled);
        fixture.Database.IsUnavailable = false;
        await Until.TrueAsync(() =>
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(1));
            return watch.Told == 1;
        });

        Assert.Equal(100 - first, (await watch.DrainAsync()).Count);
        Assert.NotNull(watch.Cursor);
    }

    /// <summary>A hundred rows of a megabyte are not read to send one of them.</summary>
    [Fact]
    public async Task Initial_OfLargeItems_ReadsFewAtATime()
    {
        await using var fixture = await EngineFixture.StartAsync();
        for (var i = 1; i <= 20; i++)
            fixture.Database.Write("orders", i, MemoryDatabase.Order(i, new('x', 100_000), i, 1));
        await fixture.SettleAsync();
        var watch = await fixture.WatchAsync(new() { Resource = "orders", Initial = true });

        Assert.Equal(20, (await watch.DrainAsync()).Count);
        Assert.InRange(fixture.Database.LargestPage, 1, 2);
    }

    private static void Apply(Dictionary<string, string> view, Server.Watching.WatchBatch batch)
    {
        foreach (var made in TestWatch.EventsOf(batch))
        {
            if ((string?)made["view"] == "removed")
                view.Remove((string)made["subject"]!);
            else
                view[(string)made["subject"]!] = made["data"]!.ToJsonString();
        }
    }

    private static async Task<EngineFixture> FilledAsync(int orders, Action<Server.DependencyInjection.RealtimeApiOptions>? configure = null)
    {
        var fixture = await EngineFixture.StartAsync(configure: configure);
        for (var i = 1; i <= orders; i++)
            fixture.Database.Write("orders", i, MemoryDatabase.Order(i, $"s{i}", i, i % 3));
        await fixture.SettleAsync();
        return fixture;
    }
}
