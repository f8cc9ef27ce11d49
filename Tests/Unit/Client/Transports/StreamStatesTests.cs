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

    public StreamStatesTests() => streams = new(WatchTransport.ServerSentEvents, states, time, CancellationToken.None);

    [Fact]
    public void Watch_ThatIsCutOffAndEnded_LeavesTheOthersConnected()
    {
        using var stands = streams.Use();
        streams.Opened();
        var cut = streams.Use();
        streams.Opened();

        streams.Broke(new IOException());
        streams.Fell();
        Assert.Equal(ConnectionState.Reconnecting, states.State);
        cut.Dispose();

        Assert.Equal(ConnectionState.Connected, states.State);
    }

    [Fact]
    public void Watch_ThatEndsWhileAnotherIsCutOff_LeavesThatReconnecting()
    {
        var stands = streams.Use();
        streams.Opened();
        using var cut = streams.Use();
        streams.Opened();

        streams.Broke(new IOException());
        streams.Fell();
        streams.Fell();
        stands.Dispose();

        Assert.Equal(ConnectionState.Reconnecting, states.State);
    }

    [Fact]
    public void Respite_AskedForByAServerThatTakesNoWatch_HoldsUntilItIsOverOrOneStands()
    {
        var busy = Busy(30);
        streams.Broke(busy);
        time.Advance(TimeSpan.FromSeconds(10));
        streams.Broke(new IOException());
        streams.Broke(Busy(5));

        Assert.Equal((busy, TimeSpan.FromSeconds(20)), streams.Respite);
        time.Advance(TimeSpan.FromSeconds(20));
        Assert.Null(streams.Respite);

        streams.Broke(busy);
        streams.Opened();
        streams.Fell();
        Assert.Null(streams.Respite);
    }

    /// <summary>A server that takes one watch and is too busy for another may have room for a third.</summary>
    [Fact]
    public void Respite_WhileAnotherWatchStands_IsNone()
    {
        streams.Opened();
        streams.Broke(Busy(30));
        Assert.Null(streams.Respite);

        streams.Fell();
        Assert.NotNull(streams.Respite);
    }

    [Fact]
    public void Respite_OfDays_IsBounded()
    {
        streams.Broke(Busy(1_000_000));

        Assert.Equal(TimeSpan.FromHours(1), streams.Respite!.Value.Time);
    }

    private static RealtimeApiException Busy(int seconds) =>
        new(new ProblemDetails { Type = "/problems/unavailable", Title = "t", Status = 503 }) { RetryAfter = TimeSpan.FromSeconds(seconds) };
}
