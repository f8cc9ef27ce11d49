using Microsoft.Extensions.Time.Testing;
using RealtimeApi.Client;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Unit.Client.Connecting;

public sealed class BackoffTests
{
    private readonly FakeTimeProvider time = new();

    [Fact]
    public void Waits_AtTheUpperEnd_DoubleUpToTheMaximum()
    {
        var backoff = new Backoff(time, TimeSpan.FromSeconds(30), () => 1);

        Assert.Equal([0.5, 1, 2, 4, 8, 16, 30, 30], Enumerable.Range(0, 8).Select(_ => backoff.Next().TotalSeconds));
        Assert.Equal(8, backoff.Failures);
    }

    [Fact]
    public void Waits_OfAClientAsItIs_EndSoonAfterTheServerIsBack()
    {
        var backoff = new Backoff(time, new RealtimeApiClientOptions(new Uri("http://localhost:5080")).MaxReconnectDelay, () => 1);

        Assert.Equal(10, Enumerable.Range(0, 20).Max(_ => backoff.Next().TotalSeconds));
    }

    [Fact]
    public void Waits_AreSpreadFromZero()
    {
        Assert.Equal(TimeSpan.Zero, new Backoff(time, TimeSpan.FromSeconds(30), () => 0).Next());
        Assert.Equal(TimeSpan.FromMilliseconds(125), new Backoff(time, TimeSpan.FromSeconds(30), () => 0.25).Next());
    }

    [Fact]
    public void Reset_StartsFromTheShortest()
    {
        var backoff = new Backoff(time, TimeSpan.FromSeconds(30), () => 1);
        backoff.Next();
        backoff.Next();
        backoff.Reset();

        Assert.Equal(0.5, backoff.Next().TotalSeconds);
    }

    [Fact]
    public void Waits_AreAtLeastWhatTheServerAsks()
    {
        Assert.Equal(10.5, new Backoff(time, TimeSpan.FromSeconds(30), () => 1).Next(TimeSpan.FromSeconds(10)).TotalSeconds);
    }

    [Fact]
    public void Wait_ThatTheServerAsksForByMistake_IsAnHour()
    {
        Assert.Equal(3600.5, new Backoff(time, TimeSpan.FromSeconds(30), () => 1).Next(TimeSpan.FromDays(40)).TotalSeconds);
    }

    [Theory]
    [InlineData(null, 1)]
    [InlineData(7, 7)]
    public async Task WaitWhileBusy_LastsAtLeastWhatTheServerAsksForOrASecond(int? seconds, int expected)
    {
        var refusal = new RealtimeApiException(new() { Type = "/problems/limit-exceeded", Status = 429 }) { RetryAfter = seconds is { } s ? TimeSpan.FromSeconds(s) : null };
        var wait = new Backoff(time, TimeSpan.FromSeconds(30), () => 0).WaitWhileBusyAsync(refusal, TestContext.Current.CancellationToken);

        time.Advance(TimeSpan.FromSeconds(expected - 0.1));
        Assert.False(wait.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.1));
        await wait.WaitAsync(Until.Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Failures_ForDays_StayAtTheMaximum()
    {
        var backoff = new Backoff(time, TimeSpan.FromSeconds(30), () => 1);
        for (var i = 0; i < 100_000; i++)
            backoff.Next();

        Assert.Equal(30, backoff.Next().TotalSeconds);
    }

    [Fact]
    public async Task Wait_GoesByTheClock()
    {
        var wait = new Backoff(time, TimeSpan.FromSeconds(30), () => 1).WaitAsync(null, CancellationToken.None);
        Assert.False(wait.IsCompleted);

        time.Advance(TimeSpan.FromSeconds(0.5));

        await wait.WaitAsync(Until.Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void SharedRandom_IsWithinZeroAndOne()
    {
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.InRange(Backoff.SharedRandom(), 0, 0.999999999999999));
    }
}
