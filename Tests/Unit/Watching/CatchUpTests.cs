using RealtimeApi.Server.Feed;
using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.Unit.Feed;
using Xunit;

namespace RealtimeApi.Tests.Unit.Watching;

/// <summary>Watches that stand behind what memory holds.</summary>
public sealed class CatchUpTests
{
    [Fact]
    public async Task SlowWatch_WithinTheWindow_ReadsNoLog()
    {
        await using var fixture = await EngineFixture.StartAsync();
        var slow = await fixture.WatchAsync(new() { Resource = "orders" });
        for (var i = 1; i <= 200; i++)
            fixture.Database.Write("orders", i, MemoryDatabase.Order(i, "a", 1, 1));
        await fixture.SettleAsync();

        Assert.Equal(200, (await slow.DrainAsync(maxBytes: 2000)).Count);
        Assert.Equal(0, fixture.Database.CatchUpReads);
    }

    [Fact]
    public async Task SlowWatch_BeyondTheWindow_ReadsTheLogUntilMemoryHasTheRest()
    {
        await using var fixture = await EngineFixture.StartAsync(configure: options => options.Feed.WindowBytes = 10_000);
        var slow = await fixture.WatchAsync(new() { Resource = "orders" });
        for (var i = 1; i <= 200; i++)
        {
            fixture.Database.Write("orders", i, MemoryDatabase.Order(i, "a", 1, 1));
            await fixture.SettleAsync();
        }

        Assert.Equal(Enumerable.Range(1, 200).Select(i => $"added {i} a"), (await slow.DrainAsync(maxBytes: 5000)).Select(TestWatch.Summarize));
        var reads = fixture.Database.CatchUpReads;
        Assert.True(reads > 0);

        fixture.Database.Write("orders", 1, null);
        Assert.Equal(["removed 1"], await slow.SettleAndSummarizeAsync());
        await slow.DrainAsync();
        Assert.Equal(reads, fixture.Database.CatchUpReads);
    }

    [Fact]
    public async Task SlowWatch_ReadingSoManyEventsAtATime_FindsEachOnceInTheLog()
    {
        await using var fixture = await EngineFixture.StartAsync(configure: options => options.Feed.WindowBytes = 10_000);
        var slow = await fixture.WatchAsync(new() { Resource = "orders" });
        for (var i = 1; i <= 200; i++)
        {
            fixture.Database.Write("orders", i, MemoryDatabase.Order(i, "a", 1, 1));
            await fixture.SettleAsync();
        }

        List<string> found = [];
        while (await slow.ReadAsync(maxEvents: 3) is { } batch)
        {
            Assert.InRange(batch.Events.Count, 0, 3);
            Assert.True(batch.HasMore || found.Count + batch.Events.Count == 200);
            found.AddRange(TestWatch.EventsOf(batch).Select(TestWatch.Summarize));
        }

        Assert.Equal(Enumerable.Range(1, 200).Select(i => $"added {i} a"), found);
    }

    [Fact]
    public async Task Window_OfManyChanges_StaysWithinItsBytes()
    {
        await using var fixture = await EngineFixture.StartAsync(configure: options => options.Feed.WindowBytes = 10_000);
        for (var i = 1; i <= 200; i++)
        {
            fixture.Database.Write("orders", i, MemoryDatabase.Order(i, "a", 1, 1));
            await fixture.SettleAsync();
            var state = fixture.Feed.State!;
            Assert.InRange(state.Window.Sum(s => s.Size), 1, 10_000);
            Assert.Equal(state.WindowStart, state.Window[0].After);
            Assert.Equal(state.Head, state.Window[^1].Through);
        }
    }

    [Fact]
    public async Task Watch_WithNothingToSeeInALongLog_SaysHowFarItGot()
    {
        await using var first = await EngineFixture.StartAsync();
        var since = (await first.WatchAsync(new() { Resource = "orders" })).Cursor;
        first.Database.MostRows = 1000;
        for (var i = 1; i <= 60_000; i++)
            first.Database.Write("orders", i % 10, MemoryDatabase.Order(i % 10, $"{i}", 1, 1));
        await using var restarted = await first.StartAnotherAsync();

        var watch = await restarted.WatchAsync(new() { Resource = "orders", Key = "77", Since = since });
        var batch = await watch.ReadAsync();

        Assert.Empty(batch!.Events);
        Assert.True(batch.HasMore);
        Assert.NotEqual(since, batch.Cursor);
        while (batch is not null)
            batch = await watch.ReadAsync();
        restarted.Database.Write("orders", 77, MemoryDatabase.Order(77, "here", 1, 1));
        Assert.Equal(["added 77 here"], await watch.SettleAndSummarizeAsync());
    }

    [Fact]
    public async Task Watch_BehindManyChangesOfOtherResources_SaysHowFarItGot()
    {
        await using var first = await EngineFixture.StartAsync();
        var since = (await first.WatchAsync(new() { Resource = "orders" })).Cursor;
        first.Database.MostRows = 10;
        for (var i = 1; i <= 1000; i++)
            first.Database.Write("notes", i, MemoryDatabase.Note(i, "a"));
        await using var restarted = await first.StartAnotherAsync();

        var watch = await restarted.WatchAsync(new() { Resource = "orders", Since = since });
        var reads = first.Database.CatchUpReads;
        var batch = await watch.ReadAsync();

        Assert.NotNull(batch);
        Assert.Empty(batch.Events);
        Assert.NotEqual(since, batch.Cursor);
        Assert.InRange(first.Database.CatchUpReads - reads, 1, 50);
    }

    [Fact]
    public async Task Watches_ThatResumeTogether_ShareWhatTheyReadOfTheLog()
    {
        await using var first = await EngineFixture.StartAsync();
        var since = (await first.WatchAsync(new() { Resource = "orders" })).Cursor;
        for (var i = 1; i <= 20; i++)
            first.Database.Write("orders", i, MemoryDatabase.Order(i, "a", 1, 1));
        await using var restarted = await first.StartAnotherAsync();
        List<TestWatch> watches = [];
        for (var i = 0; i < 50; i++)
            watches.Add(await restarted.WatchAsync(new() { Resource = "orders", Since = since }));
        var reads = restarted.Database.CatchUpReads;

        var batches = new List<object?>();
        foreach (var watch in watches)
            batches.Add(await watch.ReadAsync());

        Assert.All(batches, batch => Assert.Same(batches[0], batch));
        Assert.Equal(1, restarted.Database.CatchUpReads - reads);
    }

    [Fact]
    public async Task Engine_WhenTheFeedOutrunsIt_LetsItsWatchesCatchUp()
    {
        await using var fixture = await EngineFixture.StartAsync(configure: options => options.Feed.WindowBytes = 1);
        var gateOpen = new TaskCompletionSource();
        var isHeld = new TaskCompletionSource();

        // A transport that blocks the engine's thread, against the rules, while the feed reads on.
        using var blocking = await fixture.Engine.StartAsync(
            new() { Resource = "notes" },
            _ =>
            {
                isHeld.TrySetResult();
                gateOpen.Task.Wait(TestContext.Current.CancellationToken);
            },
            TestContext.Current.CancellationToken);
        Assert.Null(await blocking.ReadAsync(new(1000), TestContext.Current.CancellationToken));
        var watch = await fixture.WatchAsync(new() { Resource = "orders" });
        Assert.Null(await watch.ReadAsync());
        fixture.Database.Write("notes", 1, MemoryDatabase.Note(1, "a"));
        await isHeld.Task;
        for (var i = 1; i <= 20; i++)
        {
            var point = fixture.Database.Write("orders", i, MemoryDatabase.Order(i, "a", 1, 1));
            await Until.TrueAsync(() => fixture.Feed.State!.Head == point);
        }

        gateOpen.SetResult();

        Assert.Equal(Enumerable.Range(1, 20).Select(i => $"added {i} a"), await watch.SettleAndSummarizeAsync());
    }
}
