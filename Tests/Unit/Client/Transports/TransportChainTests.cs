using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using RealtimeApi.Client;
using RealtimeApi.Contracts;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Unit.Client.Transports;

public sealed class TransportChainTests : IDisposable
{
    private readonly FakeTimeProvider time = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly IWatchTransport[] transports = [new Idle(WatchTransport.WebSockets), new Idle(WatchTransport.ServerSentEvents), new Idle(WatchTransport.LongPolling)];

    public void Dispose()
    {
        stopping.Cancel();
        stopping.Dispose();
    }

    [Fact]
    public async Task BetterTransport_IsTriedSoonAndThenEverMoreRarely()
    {
        var tried = new List<double>();
        var start = time.GetUtcNow();
        using var chain = New(_ =>
        {
            tried.Add((time.GetUtcNow() - start).TotalSeconds);
            return Task.FromResult(tried.Count == 7);
        });
        var (first, left) = chain.Current;

        Assert.True(chain.Leave(first, null));
        var (second, back) = chain.Current;
        for (var seconds = 0; seconds < 2000; seconds++)
            time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal([10, 30, 70, 150, 310, 470, 630], tried);
        Assert.Same(first, chain.Current.Transport);
        Assert.Equal(WatchTransport.ServerSentEvents, second.Kind);
        await UntilCancelledAsync(left);
        await UntilCancelledAsync(back);
    }

    [Fact]
    public void Leave_ByManyWatches_GoesOneFurther()
    {
        using var chain = New(_ => Task.FromResult(false));

        for (var i = 0; i < 5; i++)
            Assert.True(chain.Leave(transports[0], null));

        Assert.Equal(WatchTransport.ServerSentEvents, chain.Current.Transport.Kind);
    }

    /// <summary>A watch that left what works for it would wait there.</summary>
    [Fact]
    public void BetterTransport_WhoseServerHasAskedForTime_IsNotTriedWithinIt()
    {
        var stream = (Idle)transports[1];
        stream.Respite = (new(new() { Type = "/problems/unavailable", Status = 503 }), TimeSpan.FromHours(1));
        using var chain = New(_ => Task.FromResult(false));
        chain.Leave(transports[0], null);
        chain.Leave(transports[1], null);

        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(WatchTransport.LongPolling, chain.Current.Transport.Kind);
        stream.Respite = null;
        time.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(WatchTransport.ServerSentEvents, chain.Current.Transport.Kind);
    }

    private TransportChain New(Func<CancellationToken, Task<bool>> firstWorks) =>
        new(transports, firstWorks, TimeSpan.FromSeconds(160), time, () => 0.5, NullLogger.Instance, stopping.Token);

    private static async Task UntilCancelledAsync(CancellationToken token)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = token.Register(cancelled.SetResult);
        await cancelled.Task.WaitAsync(Until.Patience, TestContext.Current.CancellationToken);
    }

    private sealed class Idle(WatchTransport kind) : IWatchTransport
    {
        public WatchTransport Kind => kind;

        public (RealtimeApiException Refusal, TimeSpan Time)? Respite { get; set; }

        public IDisposable Use() => throw new NotSupportedException();

        public Task<SubscriptionEnd> RunAsync(Subscription subscription, WatchRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
