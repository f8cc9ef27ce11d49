using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using RealtimeApi.Contracts;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Hubs;
using RealtimeApi.Server.Watching;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Unit.Hubs;

/// <summary>The real engine on a real database, and a client that takes frames when the test says so.</summary>
public sealed class ConnectionPumpTests : IAsyncLifetime
{
    private static readonly WatchRequest Notes = new() { Resource = "notes" };

    private readonly TempDatabase database = new("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT); CREATE TABLE orders (id INTEGER PRIMARY KEY)");
    private readonly SendClock clock = new();
    private readonly SemaphoreSlim witnessReady = new(0);
    private IHost host = null!;
    private PumpContext context = null!;

    /// <summary>A watch of the test's own, by which it knows how far the engine has come; one more than the connections'.</summary>
    private Watch witness = null!;

    private WatchEngine Engine => context.Engine;

    public async ValueTask InitializeAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddRealtimeApi(options =>
        {
            options.Database.ConnectionString = database.ConnectionString;
            options.Resources.All = true;
            options.Watching.MaxWatchesPerConnection = 3;
        });
        host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        var services = host.Services;
        context = ActivatorUtilities.CreateInstance<PumpContext>(services, clock, NullLogger<ConnectionPump>.Instance);
        witness = await Engine.StartAsync(Notes, _ => witnessReady.Release(), TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        witness.Dispose();
        await host.StopAsync(CancellationToken.None);
        host.Dispose();
        database.Dispose();
    }

    [Fact]
    public async Task Send_PendingForTheSendTimeout_AbortsTheConnection()
    {
        await using var connection = new PumpedConnection(context);
        await connection.Pump.SubscribeAsync("w", Notes);
        Insert(1);
        await connection.PeekFrameAsync();
        await clock.TimerSet.WaitAsync(Until.Patience, TestContext.Current.CancellationToken);

        clock.Advance(context.Options.SendTimeout - TimeSpan.FromSeconds(1));
        Assert.False(connection.Hub.ConnectionAborted.IsCancellationRequested);
        clock.Advance(TimeSpan.FromSeconds(1));

        await WatchesAsync(0);
        Assert.True(connection.Hub.ConnectionAborted.IsCancellationRequested);
    }

    /// <summary>Left open, it would look alive and never be sent anything again.</summary>
    [Fact]
    public async Task Connection_WhoseWatchCannotEvenBeEnded_IsAborted()
    {
        var broken = ActivatorUtilities.CreateInstance<PumpContext>(host.Services, new BrokenClock(), NullLogger<ConnectionPump>.Instance);
        await using var connection = new PumpedConnection(broken);
        await connection.Pump.SubscribeAsync("w", Notes);
        await connection.Pump.SubscribeAsync("other", Notes);
        Insert(1);

        await WatchesAsync(0);
        Assert.True(connection.Hub.ConnectionAborted.IsCancellationRequested);
    }

    /// <summary>SignalR keeps a connection that has closed until its calls have returned.</summary>
    [Fact]
    public async Task Unsubscribe_OfAWatchWhoseTurnBrokeOff_Returns()
    {
        var broken = ActivatorUtilities.CreateInstance<PumpContext>(host.Services, new BrokenClock(), NullLogger<ConnectionPump>.Instance);
        await using var connection = new PumpedConnection(broken);
        await connection.Pump.SubscribeAsync("w", Notes);
        Insert(1);
        await WatchesAsync(0);

        await connection.Pump.UnsubscribeAsync("w").WaitAsync(Until.Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Send_TakenInTime_DoesNotCountAgainstTheNext()
    {
        await using var connection = new PumpedConnection(context);
        await connection.Pump.SubscribeAsync("w", Notes);
        Insert(1);
        await connection.PeekFrameAsync();
        await clock.TimerSet.WaitAsync(Until.Patience, TestContext.Current.CancellationToken);
        clock.Advance(context.Options.SendTimeout - TimeSpan.FromSeconds(1));
        await connection.TakeFrameAsync();
        Insert(2);
        await connection.PeekFrameAsync();

        clock.Advance(context.Options.SendTimeout - TimeSpan.FromSeconds(1));

        // Aborted, it would be sent nothing any more.
        await connection.TakeFrameAsync();
        Insert(3);
        await connection.TakeFrameAsync();
    }

    [Fact]
    public async Task Send_Pending_LetsChangesGatherInTheLogAndSendsThemInOneFrame()
    {
        await using var slow = new PumpedConnection(context);
        await slow.Pump.SubscribeAsync("w", Notes);
        Insert(1);
        await slow.PeekFrameAsync();
        Insert(2, 50);
        await EvaluatedAsync(50);

        var first = await slow.TakeFrameAsync();
        var second = await slow.TakeFrameAsync();

        Assert.Equal(1, first.Argument.GetProperty("changes").GetArrayLength());
        Assert.Equal(49, second.Argument.GetProperty("changes").GetArrayLength());
        Assert.Equal(first.Argument.GetProperty("cursor").GetString(), second.Argument.GetProperty("from").GetString());
    }

    [Fact]
    public async Task Watches_OneWithABacklog_AreServedInTurn()
    {
        var start = await StartCursorAsync();
        Insert(1, 10, new string('x', 20_000));
        await EvaluatedAsync(10);
        await using var connection = new PumpedConnection(context);
        await connection.Pump.SubscribeAsync("long", new() { Resource = "notes", Since = start });
        await connection.PeekFrameAsync();
        await connection.Pump.SubscribeAsync("short", new() { Resource = "notes", Key = "10", Since = start });

        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
            ids.Add((await connection.TakeFrameAsync()).Id);

        Assert.Equal("long", ids[0]);
        Assert.Contains("short", ids[1..3]);
        Assert.Equal(4, ids.Count(id => id == "long"));
    }

    [Fact]
    public async Task Unsubscribe_WhileItsFrameIsPending_WaitsForThatFrameAndNoOther()
    {
        await using var connection = new PumpedConnection(context);
        await connection.Pump.SubscribeAsync("w", Notes);
        await connection.Pump.SubscribeAsync("other", Notes);
        Insert(1);
        var served = (await connection.PeekFrameAsync()).Id;
        var waiting = served == "w" ? "other" : "w";

        await connection.Pump.UnsubscribeAsync(waiting);
        var unsubscribed = connection.Pump.UnsubscribeAsync(served);
        Insert(2);
        await EvaluatedAsync(2);
        Assert.False(unsubscribed.IsCompleted);
        Assert.Equal(served, (await connection.TakeFrameAsync()).Id);
        await unsubscribed.WaitAsync(Until.Patience, TestContext.Current.CancellationToken);

        Assert.True(connection.IsQuiet());
        Assert.Equal(1, Engine.WatchCount);
    }

    [Fact]
    public async Task Ended_Pending_HasFreedItsIdAndUnsubscribeWaitsForIt()
    {
        await using var connection = new PumpedConnection(context);
        await connection.Pump.SubscribeAsync("w", Notes);
        database.Execute("ALTER TABLE notes ADD COLUMN extra TEXT");
        await connection.PeekFrameAsync();

        var unsubscribed = connection.Pump.UnsubscribeAsync("w");
        Assert.False(unsubscribed.IsCompleted);
        await connection.Pump.SubscribeAsync("w", new() { Resource = "orders" });
        var ended = await connection.TakeFrameAsync();
        await unsubscribed.WaitAsync(Until.Patience, TestContext.Current.CancellationToken);

        Assert.Equal(("Ended", "w"), (ended.Target, ended.Id));
        Assert.Equal("/problems/cursor-expired", ended.Argument.GetProperty("type").GetString());
    }

    [Fact]
    public async Task Subscribe_TakenIdOrTooMany_IsRefused()
    {
        await using var connection = new PumpedConnection(context);
        await connection.Pump.SubscribeAsync("1", Notes);
        await connection.Pump.SubscribeAsync("2", Notes);

        Assert.Equal(ProblemCodes.AlreadySubscribed, (await Assert.ThrowsAsync<ProblemException>(() => connection.Pump.SubscribeAsync("2", Notes))).Code);
        await connection.Pump.SubscribeAsync("3", Notes);
        Assert.Equal(ProblemCodes.LimitExceeded, (await Assert.ThrowsAsync<ProblemException>(() => connection.Pump.SubscribeAsync("4", Notes))).Code);
        Assert.Equal(4, Engine.WatchCount);
    }

    [Fact]
    public async Task Dispose_WhileAFrameIsPending_StopsEveryWatchAtOnce()
    {
        await using var connection = new PumpedConnection(context);
        await connection.Pump.SubscribeAsync("a", Notes);
        await connection.Pump.SubscribeAsync("b", new() { Resource = "notes", Initial = true });
        await connection.PeekFrameAsync();

        connection.Pump.Dispose();

        Assert.Equal(1, Engine.WatchCount);
        await Assert.ThrowsAsync<OperationCanceledException>(() => connection.Pump.SubscribeAsync("c", Notes));
    }

    [Fact]
    public async Task Dispose_OfAConnection_LeavesNothingThatHoldsIt()
    {
        var pump = await ComeAndGoAsync();
        // The pump's last turn may still stand on a thread's stack.
        await Until.TrueAsync(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return !pump.IsAlive;
        });
    }

    [Fact]
    public async Task Compose_OfOneBatchUnderOneId_IsOneFrame()
    {
        var frames = new FrameComposer();
        using var watch = await Engine.StartAsync(Notes, static _ => { }, TestContext.Current.CancellationToken);
        Insert(1);
        await EvaluatedAsync(1);
        var batch = (await watch.ReadAsync(new(1024), TestContext.Current.CancellationToken))!;

        var first = frames.Compose("json", "w", batch);

        Assert.Same(first, frames.Compose("json", new string("w"), batch));
        Assert.NotSame(first, frames.Compose("messagepack", "w", batch));
        Assert.Same(first, frames.Compose("json", "w", batch));
        Assert.NotSame(first, frames.Compose("json", "v", batch));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<WeakReference> ComeAndGoAsync()
    {
        await using var connection = new PumpedConnection(context);
        await connection.Pump.SubscribeAsync("w", Notes);
        Insert(1);
        await connection.TakeFrameAsync();
        return new(connection.Pump);
    }

    private async Task<string?> StartCursorAsync()
    {
        using var watch = await Engine.StartAsync(Notes, static _ => { }, TestContext.Current.CancellationToken);
        return watch.StartCursor;
    }

    /// <summary>Completes when the engine has evaluated the insert of this id.</summary>
    private async Task EvaluatedAsync(int id)
    {
        while (true)
        {
            var batch = await witness.ReadAsync(new(1024 * 1024), TestContext.Current.CancellationToken);
            if (batch is null)
                Assert.True(await witnessReady.WaitAsync(Until.Patience, TestContext.Current.CancellationToken), $"The insert of {id} was not evaluated.");
            else if (batch.Events.Any(e => Encoding.UTF8.GetString(e.Json.Span).Contains($"\"subject\":\"{id}\"", StringComparison.Ordinal)))
                return;
        }
    }

    /// <summary>Completes when the connections have this many watches.</summary>
    private Task WatchesAsync(int count) => Until.EqualAsync(count + 1, () => Engine.WatchCount);

    private void Insert(int id) => Insert(id, id);

    private void Insert(int first, int last, string text = "a note") => database.Execute(
        "WITH RECURSIVE n(i) AS (SELECT $first UNION ALL SELECT i + 1 FROM n WHERE i < $last) INSERT INTO notes (id, text) SELECT i, $text FROM n",
        ("$first", first), ("$last", last), ("$text", text));

    /// <summary>Lets no write be waited for.</summary>
    private sealed class BrokenClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => throw new InvalidOperationException("The clock is broken.");
    }
}
