using RealtimeApi.Contracts;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Draining;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Unit.Draining;

public sealed class DrainTests : IDisposable
{
    private readonly DrainClock time = new();
    private readonly RealtimeApiOptions options = new();
    private readonly SocketlessDrain host;
    private readonly Drain drain;
    private volatile int ended;

    public DrainTests()
    {
        host = new(options, time);
        drain = host.Drain;
    }

    public void Dispose() => host.Dispose();

    [Fact]
    public async Task Drain_WithoutClients_IsOverAtOnce()
    {
        options.Draining.Spread = TimeSpan.FromMinutes(1);
        await drain.RunAsync();
        Assert.True(drain.Over.IsCancellationRequested);
    }

    [Fact]
    public async Task Drain_ManyClients_EndsThemEvenlyOverTheTime()
    {
        const int clients = 1000;
        options.Draining.Spread = TimeSpan.FromSeconds(5);
        Enter(clients);
        _ = drain.RunAsync();
        for (var milliseconds = 0; ended < clients; milliseconds += 10)
        {
            await time.WaitedForAsync();
            // One each 5 ms; those of the next 10 ms are told together with those before.
            Assert.InRange(ended, milliseconds / 5, (milliseconds / 5) + 2);
            time.Advance(TimeSpan.FromMilliseconds(10));
        }
    }

    [Fact]
    public async Task Drain_ThatWakesLate_HasEndedNoMoreThanAreDue()
    {
        options.Draining.Spread = TimeSpan.FromSeconds(5);
        Enter(1000);
        _ = drain.RunAsync();
        await time.WaitedForAsync();

        time.Advance(TimeSpan.FromSeconds(2.5));

        await time.WaitedForAsync();
        Assert.InRange(ended, 500, 502);
    }

    [Fact]
    public async Task Drain_ThreeClients_DoesNotTakeSeconds()
    {
        options.Draining.Spread = TimeSpan.FromMinutes(5);
        var places = Enter(3);
        var running = drain.RunAsync();
        await AdvanceAsync(TimeSpan.FromMilliseconds(10));
        await AdvanceAsync(TimeSpan.FromMilliseconds(10));
        await Until.EqualAsync(3, () => ended);

        Assert.False(running.IsCompleted);
        places.ForEach(place => place.Dispose());
        await running;
    }

    [Fact]
    public async Task Drain_ClientThatDoesNotGo_IsCutOffAfterAWhile()
    {
        Enter(1);
        var running = drain.RunAsync();
        await AdvanceAsync(TimeSpan.FromSeconds(4.9));
        Assert.Equal(1, ended);
        Assert.False(drain.Over.IsCancellationRequested);
        time.Advance(TimeSpan.FromSeconds(0.1));
        await running.WaitAsync(Until.Patience, TestContext.Current.CancellationToken);
        Assert.True(drain.Over.IsCancellationRequested);
    }

    [Fact]
    public async Task Drain_Hurried_EndsAllAtOnce()
    {
        options.Draining.Delay = TimeSpan.FromMinutes(5);
        options.Draining.Spread = TimeSpan.FromMinutes(5);
        Enter(1000);
        var running = drain.RunAsync();
        drain.Hurry();
        await running;
        Assert.Equal(1000, ended);
    }

    [Fact]
    public async Task Drain_WithADelay_IsNotReadyButServesOn()
    {
        options.Draining.Delay = TimeSpan.FromSeconds(10);
        Enter(1);
        _ = drain.RunAsync();
        Assert.True(drain.HasBegun);
        Assert.Null(drain.FindRefusal());
        await AdvanceAsync(TimeSpan.FromSeconds(9.9));
        Assert.Equal(0, ended);
        time.Advance(TimeSpan.FromSeconds(0.1));
        await Until.EqualAsync(1, () => ended);
        Assert.Equal(ProblemCodes.Unavailable, drain.FindRefusal()?.Code);
        Assert.Equal(1, drain.FindRefusal()?.RetryAfter);
    }

    [Fact]
    public async Task Enter_WhileOthersAreSentAway_IsSentAwayAtOnce()
    {
        using var first = drain.Enter(Count);
        _ = drain.RunAsync();
        await Until.EqualAsync(1, () => ended);
        using var late = drain.Enter(Count);
        Assert.Equal(2, ended);
    }

    [Fact]
    public async Task Drain_OneThatCannotBeTold_HoldsNobodyUp()
    {
        using var broken = drain.Enter(static () => throw new InvalidOperationException("broken"));
        Enter(1);
        _ = drain.RunAsync();
        await AdvanceAsync(TimeSpan.FromMilliseconds(10));
        await Until.EqualAsync(1, () => ended);
    }

    [Fact]
    public async Task Drain_AskedTwice_IsOne()
    {
        var place = drain.Enter(Count);
        var running = drain.RunAsync();
        Assert.Same(running, drain.RunAsync());
        await Until.EqualAsync(1, () => ended);
        place.Dispose();
        await running;
        place.Dispose();
        Assert.Equal(1, ended);
    }

    private List<IDisposable> Enter(int count) => [.. Enumerable.Range(0, count).Select(_ => drain.Enter(Count))];

    private void Count() => Interlocked.Increment(ref ended);

    /// <summary>Moves the clock once the drain has done what is to be done by now.</summary>
    private async Task AdvanceAsync(TimeSpan duration)
    {
        await time.WaitedForAsync();
        time.Advance(duration);
    }
}
