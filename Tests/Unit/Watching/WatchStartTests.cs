using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Feed;
using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.Unit.Feed;
using Xunit;

namespace RealtimeApi.Tests.Unit.Watching;

/// <summary>Which requests start a watch, from where, and how the others are refused.</summary>
public sealed class WatchStartTests
{
    public static TheoryData<WatchRequest, string> Refused => new()
    {
        { new() { Resource = "" }, ProblemCodes.UnknownResource },
        { new() { Resource = "customers" }, ProblemCodes.UnknownResource },
        { new() { Resource = "totals" }, ProblemCodes.NotWatchable },
        { new() { Resource = "orders", Key = "1", Filter = "total gt 1" }, ProblemCodes.InvalidQuery },
        { new() { Resource = "orders", Filter = "price gt 1" }, ProblemCodes.InvalidQuery },
        { new() { Resource = "orders", Filter = "" }, ProblemCodes.InvalidQuery },
        { new() { Resource = "orders", Select = "price" }, ProblemCodes.InvalidQuery },
        { new() { Resource = "notes", Filter = "text eq 'a'" }, ProblemCodes.InvalidQuery },
        { new() { Resource = "orders", Since = "nonsense" }, ProblemCodes.InvalidCursor },
        { new() { Resource = "orders", Since = "" }, ProblemCodes.InvalidCursor },
        { new() { Resource = "orders", Since = new Cursor("log1", new(new(1), 1), IsWrite: true).ToString() }, ProblemCodes.InvalidCursor },
        { new() { Resource = "orders", Since = new Cursor("log2", new(new(1), 1)).ToString() }, ProblemCodes.CursorExpired },
        { new() { Resource = "orders", Since = new Cursor("log1", new(new(1), 1), Rights: "other").ToString() }, ProblemCodes.CursorExpired },
        { new() { Resource = "orders", Since = new Cursor("log1", new(new(2), 1)).ToString() }, ProblemCodes.CursorExpired },
        { new() { Resource = "orders", Since = new Cursor("log1", new(new(99), 1)).ToString() }, ProblemCodes.CursorExpired },
        { new() { Resource = "orders", Since = new Cursor("log1", default).ToString() }, ProblemCodes.CursorExpired },
        { new() { Resource = "orders", Since = "x", Initial = true }, ProblemCodes.InvalidQuery },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Start_OfARequestThatCannotBe_IsRefusedWithItsCode(WatchRequest request, string code)
    {
        await using var fixture = await EngineFixture.StartAsync();

        var problem = await Assert.ThrowsAsync<ProblemException>(() => fixture.WatchAsync(request));

        Assert.Equal(code, problem.Code);
        Assert.Equal(0, fixture.Engine.WatchCount);
    }

    [Fact]
    public async Task Start_WhereNothingIsWatchable_IsNotWatchable()
    {
        await using var fixture = await EngineFixture.StartAsync(configure: options =>
        {
            options.Resources.All = false;
            options.Resources["orders"] = new() { Table = "Orders" };
        });

        Assert.Null(fixture.Feed.State);
        Assert.Equal(ProblemCodes.NotWatchable, (await Assert.ThrowsAsync<ProblemException>(() => fixture.WatchAsync(new() { Resource = "orders" }))).Code);
    }

    [Theory]
    [InlineData(false, ProblemCodes.CursorExpired)]
    [InlineData(true, ProblemCodes.Unavailable)]
    public async Task Start_WhileTheCaptureBeginsAnewOrIsTakenOver_DoesNotPassOverIt(bool isTakenOver, string code)
    {
        await using var first = await EngineFixture.StartAsync();
        var since = (await first.WatchAsync(new() { Resource = "orders" })).Cursor;
        first.Database.Write("orders", 1, MemoryDatabase.Order(1, "a", 1, 1));

        // Its window begins after the cursor, so that the database is asked, and meanwhile the feed goes on.
        await using var fixture = await first.StartAnotherAsync();
        first.Database.AfterFind = async () =>
        {
            first.Database.AfterFind = null;
            if (isTakenOver)
                first.Database.TakeOver("orders");
            else
                first.Database.CaptureAnew("orders");
            fixture.Feed.Wake();
            await fixture.SettleAsync();
        };

        var problem = await Assert.ThrowsAsync<ProblemException>(() => fixture.WatchAsync(new() { Resource = "orders", Since = since }));

        Assert.Equal(code, problem.Code);
        // Which of several reasons it is, only the log says.
        if (isTakenOver)
            Assert.Equal("The changes of 'orders' are not being captured now; the server's log says why.", problem.Message);
        Assert.Equal(0, fixture.Engine.WatchCount);
    }

    [Fact]
    public async Task Start_WhereTheFirstTableComesLater_WatchesIt()
    {
        var database = new MemoryDatabase();
        database.DropOrRestoreTables(hasTables: false);
        await using var fixture = await EngineFixture.StartAsync(database, options => options.Resources.Remove("totals"));
        Assert.Null(fixture.Feed.State);

        database.DropOrRestoreTables(hasTables: true);
        fixture.Time.Advance(fixture.Options.Feed.PollInterval);
        await Until.TrueAsync(() => fixture.Engine.Through is not null);
        var watch = await fixture.WatchAsync(new() { Resource = "orders" });
        database.Write("orders", 1, MemoryDatabase.Order(1, "new", 1, 1));

        Assert.Equal(["added 1 new"], await watch.SettleAndSummarizeAsync());
    }

    [Fact]
    public async Task Start_WithoutACursor_SeesOnlyWhatComesAfter()
    {
        await using var fixture = await EngineFixture.StartAsync();
        fixture.Database.Write("orders", 1, MemoryDatabase.Order(1, "old", 1, 1));
        await fixture.SettleAsync();
        var watch = await fixture.WatchAsync(new() { Resource = "orders" });
        fixture.Database.Write("orders", 2, MemoryDatabase.Order(2, "new", 1, 1));

        Assert.Equal(["added 2 new"], await watch.SettleAndSummarizeAsync());
    }

    [Fact]
    public async Task Start_SinceTheIdOfAnyEvent_SeesExactlyWhatFollowedIt()
    {
        await using var fixture = await EngineFixture.StartAsync();
        var first = await fixture.WatchAsync(new() { Resource = "orders" });
        for (var i = 1; i <= 20; i++)
        {
            fixture.Database.Write("orders", i, MemoryDatabase.Order(i, $"s{i}", 1, 1));
            fixture.Database.Write("notes", i, MemoryDatabase.Note(i, "between"));
        }

        var all = await first.SettleAndDrainAsync();
        for (var i = 0; i < all.Count; i++)
        {
            var resumed = await fixture.WatchAsync(new() { Resource = "orders", Since = (string)all[i]["id"]! });
            Assert.Equal(all.Skip(i + 1).Select(e => e.ToJsonString()), (await resumed.DrainAsync()).Select(e => e.ToJsonString()));
            Assert.Equal((string)all[i]["id"]!, resumed.Watch.StartCursor);
        }
    }

    [Fact]
    public async Task Start_SinceACursorAheadOfThisNode_StartsThereAndSkipsNothing()
    {
        await using var lagging = await EngineFixture.StartAsync();
        await lagging.Feed.StopAsync(TestContext.Current.CancellationToken);
        await using var current = await lagging.StartAnotherAsync();
        lagging.Database.Write("orders", 1, MemoryDatabase.Order(1, "seen", 1, 1));
        await current.SettleAsync();
        var ahead = (await current.WatchAsync(new() { Resource = "orders" })).Cursor!;

        var watch = await lagging.WatchAsync(new() { Resource = "orders", Since = ahead });
        Assert.Null(await watch.ReadAsync());
        Assert.Equal(ahead, watch.Watch.Cursor);
    }

    [Fact]
    public async Task Start_SinceACursorThatMemoryDoesNotHold_AsksTheDatabase()
    {
        await using var first = await EngineFixture.StartAsync();
        var before = await first.WatchAsync(new() { Resource = "orders" });
        first.Database.Write("orders", 1, MemoryDatabase.Order(1, "a", 1, 1));
        first.Database.Write("orders", 2, MemoryDatabase.Order(2, "b", 1, 1));
        await first.SettleAsync();

        await using var restarted = await first.StartAnotherAsync();
        var watch = await restarted.WatchAsync(new() { Resource = "orders", Since = before.Cursor });
        restarted.Database.Write("orders", 3, MemoryDatabase.Order(3, "c", 1, 1));

        Assert.Equal(["added 1 a", "added 2 b", "added 3 c"], await watch.SettleAndSummarizeAsync());
    }

    [Fact]
    public async Task Start_SinceACursorFromBeforeADefaultWasGiven_SkipsNothing()
    {
        await using var fixture = await EngineFixture.StartAsync();
        var since = (await fixture.WatchAsync(new() { Resource = "orders" })).Cursor;
        fixture.Database.Write("orders", 1, MemoryDatabase.Order(1, "a", 1, 1));
        await fixture.SettleAsync();

        // The definition is another one, and the capture goes on: nothing expires the cursor.
        fixture.Database.GiveStatusDefault("'new'");
        fixture.Feed.Wake();
        await Until.TrueAsync(() => fixture.Engine.Frontier.State.Catalog.Find("orders")!.FindColumn("status")!.HasDefault);
        fixture.Database.Write("orders", 2, MemoryDatabase.Order(2, "b", 1, 1));

        var watch = await fixture.WatchAsync(new() { Resource = "orders", Since = since });
        Assert.Equal(["added 1 a", "added 2 b"], await watch.SettleAndSummarizeAsync());
    }

    [Fact]
    public async Task Start_SinceATrimmedCursor_IsExpired()
    {
        await using var fixture = await EngineFixture.StartAsync();
        var watch = await fixture.WatchAsync(new() { Resource = "orders" });
        for (var i = 1; i <= 5; i++)
            fixture.Database.Write("orders", i, MemoryDatabase.Order(i, "x", 1, 1));
        await fixture.SettleAsync();
        fixture.Database.TrimThrough(fixture.Database.Head.Position);
        await using var restarted = await fixture.StartAnotherAsync();

        var problem = await Assert.ThrowsAsync<ProblemException>(() => restarted.WatchAsync(new() { Resource = "orders", Since = watch.Cursor }));

        Assert.Equal(ProblemCodes.CursorExpired, problem.Code);
    }

    [Fact]
    public async Task Start_WhileTheDatabaseIsGone_WorksFromMemoryAndIsElseUnavailable()
    {
        await using var fixture = await EngineFixture.StartAsync();
        var early = (await fixture.WatchAsync(new() { Resource = "orders" })).Cursor;
        fixture.Database.Write("orders", 1, MemoryDatabase.Order(1, "a", 1, 1));
        await fixture.SettleAsync();
        await using var restarted = await fixture.StartAnotherAsync();
        fixture.Database.IsUnavailable = true;

        Assert.Equal(["added 1 a"], (await (await fixture.WatchAsync(new() { Resource = "orders", Since = early })).DrainAsync()).Select(TestWatch.Summarize));
        var problem = await Assert.ThrowsAsync<ProblemException>(() => restarted.WatchAsync(new() { Resource = "orders", Since = early }));
        Assert.Equal(ProblemCodes.Unavailable, problem.Code);
        Assert.NotNull(problem.RetryAfter);
        // What the database says itself, which may name its file, is for the log alone.
        Assert.DoesNotContain("The test has taken", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dispose_OfTheLastWatch_ForgetsTheScope()
    {
        await using var fixture = await EngineFixture.StartAsync();
        var one = await fixture.WatchAsync(new() { Resource = "orders", Filter = "customerId eq 1" });
        var two = await fixture.WatchAsync(new() { Resource = "orders", Filter = "customerId eq 1" });
        var three = await fixture.WatchAsync(new() { Resource = "orders", Key = "1" });
        Assert.Equal((3, 2), (fixture.Engine.WatchCount, fixture.Engine.ScopeCount));

        one.Watch.Dispose();
        one.Watch.Dispose();
        fixture.Database.Write("orders", 1, MemoryDatabase.Order(1, "a", 1, 1));
        Assert.Equal(["added 1 a"], await two.SettleAndSummarizeAsync());
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await one.ReadAsync());

        two.Watch.Dispose();
        three.Watch.Dispose();
        Assert.Equal((0, 0), (fixture.Engine.WatchCount, fixture.Engine.ScopeCount));
        Assert.Equal(0, one.Told);
    }
}
