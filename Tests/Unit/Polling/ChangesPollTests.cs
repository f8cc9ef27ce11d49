using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.Unit.Feed;
using RealtimeApi.Tests.Unit.Watching;
using Xunit;

namespace RealtimeApi.Tests.Unit.Polling;

/// <summary>When a request for changes is answered; the clock stands still, so that no wait is over by itself.</summary>
public sealed class ChangesPollTests
{
    [Fact]
    public async Task Wait_AfterAScanThatFoundNothing_EndsWithTheNextChange()
    {
        // As many pages as one read looks at before it says how far it got: the last of them ends at the newest change.
        const int Pages = 32, Rows = 10;
        await using var fixture = await EngineFixture.StartAsync(configure: static options => options.Feed.WindowBytes = 1);
        var since = (await fixture.WatchAsync(new() { Resource = "orders" })).Cursor;
        fixture.Database.MostRows = Rows;
        fixture.Database.WriteAll([.. Enumerable.Range(100, Pages * Rows).Select(static id => ("orders", (long)id, MemoryDatabase.Order(id, "a", 1, 1)))]);
        await fixture.SettleAsync();

        var poll = CountedPoll.Start(fixture, new() { Resource = "orders", Key = "9", Since = since });
        // The scan is a turn of its own.
        await poll.TurnedAsync(1);
        Assert.Equal(Pages, fixture.Database.CatchUpReads);
        fixture.Database.Write("orders", 9, MemoryDatabase.Order(9, "wanted", 1, 1));

        await Until.TrueAsync(() => poll.Page.IsCompleted);
        Assert.Single((await poll.Page).Changes);
    }

    [Fact]
    public async Task Wait_ThatABookmarkInterrupts_EndsWithTheNextChange()
    {
        await using var fixture = await EngineFixture.StartAsync();
        var since = (await fixture.WatchAsync(new() { Resource = "orders" })).Cursor;
        var poll = CountedPoll.Start(fixture, new() { Resource = "orders", Key = "9", Since = since });
        await poll.TurnedAsync(0);
        fixture.Database.Write("orders", 1, MemoryDatabase.Order(1, "a", 1, 1));
        await fixture.SettleAsync();

        fixture.Time.Advance(fixture.Options.Watching.BookmarkInterval);
        await poll.TurnedAsync(1);
        Assert.False(poll.Page.IsCompleted);
        fixture.Database.Write("orders", 9, MemoryDatabase.Order(9, "wanted", 1, 1));

        await Until.TrueAsync(() => poll.Page.IsCompleted);
        Assert.Single((await poll.Page).Changes);
    }
}
