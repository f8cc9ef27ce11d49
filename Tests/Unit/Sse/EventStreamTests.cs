using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Sse;
using RealtimeApi.Server.Watching;
using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.Unit.Draining;
using RealtimeApi.Tests.Unit.Feed;
using RealtimeApi.Tests.Unit.Watching;
using Xunit;

namespace RealtimeApi.Tests.Unit.Sse;

/// <summary>A stream whose client takes what it is sent when the test says so, by a clock that the test moves.</summary>
public sealed class EventStreamTests
{
    private static readonly WatchRequest Orders = new() { Resource = "orders" };

    [Fact]
    public async Task Client_ThatTakesNothing_HasOneWritePendingAndGetsTheRestInOne()
    {
        await using var fixture = await EngineFixture.StartAsync();
        await using var running = await Running.StartAsync(fixture, Orders);
        await running.Response.TakeAsync();

        fixture.Database.Write("orders", 1, MemoryDatabase.Order(1, "a", 1, 1));
        await fixture.SettleAsync();
        Assert.Contains("\"subject\":\"1\"", await running.Response.PeekAsync(), StringComparison.Ordinal);
        for (var i = 2; i <= 10; i++)
            fixture.Database.Write("orders", i, MemoryDatabase.Order(i, "a", 1, 1));
        await fixture.SettleAsync();

        Assert.DoesNotContain("\"subject\":\"2\"", await running.Response.TakeAsync(), StringComparison.Ordinal);
        var rest = await running.Response.TakeAsync();
        Assert.Equal(9, rest.Split("event: orders.created\n").Length - 1);
        Assert.True(running.Response.IsQuiet());
    }

    [Fact]
    public async Task Client_ThatTakesNothingForTooLong_IsAborted()
    {
        await using var fixture = await EngineFixture.StartAsync();
        await using var running = await Running.StartAsync(fixture, Orders);
        await running.Response.TakeAsync();
        fixture.Database.Write("orders", 1, MemoryDatabase.Order(1, "a", 1, 1));
        await running.Response.PeekAsync();
        // The timer is set by whoever wrote, just after the bytes can be seen.
        await fixture.SettleAsync();

        await Until.TrueAsync(() =>
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(1));
            return running.Response.IsAborted;
        });

        await running.Done;
    }

    /// <summary>A server uses the parts of a response again for the next request of its connection.</summary>
    [Fact]
    public async Task SendTimer_ThatFiresWhenTheResponseHasEnded_LeavesTheConnectionAlone()
    {
        await using var fixture = await EngineFixture.StartAsync();
        await using var running = await Running.StartAsync(fixture, Orders);
        await Until.TrueAsync(() => running.SendTimer is not null);
        await running.Response.TakeAsync();
        await Until.TrueAsync(() => running.IsTicking);
        running.StopHost();
        await running.Response.TakeAsync();
        await running.Done;

        running.SendTimer!();

        Assert.False(running.Response.IsAborted);
    }

    [Fact]
    public async Task Comment_Every15Seconds_KeepsAnIdleStreamAlive()
    {
        // The clock is moved before the stream has seen that its client took the last comment.
        await using var fixture = await EngineFixture.StartAsync(configure: options => options.Watching.SendTimeout = TimeSpan.FromHours(1));
        await using var running = await Running.StartAsync(fixture, Orders);
        Assert.StartsWith("retry: 2000\n\nid: ", await running.Response.TakeAsync(), StringComparison.Ordinal);
        await Until.TrueAsync(() => running.IsTicking);

        for (var i = 0; i < 3; i++)
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(14.9));
            Assert.True(running.Response.IsQuiet());
            fixture.Time.Advance(TimeSpan.FromSeconds(0.1));
            Assert.Equal(":\n\n", await running.Response.TakeAsync());
        }
    }

    [Fact]
    public async Task Host_ThatStops_EndsAnIdleStreamInOrderAndAbortsOneThatIsNotRead()
    {
        await using var fixture = await EngineFixture.StartAsync();
        await using var idle = await Running.StartAsync(fixture, Orders with { Filter = "status eq 'never'" });
        await using var slow = await Running.StartAsync(fixture, Orders);
        await idle.Response.TakeAsync();
        await slow.Response.TakeAsync();
        await Until.TrueAsync(() => idle.IsTicking && slow.IsTicking);
        fixture.Database.Write("orders", 1, MemoryDatabase.Order(1, "a", 1, 1));
        await slow.Response.PeekAsync();

        idle.StopHost();
        slow.StopHost();

        Assert.Matches("^retry: [0-9]+\n\n$", await idle.Response.TakeAsync());
        await idle.Done;
        await Until.TrueAsync(() =>
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(1));
            return slow.Done.IsCompleted;
        });
        Assert.False(idle.Response.IsAborted);
        Assert.True(slow.Response.IsAborted);
    }

    [Fact]
    public async Task Client_ThatGoes_EndsTheStreamAndItsWatch()
    {
        await using var fixture = await EngineFixture.StartAsync();
        await using (var running = await Running.StartAsync(fixture, Orders))
        {
            await running.Response.TakeAsync();
            running.Response.Abort();
            await running.Done;
        }

        Assert.Equal(0, fixture.Engine.WatchCount);
    }

    [Fact]
    public async Task Snapshot_ThatStartsAgain_SaysSo()
    {
        await using var fixture = await EngineFixture.StartAsync();
        fixture.Database.Write("orders", 1, MemoryDatabase.Order(1, "a", 1, 1));
        await fixture.SettleAsync();
        var watch = await fixture.WatchAsync(Orders with { Initial = true });
        var batch = (await watch.ReadAsync())!;

        var text = System.Text.Encoding.UTF8.GetString(batch.EventStream.Span);

        Assert.Equal(1, batch.Part);
        Assert.StartsWith("event: reset\ndata: {}\n\nevent: orders.created\ndata: {", text, StringComparison.Ordinal);
        Assert.EndsWith($"}}\n\nid: {batch.Cursor}\nevent: synced\ndata: {{\"cursor\":\"{batch.Cursor}\"}}\n\n", text, StringComparison.Ordinal);
        Assert.Equal(1, text.Split("id: ").Length - 1);
    }

    [Fact]
    public async Task Streams_OfOneView_ShareTheirBytes()
    {
        await using var fixture = await EngineFixture.StartAsync();
        var one = await fixture.WatchAsync(Orders);
        var other = await fixture.WatchAsync(Orders);
        fixture.Database.Write("orders", 1, MemoryDatabase.Order(1, "a", 1, 1));
        await fixture.SettleAsync();

        Assert.True((await one.ReadAsync())!.EventStream.Equals((await other.ReadAsync())!.EventStream));
    }

    /// <summary>A stream that is being served.</summary>
    private sealed class Running : IAsyncDisposable
    {
        private readonly SocketlessDrain host;
        private readonly TickingClock clock;
        private EventStream? stream;

        private Running(EngineFixture fixture)
        {
            clock = new(fixture.Time);
            host = new(fixture.Options, fixture.Time);
        }

        public StreamedResponse Response { get; } = new();

        public Task Done { get; private set; } = Task.CompletedTask;

        /// <summary>Whether the keep-alive timer runs.</summary>
        public bool IsTicking => clock.HasPeriodic;

        /// <summary>Does what the timer of a pending write does; null before one has been set.</summary>
        public Action? SendTimer => clock.Single;

        public static async Task<Running> StartAsync(EngineFixture fixture, WatchRequest request)
        {
            var running = new Running(fixture);
            running.stream = new(
                running.Response.Context,
                new(fixture.Engine, Options.Create(fixture.Options), running.clock, running.host.Drain, NullLogger<EventStream>.Instance));
            await running.stream.StartAsync(request);
            running.Done = running.stream.RunAsync();
            return running;
        }

        public void StopHost() => _ = host.Drain.RunAsync();

        public async ValueTask DisposeAsync()
        {
            Response.Abort();
            await Done.WaitAsync(Until.Patience, TestContext.Current.CancellationToken);
            stream!.Dispose();
            host.Dispose();
            await Response.DisposeAsync();
        }
    }

    /// <summary>Tells when a timer that repeats has been set, and lets one that does not fire at any time.</summary>
    private sealed class TickingClock(TimeProvider clock) : TimeProvider
    {
        private volatile bool hasPeriodic;
        private volatile Action? single;

        public bool HasPeriodic => hasPeriodic;

        public Action? Single => single;

        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = clock.CreateTimer(callback, state, dueTime, period);
            hasPeriodic |= period > TimeSpan.Zero;
            if (period == Timeout.InfiniteTimeSpan)
                single = () => callback(state);
            return timer;
        }
    }
}
