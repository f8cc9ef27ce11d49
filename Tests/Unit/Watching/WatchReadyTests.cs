using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.Unit.Feed;
using Xunit;

namespace RealtimeApi.Tests.Unit.Watching;

/// <summary>When a transport is told that there is something to read.</summary>
public sealed class WatchReadyTests
{
    [Fact]
    public async Task Ready_AfterAReadThatFoundNothing_ComesOnceUntilTheNextRead()
    {
        await using var fixture = await EngineFixture.StartAsync();
        var watch = await fixture.WatchAsync(new() { Resource = "orders" });
        var witness = await fixture.WatchAsync(new() { Resource = "notes" });
        fixture.Database.Write("orders", 1, MemoryDatabase.Order(1, "a", 1, 1));
        await fixture.SettleAsync();
        Assert.Equal(0, watch.Told);

        await watch.DrainAsync();
        for (var i = 2; i < 5; i++)
        {
            fixture.Database.Write("orders", i, MemoryDatabase.Order(i, "a", 1, 1));
            await fixture.SettleAsync();
        }

        // What has been evaluated is told a little later, and in order.
        Assert.Null(await witness.ReadAsync());
        fixture.Database.Write("notes", 1, MemoryDatabase.Note(1, "a"));
        await Until.TrueAsync(() => witness.Told > 0);
        Assert.Equal(1, watch.Told);
        Assert.Equal(3, (await watch.DrainAsync()).Count);
    }

    [Fact]
    public async Task Ready_ForChangesOutsideTheView_DoesNotCome()
    {
        await using var fixture = await EngineFixture.StartAsync();
        var filtered = await fixture.WatchAsync(new() { Resource = "orders", Filter = "customerId eq 1" });
        var key = await fixture.WatchAsync(new() { Resource = "orders", Key = "9" });
        var other = await fixture.WatchAsync(new() { Resource = "notes" });
        var seen = await fixture.WatchAsync(new() { Resource = "orders" });
        foreach (var watch in new[] { filtered, key, other, seen })
            Assert.Null(await watch.ReadAsync());

        fixture.Database.Write("orders", 1, MemoryDatabase.Order(1, "a", 1, 2));
        await Until.TrueAsync(() => seen.Told == 1);

        Assert.Equal((0, 0, 0), (filtered.Told, key.Told, other.Told));
    }

    [Fact]
    public async Task Ready_WhenTheEventComesJustAsTheReaderFindsNothing_IsNotLost()
    {
        await using var fixture = await EngineFixture.StartAsync();
        const int Changes = 1000;
        var random = new Random(11);
        using var signal = new SemaphoreSlim(0);
        using var watch = await fixture.Engine.StartAsync(new() { Resource = "orders" }, _ => signal.Release(), TestContext.Current.CancellationToken);
        fixture.Database.Write("orders", 0, MemoryDatabase.Order(0, "a", 1, 1));
        for (var seen = 0; seen < Changes;)
        {
            while (await watch.ReadAsync(new(1 << 20), TestContext.Current.CancellationToken) is { } batch)
            {
                // The next change is under way while the reader, sooner or later, looks again and finds nothing: nothing else would ever wake it.
                seen += batch.Events.Count;
                fixture.Database.Write("orders", seen, MemoryDatabase.Order(seen, "a", 1, 1));
                Thread.SpinWait(random.Next(3000));
            }

            Assert.True(await signal.WaitAsync(Until.Patience, TestContext.Current.CancellationToken), $"Never woken after change {seen}.");
        }
    }

    [Fact]
    public async Task Ready_ThatThrows_DoesNotHoldUpTheOthers()
    {
        await using var fixture = await EngineFixture.StartAsync();
        fixture.Log.Expect(entry => entry.Id.Name == "ReadyFailed");
        using var bad = await fixture.Engine.StartAsync(new() { Resource = "orders" }, _ => throw new InvalidOperationException("A transport's mistake."), TestContext.Current.CancellationToken);
        Assert.Null(await bad.ReadAsync(new(1000), TestContext.Current.CancellationToken));
        var good = await fixture.WatchAsync(new() { Resource = "orders" });
        Assert.Null(await good.ReadAsync());

        fixture.Database.Write("orders", 1, MemoryDatabase.Order(1, "a", 1, 1));

        await Until.TrueAsync(() => good.Told == 1);
    }

    [Fact]
    public async Task Bookmark_ForAnIdleWatch_BringsItsCursorUpToDate()
    {
        await using var fixture = await EngineFixture.StartAsync();
        var idle = await fixture.WatchAsync(new() { Resource = "orders", Key = "99" });
        Assert.Null(await idle.ReadAsync());
        fixture.Database.Write("orders", 1, MemoryDatabase.Order(1, "a", 1, 1));
        await fixture.SettleAsync();

        fixture.Time.Advance(fixture.Options.Watching.BookmarkInterval);
        await Until.TrueAsync(() => idle.Told > 0);
        var bookmark = await idle.ReadAsync();

        Assert.Empty(bookmark!.Events);
        Assert.Equal((await fixture.WatchAsync(new() { Resource = "orders" })).Cursor, bookmark.Cursor);
        Assert.Null(await idle.ReadAsync());
    }

    [Fact]
    public async Task Bookmark_WhereNothingHasBeenWritten_IsNotSent()
    {
        await using var fixture = await EngineFixture.StartAsync();
        var idle = await fixture.WatchAsync(new() { Resource = "orders" });
        Assert.Null(await idle.ReadAsync());

        fixture.Time.Advance(fixture.Options.Watching.BookmarkInterval * 2);

        Assert.Null(await idle.ReadAsync());
    }

    [Fact]
    public async Task Bookmark_ForAWatchThatHasEvents_WaitsForTheNextRound()
    {
        await using var fixture = await EngineFixture.StartAsync();
        var busy = await fixture.WatchAsync(new() { Resource = "orders" });
        fixture.Database.Write("orders", 1, MemoryDatabase.Order(1, "a", 1, 1));
        Assert.Single(await busy.SettleAndDrainAsync());
        fixture.Database.Write("notes", 1, MemoryDatabase.Note(1, "elsewhere"));
        await fixture.SettleAsync();

        fixture.Time.Advance(fixture.Options.Watching.BookmarkInterval);
        Assert.Null(await busy.ReadAsync());
        fixture.Time.Advance(fixture.Options.Watching.BookmarkInterval);
        await Until.TrueAsync(() => busy.Told > 0);

        Assert.Empty((await busy.ReadAsync())!.Events);
    }
}
