using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using RealtimeApi.Contracts;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Draining;
using RealtimeApi.Tests.Unit.Watching;
using Xunit;

namespace RealtimeApi.Tests.Unit.Draining;

public sealed class DrainTests : IDisposable
{
    private readonly FakeTimeProvider time = new();
    private readonly RealtimeApiOptions options = new();
    private readonly Drain drain;
    private volatile int ended;

    public DrainTests() => drain = new(Options.Create(options), time, NullLogger<Drain>.Instance);

    public void Dispose() => drain.Dispose();

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
        var running = drain.RunAsync();
        await EngineFixture.UntilAsync(() => ended > 0);
        for (var second = 1; second <= 5; second++)
        {
            for (var i = 0; i < 100; i++)
            {
                time.Advance(TimeSpan.FromMilliseconds(10));
                await Task.Yield();
            }

            await AdvanceUntilAsync(() => ended >= clients * second / 5 - 10);
        }

        await AdvanceUntilAsync(() => running.IsCompleted);
        Assert.Equal(clients, ended);
    }

    [Fact]
    public async Task Drain_ManyClients_TakesAsLongAsItIsGiven()
    {
        options.Draining.Spread = TimeSpan.FromSeconds(5);
        Enter(1000);
        _ = drain.RunAsync();
        await EngineFixture.UntilAsync(() => ended > 0);
        await Task.Yield();
        // At half the time no more than half of them, and a tick's worth, have been told.
        time.Advance(TimeSpan.FromSeconds(2.5));
        await EngineFixture.UntilAsync(() => ended >= 490);
        Assert.InRange(ended, 490, 510);
    }

    [Fact]
    public async Task Drain_ThreeClients_DoesNotTakeSeconds()
    {
        options.Draining.Spread = TimeSpan.FromMinutes(5);
        var places = Enter(3);
        var running = drain.RunAsync();
        var waited = TimeSpan.Zero;
        while (ended < 3)
        {
            time.Advance(TimeSpan.FromMilliseconds(1));
            waited += TimeSpan.FromMilliseconds(1);
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
            Assert.True(waited < TimeSpan.FromSeconds(30));
        }

        Assert.False(running.IsCompleted);
        places.ForEach(place => place.Dispose());
        await running;
    }

    [Fact]
    public async Task Drain_ClientThatDoesNotGo_IsCutOffAfterAWhile()
    {
        Enter(1);
        var running = drain.RunAsync();
        await EngineFixture.UntilAsync(() => ended == 1);
        Assert.False(drain.Over.IsCancellationRequested);
        await AdvanceUntilAsync(() => running.IsCompleted);
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
        Assert.Equal(0, ended);
        await AdvanceUntilAsync(() => ended == 1);
        Assert.Equal(ProblemCodes.Unavailable, drain.FindRefusal()?.Code);
        Assert.Equal(1, drain.FindRefusal()?.RetryAfter);
    }

    [Fact]
    public async Task Enter_WhileOthersAreSentAway_IsSentAwayAtOnce()
    {
        using var first = drain.Enter(Count);
        _ = drain.RunAsync();
        await EngineFixture.UntilAsync(() => ended == 1);
        using var late = drain.Enter(Count);
        Assert.Equal(2, ended);
    }

    [Fact]
    public async Task Drain_OneThatCannotBeTold_HoldsNobodyUp()
    {
        using var broken = drain.Enter(static () => throw new InvalidOperationException("broken"));
        Enter(1);
        _ = drain.RunAsync();
        await AdvanceUntilAsync(() => ended == 1);
    }

    [Fact]
    public async Task Drain_AskedTwice_IsOne()
    {
        var place = drain.Enter(Count);
        var running = drain.RunAsync();
        Assert.Same(running, drain.RunAsync());
        await EngineFixture.UntilAsync(() => ended == 1);
        place.Dispose();
        await running;
        place.Dispose();
        Assert.Equal(1, ended);
    }

    private List<IDisposable> Enter(int count) => [.. Enumerable.Range(0, count).Select(_ => drain.Enter(Count))];

    private void Count() => Interlocked.Increment(ref ended);

    private Task AdvanceUntilAsync(Func<bool> condition) => EngineFixture.UntilAsync(() =>
    {
        time.Advance(TimeSpan.FromMilliseconds(10));
        return condition();
    });
}
