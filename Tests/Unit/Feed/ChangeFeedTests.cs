using RealtimeApi.Server.Data;
using RealtimeApi.Server.Feed;
using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.Unit.Watching;
using Xunit;

namespace RealtimeApi.Tests.Unit.Feed;

public sealed class ChangeFeedTests
{
    [Fact]
    public async Task Start_WithoutTheDatabase_FailsWithItsMessage()
    {
        var database = new MemoryDatabase { IsUnavailable = true };

        var exception = await Assert.ThrowsAsync<DatabaseUnavailableException>(() => EngineFixture.StartAsync(database));

        Assert.Equal("The test has taken the database away.", exception.Message);
    }

    [Fact]
    public async Task Start_OnALockedDatabase_WaitsForItAndSaysSoOnce()
    {
        await using var fixture = EngineFixture.Create(new() { IsUnavailable = true, IsLocked = true });
        var start = fixture.Feed.StartAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < 3; i++)
            fixture.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(start.IsCompleted);
        Assert.Null(fixture.Feed.State);
        Assert.Contains("The test has taken the database away.", Assert.Single(fixture.Log.Entries, entry => entry.Id.Name == "Waiting").Message, StringComparison.Ordinal);

        fixture.Database.IsUnavailable = false;
        await Until.TrueAsync(() =>
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(1));
            return start.IsCompleted;
        });

        await start;
        Assert.True(fixture.Feed.State!.IsCurrent);
        Assert.Equal(["Waiting", "Opened"], fixture.Log.Entries.Select(entry => entry.Id.Name));
    }

    [Fact]
    public async Task Start_ToldToStopWhileItWaitsForALock_Ends()
    {
        await using var fixture = EngineFixture.Create(new() { IsUnavailable = true, IsLocked = true });
        using var stopping = new CancellationTokenSource();
        var start = fixture.Feed.StartAsync(stopping.Token);
        Assert.False(start.IsCompleted);

        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start);
    }

    [Fact]
    public async Task Write_OfAnotherProgram_IsReadWithoutWaitingForThePoll()
    {
        await using var fixture = await EngineFixture.StartAsync();
        var seen = fixture.Feed.State!;

        var point = fixture.Database.Write("orders", 1, MemoryDatabase.Order(1, "a", 1, 1));

        while (seen.Head != point)
            seen = await fixture.Feed.WaitAsync(seen, TestContext.Current.CancellationToken);
        Assert.True(seen.IsCurrent);
        Assert.Equal([point], seen.Window.SelectMany(s => s.Changes).Select(c => c.Point));
    }

    [Fact]
    public async Task Feed_WhileNobodyWrites_ReadsOncePerPoll()
    {
        await using var fixture = await EngineFixture.StartAsync();
        await fixture.SettleAsync();
        var reads = fixture.Database.LogReads;

        for (var i = reads + 1; i < reads + 4; i++)
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(1));
            await Until.TrueAsync(() => fixture.Database.LogReads >= i);
            Assert.Equal(i, fixture.Database.LogReads);
        }
    }

    [Fact]
    public async Task Wait_ForTheNextState_CanBeCancelled()
    {
        await using var fixture = await EngineFixture.StartAsync();
        await fixture.SettleAsync();
        using var cancelled = new CancellationTokenSource();
        var wait = fixture.Feed.WaitAsync(fixture.Feed.State, cancelled.Token);
        Assert.False(wait.IsCompleted);

        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await wait);
    }

    [Fact]
    public async Task State_DuringAnOutage_IsNotCurrentUntilItIsOver()
    {
        await using var fixture = await EngineFixture.StartAsync();
        await fixture.SettleAsync();
        fixture.Database.IsUnavailable = true;
        fixture.Feed.Wake();
        await Until.TrueAsync(() => !fixture.Feed.State!.IsCurrent);
        fixture.Database.IsUnavailable = false;

        await Until.TrueAsync(() =>
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(1));
            return fixture.Feed.State!.IsCurrent;
        });

        // That it goes on is published before it is logged.
        await Until.TrueAsync(() => fixture.Log.Entries.Count > 1);
        Assert.Equal(["Unavailable", "Recovered"], fixture.Log.Entries.Select(e => e.Id.Name));
    }

    [Fact]
    public async Task State_WhenTheLogIsAnotherOne_BeginsANewEpoch()
    {
        await using var fixture = await EngineFixture.StartAsync();
        fixture.Database.Write("orders", 1, MemoryDatabase.Order(1, "a", 1, 1));
        await fixture.SettleAsync();
        Assert.Equal(0, fixture.Feed.State!.Epoch);

        fixture.Database.Replace();
        fixture.Feed.Wake();
        await Until.TrueAsync(() => fixture.Feed.State!.Epoch == 1);

        Assert.Equal("log1x", fixture.Feed.State!.LogId);
        Assert.Empty(fixture.Feed.State.Window);
    }

    [Fact]
    public async Task State_WhenUnreadChangesWereTrimmed_BeginsANewEpoch()
    {
        await using var fixture = await EngineFixture.StartAsync();
        await fixture.SettleAsync();
        fixture.Database.IsUnavailable = true;
        fixture.Feed.Wake();
        await Until.TrueAsync(() => !fixture.Feed.State!.IsCurrent);
        for (var i = 1; i <= 5; i++)
            fixture.Database.Write("orders", i, MemoryDatabase.Order(i, "a", 1, 1));
        fixture.Database.TrimThrough(fixture.Database.Head.Position);
        fixture.Database.IsUnavailable = false;

        await Until.TrueAsync(() =>
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(1));
            return fixture.Feed.State!.Epoch == 1;
        });

        Assert.Equal(fixture.Database.Head, fixture.Feed.State!.Head);
    }

    [Fact]
    public async Task State_WhenATableIsAltered_HasTheNewDefinitionsAndGoesOn()
    {
        await using var fixture = await EngineFixture.StartAsync();
        fixture.Database.Write("orders", 1, MemoryDatabase.Order(1, "a", 1, 1));
        await fixture.SettleAsync();
        var before = fixture.Feed.State!;

        fixture.Database.AlterOrders("Weight");
        fixture.Feed.Wake();
        await Until.TrueAsync(() => fixture.Feed.State!.Catalog != before.Catalog);
        await fixture.SettleAsync();

        var after = fixture.Feed.State!;
        Assert.Equal(before.Epoch, after.Epoch);
        Assert.NotNull(after.Catalog.Find("orders")!.FindColumn("weight"));
        Assert.Same(before.Catalog.Find("notes"), after.Catalog.Find("notes"));
        Assert.True(after.CaptureStarts["orders"] > before.Head.Position);
        Assert.Equal(before.CaptureStarts["notes"], after.CaptureStarts["notes"]);
        Assert.Equal(after.Head.Position, after.CaptureStarts["orders"]);
    }

    [Fact]
    public async Task State_WhenATableIsAlteredAgainWhileItIsLookedAt_HasTheLastDefinition()
    {
        await using var fixture = await EngineFixture.StartAsync();
        fixture.Database.AfterSchemaRead = () =>
        {
            fixture.Database.AfterSchemaRead = null;
            fixture.Database.AlterOrders("Height");
        };

        fixture.Database.AlterOrders("Weight");
        fixture.Feed.Wake();

        await Until.TrueAsync(() => fixture.Feed.State!.Catalog.Find("orders")!.FindColumn("height") is not null);
    }

    [Fact]
    public async Task State_WhenATableIsAlteredDuringTheStart_HasTheNewDefinition()
    {
        var database = new MemoryDatabase();
        database.AfterSchemaRead = () =>
        {
            database.AfterSchemaRead = null;
            database.AlterOrders("Weight");
        };

        await using var fixture = await EngineFixture.StartAsync(database);

        await Until.TrueAsync(() => fixture.Feed.State!.Catalog.Find("orders")!.FindColumn("weight") is not null);
    }

    [Fact]
    public async Task Retention_OverTime_TrimsWhatIsOlder()
    {
        await using var fixture = await EngineFixture.StartAsync(configure: options => options.Feed.Retention = TimeSpan.FromHours(2));
        using var retention = new Retention(
            new(fixture.Database, new(), fixture.Time),
            fixture.Feed,
            Microsoft.Extensions.Options.Options.Create(fixture.Options),
            Microsoft.Extensions.Logging.Abstractions.NullLogger<Retention>.Instance);
        await retention.StartAsync(TestContext.Current.CancellationToken);
        await Until.TrueAsync(() => fixture.Database.TrimmedBefore is not null);
        Assert.Equal(fixture.Time.GetUtcNow().AddHours(-2), fixture.Database.TrimmedBefore);

        fixture.Time.Advance(TimeSpan.FromMinutes(6));
        await Until.TrueAsync(() => fixture.Database.TrimmedBefore == fixture.Time.GetUtcNow().AddHours(-2));
        await retention.StopAsync(TestContext.Current.CancellationToken);
    }
}
