using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Watching;
using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.Unit.Feed;
using Xunit;

namespace RealtimeApi.Tests.Unit.Watching;

/// <summary>How watches end when the log beneath them cannot be continued: never silently, and never by waiting for ever.</summary>
public sealed class WatchEndTests
{
    private static readonly WatchRequest Orders = new() { Resource = "orders" };

    [Fact]
    public async Task Watches_WhenTheDatabaseIsReplaced_EndAsExpired()
    {
        await using var fixture = await EngineFixture.StartAsync();
        var idle = await fixture.WatchAsync(Orders);
        Assert.Null(await idle.ReadAsync());

        fixture.Database.Replace();
        fixture.Database.Write("orders", 1, MemoryDatabase.Order(1, "a", 1, 1));

        await AssertEndsAsync(idle, ProblemCodes.CursorExpired);
        var anew = await fixture.WatchAsync(Orders);
        fixture.Database.Write("orders", 2, MemoryDatabase.Order(2, "b", 1, 1));
        Assert.Equal("added 2 b", (await anew.SettleAndSummarizeAsync()).Last());
    }

    [Fact]
    public async Task Watches_WhenTheDatabaseLosesCommits_EndAsExpired()
    {
        await using var fixture = await EngineFixture.StartAsync();
        for (var i = 1; i <= 3; i++)
            fixture.Database.Write("orders", i, MemoryDatabase.Order(i, "a", 1, 1));
        await fixture.SettleAsync();
        var idle = await fixture.WatchAsync(Orders);
        Assert.Null(await idle.ReadAsync());

        fixture.Database.LoseLast(2);
        fixture.Feed.Wake();

        await AssertEndsAsync(idle, ProblemCodes.CursorExpired);
    }

    [Fact]
    public async Task Watches_WhenLostPositionsAreGivenOutAgain_EndAsExpired()
    {
        await using var fixture = await EngineFixture.StartAsync();
        for (var i = 1; i <= 3; i++)
            fixture.Database.Write("orders", i, MemoryDatabase.Order(i, "a", 1, 1));
        await fixture.SettleAsync();
        var idle = await fixture.WatchAsync(Orders);
        Assert.Null(await idle.ReadAsync());

        fixture.Database.LoseLast(2);
        for (var i = 4; i <= 8; i++)
            fixture.Database.Write("orders", i, MemoryDatabase.Order(i, "b", 1, 1));

        await AssertEndsAsync(idle, ProblemCodes.CursorExpired);
    }

    [Fact]
    public async Task Watches_WhenTheTableIsAltered_EndAsExpiredAndOthersGoOn()
    {
        await using var fixture = await EngineFixture.StartAsync();
        var orders = await fixture.WatchAsync(Orders);
        var notes = await fixture.WatchAsync(new() { Resource = "notes" });
        Assert.Null(await orders.ReadAsync());
        Assert.Null(await notes.ReadAsync());

        fixture.Database.AlterOrders("Weight");
        fixture.Feed.Wake();

        await AssertEndsAsync(orders, ProblemCodes.CursorExpired);
        var anew = await fixture.WatchAsync(new() { Resource = "orders", Filter = "weight eq null" });
        fixture.Database.Write("orders", 1, [.. MemoryDatabase.Order(1, "a", 1, 1), Server.Resources.FieldValue.Null]);
        fixture.Database.Write("notes", 1, MemoryDatabase.Note(1, "n"));
        await fixture.SettleAsync();
        Assert.Equal(["added 1 a"], await anew.SettleAndSummarizeAsync());
        Assert.Equal(["added 1"], await notes.SettleAndSummarizeAsync());
    }

    [Fact]
    public async Task Watches_WhenAnotherServerCapturesAnotherDefinition_EndAndCannotBeStarted()
    {
        await using var fixture = await EngineFixture.StartAsync();
        var orders = await fixture.WatchAsync(Orders);
        var notes = await fixture.WatchAsync(new() { Resource = "notes" });
        Assert.Null(await orders.ReadAsync());

        fixture.Database.TakeOver("orders");
        fixture.Feed.Wake();

        // Whichever is seen first: that the capture is another's, or its mark in the log.
        await Until.TrueAsync(() => orders.Told > 0);
        await Assert.ThrowsAsync<ProblemException>(async () => await orders.ReadAsync());
        await fixture.SettleAsync();
        foreach (var request in new[] { Orders, Orders with { Initial = true }, Orders with { Since = orders.Cursor } })
            Assert.Equal(ProblemCodes.Unavailable, (await Assert.ThrowsAsync<ProblemException>(() => fixture.WatchAsync(request))).Code);
        fixture.Database.Write("notes", 1, MemoryDatabase.Note(1, "n"));
        Assert.Equal(["added 1"], await notes.SettleAndSummarizeAsync());
    }

    [Fact]
    public async Task Watches_WhenAllTablesAreDropped_EndAndCanBeStartedOnceTheyAreBack()
    {
        await using var fixture = await EngineFixture.StartAsync(configure: options => options.Resources.Remove("totals"));
        var watch = await fixture.WatchAsync(Orders);
        Assert.Null(await watch.ReadAsync());

        fixture.Database.DropOrRestoreTables(hasTables: false);
        fixture.Feed.Wake();
        await AssertEndsAsync(watch, ProblemCodes.UnknownResource);

        fixture.Database.DropOrRestoreTables(hasTables: true);
        fixture.Feed.Wake();
        await Until.TrueAsync(() => fixture.Engine.Frontier.State.Catalog.Find("orders") is not null);
        await fixture.SettleAsync();
        var anew = await fixture.WatchAsync(Orders);
        fixture.Database.Write("orders", 1, MemoryDatabase.Order(1, "a", 1, 1));
        Assert.Equal(["added 1 a"], await anew.SettleAndSummarizeAsync());
    }

    [Fact]
    public async Task Cursor_FromBeforeTheTableWasAltered_IsExpired()
    {
        await using var fixture = await EngineFixture.StartAsync();
        var before = (await fixture.WatchAsync(Orders)).Cursor;
        fixture.Database.AlterOrders("Weight");
        fixture.Feed.Wake();
        await Until.TrueAsync(() => fixture.Engine.Frontier.State.Catalog.Find("orders")!.Columns.Count == 5);
        await fixture.SettleAsync();

        var problem = await Assert.ThrowsAsync<ProblemException>(() => fixture.WatchAsync(new() { Resource = "orders", Since = before }));

        Assert.Equal(ProblemCodes.CursorExpired, problem.Code);
    }

    [Fact]
    public async Task SlowWatch_WhoseChangesAreTrimmed_EndsAsExpired()
    {
        await using var fixture = await EngineFixture.StartAsync(configure: options => options.Feed.WindowBytes = 1);
        var slow = await fixture.WatchAsync(Orders);
        for (var i = 1; i <= 10; i++)
        {
            fixture.Database.Write("orders", i, MemoryDatabase.Order(i, "a", 1, 1));
            await fixture.SettleAsync();
        }

        fixture.Database.TrimThrough(new(8));

        var problem = await Assert.ThrowsAsync<ProblemException>(async () => await slow.DrainAsync());
        Assert.Equal(ProblemCodes.CursorExpired, problem.Code);
    }

    [Fact]
    public async Task Watches_WhileTheDatabaseIsGone_StayOpenAndGoOn()
    {
        await using var fixture = await EngineFixture.StartAsync();
        var watch = await fixture.WatchAsync(Orders);
        Assert.Null(await watch.ReadAsync());

        fixture.Database.IsUnavailable = true;
        fixture.Feed.Wake();
        await Until.TrueAsync(() => !fixture.Feed.State!.IsCurrent);
        Assert.Null(await watch.ReadAsync());
        fixture.Database.Write("orders", 1, MemoryDatabase.Order(1, "a", 1, 1));
        fixture.Database.IsUnavailable = false;

        // Not until the watch is told of something, which may be a bookmark: the clock must go on until the feed has tried again.
        await Until.TrueAsync(() =>
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(1));
            return fixture.Feed.State!.IsCurrent;
        });
        Assert.Equal(["added 1 a"], await watch.SettleAndSummarizeAsync());
        // It is told on the engine's thread, which may come after it was read here; and once more where a bookmark was offered before.
        await Until.TrueAsync(() => watch.Told > 0);
        Assert.Single(fixture.Log.Entries, entry => entry.Id.Name == "Unavailable");
    }

    [Fact]
    public async Task SlowWatch_WhoseCatchUpMeetsAnOutage_SaysSoAndIsToldAgain()
    {
        await using var fixture = await EngineFixture.StartAsync(configure: options => options.Feed.WindowBytes = 1);
        var slow = await fixture.WatchAsync(Orders);
        for (var i = 1; i <= 10; i++)
        {
            fixture.Database.Write("orders", i, MemoryDatabase.Order(i, "a", 1, 1));
            await fixture.SettleAsync();
        }

        fixture.Database.IsUnavailable = true;
        Assert.Null(await slow.ReadAsync());
        Assert.True(slow.Watch.IsStalled);
        fixture.Database.IsUnavailable = false;
        await Until.TrueAsync(() =>
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(1));
            return slow.Told == 1;
        });

        Assert.Equal(10, (await slow.DrainAsync()).Count);
        Assert.False(slow.Watch.IsStalled);
    }

    private static async Task AssertEndsAsync(TestWatch watch, string code)
    {
        await Until.TrueAsync(() => watch.Told > 0);
        var problem = await Assert.ThrowsAsync<ProblemException>(async () => await watch.ReadAsync());
        Assert.Equal(code, problem.Code);
    }
}
