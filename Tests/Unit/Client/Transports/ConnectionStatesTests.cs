using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeApi.Client;
using Xunit;

namespace RealtimeApi.Tests.Unit.Client.Transports;

public sealed class ConnectionStatesTests
{
    private readonly Channel<ConnectionStateChange> told = Channel.CreateUnbounded<ConnectionStateChange>();
    private readonly ConnectionStates states;
    private Action? onTold;

    public ConnectionStatesTests() => states = new(
        (change, _) =>
        {
            onTold?.Invoke();
            told.Writer.TryWrite(change);
        },
        NullLogger.Instance);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Handler_ThatTakesItsTime_IsToldTheNewestInOrder()
    {
        using var free = new ManualResetEventSlim();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        onTold = () =>
        {
            begun.TrySetResult();
            free.Wait(Token);
        };
        const int Steps = ConnectionStates.MaxSteps + 10;
        states.Raise(Step(ConnectionState.Connecting, 0));
        await begun.Task.WaitAsync(Token);
        for (var i = 1; i <= Steps; i++)
            states.Raise(Step(ConnectionState.Reconnecting, i));
        Assert.Equal(ConnectionState.Reconnecting, states.State);
        free.Set();

        Assert.Equal(Enumerable.Range(Steps - ConnectionStates.MaxSteps + 1, ConnectionStates.MaxSteps).Prepend(0), (await TakeAsync(ConnectionStates.MaxSteps + 1)).Select(step => step.FailedAttempts));
    }

    /// <summary>Watches go from one transport to another one by one, and a room needs the hub, by whatever the watches come.</summary>
    [Fact]
    public async Task Transport_ThatIsLeftWhileAnotherIsInUse_LeavesTheStateToThatOne()
    {
        states.Raise(Step(ConnectionState.Connecting, transport: WatchTransport.ServerSentEvents));
        states.Raise(Step(ConnectionState.Connected, transport: WatchTransport.ServerSentEvents));
        states.Raise(Step(ConnectionState.Connecting));
        states.Raise(Step(ConnectionState.Disconnected));
        Assert.Equal(ConnectionState.Connected, states.State);
        states.Raise(Step(ConnectionState.Connecting));
        states.Raise(Step(ConnectionState.Connected));
        states.Raise(Step(ConnectionState.Disconnected, transport: WatchTransport.ServerSentEvents));
        Assert.Equal(ConnectionState.Connected, states.State);
        states.Raise(Step(ConnectionState.Disconnected));

        Assert.Equal(
            [
                (ConnectionState.Connecting, WatchTransport.ServerSentEvents),
                (ConnectionState.Connected, WatchTransport.ServerSentEvents),
                (ConnectionState.Connecting, WatchTransport.WebSockets),
                (ConnectionState.Connected, WatchTransport.ServerSentEvents),
                (ConnectionState.Connecting, WatchTransport.WebSockets),
                (ConnectionState.Connected, WatchTransport.WebSockets),
                (ConnectionState.Disconnected, WatchTransport.WebSockets),
            ],
            (await TakeAsync(7)).Select(step => (step.State, step.Transport)));
        Assert.Equal(ConnectionState.Disconnected, states.State);
    }

    private static ConnectionStateChange Step(ConnectionState state, int failures = 0, WatchTransport transport = WatchTransport.WebSockets) =>
        new() { State = state, FailedAttempts = failures, Transport = transport };

    private async Task<IReadOnlyList<ConnectionStateChange>> TakeAsync(int count)
    {
        var steps = new List<ConnectionStateChange>();
        while (steps.Count < count)
            steps.Add(await told.Reader.ReadAsync(Token));
        return steps;
    }
}
