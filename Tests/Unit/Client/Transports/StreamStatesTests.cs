using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using RealtimeApi.Client;
using RealtimeApi.Contracts;
using Xunit;

namespace RealtimeApi.Tests.Unit.Client.Transports;

public sealed class StreamStatesTests
{
    private readonly FakeTimeProvider time = new();
    private readonly ConnectionStates states = new(static (_, _) => { }, NullLogger.Instance);
    private readonly StreamStates streams;

    public StreamStatesTests() => streams = New(renewsToken: true);

    [Fact]
    public async Task Watch_ThatIsCutOffAndEnded_LeavesTheOthersConnected()
    {
        using var stands = streams.Use();
        streams.Opened();
        var cut = streams.Use();
        streams.Opened();

        await EndAsync(Broken, stood: true);
        Assert.Equal(ConnectionState.Reconnecting, states.State);
        cut.Dispose();

        Assert.Equal(ConnectionState.Connected, states.State);
    }

    [Fact]
    public async Task Watch_ThatEndsWhileAnotherIsCutOff_LeavesThatReconnecting()
    {
        var stands = streams.Use();
        streams.Opened();
        using var cut = streams.Use();
        streams.Opened();

        await EndAsync(Broken, stood: true);
        await EndAsync(SubscriptionEnd.Left, stood: true);
        stands.Dispose();

        Assert.Equal(ConnectionState.Reconnecting, states.State);
    }

    [Fact]
    public async Task Respite_AskedForByAServerThatTakesNoWatch_HoldsUntilItIsOverOrOneStands()
    {
        var busy = Busy(30);
        await EndAsync(Refused(busy));
        time.Advance(TimeSpan.FromSeconds(10));
        await EndAsync(Broken);
        await EndAsync(Refused(Busy(5)));

        Assert.Equal((busy, TimeSpan.FromSeconds(20)), streams.Respite);
        time.Advance(TimeSpan.FromSeconds(20));
        Assert.Null(streams.Respite);

        await EndAsync(Refused(busy));
        streams.Opened();
        await EndAsync(SubscriptionEnd.Left, stood: true);
        Assert.Null(streams.Respite);
    }

    /// <summary>A server that takes one watch and is too busy for another may have room for a third.</summary>
    [Fact]
    public async Task Respite_WhileAnotherWatchStands_IsNone()
    {
        streams.Opened();
        await EndAsync(Refused(Busy(30)));
        Assert.Null(streams.Respite);

        await EndAsync(SubscriptionEnd.Left, stood: true);
        Assert.NotNull(streams.Respite);
    }

    [Fact]
    public async Task Respite_OfDays_IsBounded()
    {
        await EndAsync(Refused(Busy(1_000_000)));

        Assert.Equal(TimeSpan.FromHours(1), streams.Respite!.Value.Time);
    }

    [Theory]
    [InlineData(true, true, 60, nameof(SubscriptionEndReason.Disconnected))]
    [InlineData(true, true, 0, nameof(SubscriptionEndReason.Broken))]
    [InlineData(true, false, 60, nameof(SubscriptionEndReason.Ended))]
    [InlineData(false, true, 60, nameof(SubscriptionEndReason.Ended))]
    public async Task Watch_ThatEndsAsUnauthorized_GoesOnWhereItStoodAndAnotherTokenCanBeHad(bool renewsToken, bool stood, int seconds, string expected)
    {
        var states = New(renewsToken);

        var end = await EndAsync(states, Refused(new(new() { Type = "/problems/unauthorized", Status = 401 })), stood, seconds);

        Assert.Equal(expected, end.Reason.ToString());
    }

    /// <summary>A provider keeps a token for as long as it is valid by its own clock.</summary>
    [Fact]
    public async Task Watch_RefusedAsUnauthorizedSoonAfterOneStood_TriesAgainForAWhile()
    {
        var unauthorized = Refused(new(new() { Type = "/problems/unauthorized", Status = 401 }));
        streams.Opened();
        await EndAsync(streams, unauthorized, stood: true, seconds: 60);

        Assert.Equal(SubscriptionEndReason.Broken, (await EndAsync(streams, unauthorized, stood: false)).Reason);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(unauthorized, await EndAsync(streams, unauthorized, stood: false));
    }

    private static SubscriptionEnd Broken { get; } = new(SubscriptionEndReason.Broken) { Cause = new IOException() };

    private static SubscriptionEnd Refused(RealtimeApiException error) => new(SubscriptionEndReason.Ended, error);

    private StreamStates New(bool renewsToken) => new(WatchTransport.ServerSentEvents, states, renewsToken, time, CancellationToken.None);

    private Task<SubscriptionEnd> EndAsync(SubscriptionEnd end, bool stood = false) => EndAsync(streams, end, stood);

    private Task<SubscriptionEnd> EndAsync(StreamStates streams, SubscriptionEnd end, bool stood, int seconds = 0)
    {
        var subscription = new Subscription("1", new WatchBuffer(10));
        if (stood)
            subscription.Start("0");
        return streams.RunAsync(subscription, () =>
        {
            time.Advance(TimeSpan.FromSeconds(seconds));
            return Task.FromResult(end);
        });
    }

    private static RealtimeApiException Busy(int seconds) =>
        new(new ProblemDetails { Type = "/problems/unavailable", Title = "t", Status = 503 }) { RetryAfter = TimeSpan.FromSeconds(seconds) };
}
