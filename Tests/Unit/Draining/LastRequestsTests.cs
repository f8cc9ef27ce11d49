using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Draining;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Unit.Draining;

/// <summary>When Kestrel may stop, by a clock that the test moves; the test listens, and counts connections, as Kestrel does.</summary>
public sealed class LastRequestsTests : IDisposable
{
    private const int Tick = 10;

    private readonly DrainClock time = new();
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly SocketTransportOptions transport = new();
    private readonly CancellationTokenSource hurried = new();
    private readonly OpenConnections connections;
    private readonly UpDownCounter<long> active;
    private readonly LastRequests lastRequests;

    public LastRequestsTests()
    {
        var meters = services.GetRequiredService<IMeterFactory>();
        connections = new(meters);
        active = meters.Create("Kestrel's").CreateUpDownCounter<long>("kestrel.active_connections");
        var sockets = new ListenSockets(time);
        sockets.PostConfigure(null, transport);
        lastRequests = new(sockets, connections, time);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        connections.Dispose();
        services.Dispose();
        hurried.Dispose();
    }

    [Fact]
    public void Serve_WhereNothingListens_IsOverAtOnce()
    {
        active.Add(1);
        Assert.True(ServeAsync().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Serve_WithoutConnections_TakesOneMoreLook()
    {
        using var socket = Listen();
        var serving = ServeAsync();
        Assert.Throws<ObjectDisposedException>(() => socket.Poll(TimeSpan.Zero, SelectMode.SelectRead));
        await time.WaitedForAsync();
        time.Advance(TimeSpan.FromMilliseconds(Tick));
        await serving.WaitAsync(Until.Patience, Cancellation);
    }

    [Fact]
    public async Task Serve_WhileTheLastOneWasStillLetIn_ServesIt()
    {
        using var socket = Listen();
        var serving = ServeAsync();
        await time.WaitedForAsync();
        active.Add(1);
        await AdvanceAsync(serving, Tick);
        Assert.False(serving.IsCompleted);

        active.Add(-1);
        Assert.Equal(2 * Tick, await AdvanceAsync(serving, 1000));
    }

    [Fact]
    public async Task Serve_ConnectionThatAsksForNothing_IsWaitedForASecond()
    {
        using var socket = Listen();
        active.Add(1);
        Assert.Equal(1000, await AdvanceAsync(ServeAsync(), 10_000));
    }

    [Fact]
    public async Task Serve_ConnectionsThatGoOneAfterTheOther_AreWaitedForFiveSecondsAtTheMost()
    {
        using var socket = Listen();
        active.Add(100);
        var serving = ServeAsync();
        var passed = 0;
        while (!serving.IsCompleted)
        {
            active.Add(-1);
            passed += await AdvanceAsync(serving, 500);
        }

        Assert.Equal(5000, passed);
    }

    /// <summary>Otherwise those who are sent away come again, and a browser that is refused an event stream by a server does not try again.</summary>
    [Fact]
    public async Task Drain_SomebodyIsSentAway_LetsNobodyInBefore()
    {
        using var socket = Listen();
        using var drain = new Drain(Options.Create(new RealtimeApiOptions()), lastRequests, time, NullLogger<Drain>.Instance);
        var told = new TaskCompletionSource<bool>();
        using var place = drain.Enter(() => told.SetResult(socket.SafeHandle.IsClosed));

        var drained = drain.RunAsync();

        Assert.True(await told.Task.WaitAsync(Until.Patience, Cancellation));
        drain.Hurry();
        await drained.WaitAsync(Until.Patience, Cancellation);
    }

    [Fact]
    public async Task Serve_Hurried_IsOver()
    {
        using var socket = Listen();
        active.Add(1);
        var serving = ServeAsync();
        await time.WaitedForAsync();
        await hurried.CancelAsync();
        await serving.WaitAsync(Until.Patience, Cancellation);
    }

    /// <summary>The system resets what it has connected and nobody has accepted when the socket is closed, and with it what the client may have sent.</summary>
    [Fact]
    public async Task Serve_SomebodyAtTheDoor_IsLetInBeforeItIsClosed()
    {
        using var socket = Listen();
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(socket.LocalEndPoint!, Cancellation);
        await client.SendAsync("POST"u8.ToArray(), Cancellation);
        var serving = ServeAsync();
        await time.WaitedForAsync();

        using var accepted = await socket.AcceptAsync(Cancellation);
        await AdvanceAsync(serving, 1000);

        Assert.True(serving.IsCompletedSuccessfully);
        Assert.Equal(4, await accepted.ReceiveAsync(new byte[10], Cancellation));
    }

    [Fact]
    public async Task Serve_SomebodyAtTheDoorWhoIsNotLetIn_IsNotWaitedForLong()
    {
        using var socket = Listen();
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(socket.LocalEndPoint!, Cancellation);
        await AdvanceAsync(ServeAsync(), 1100);
        Assert.Throws<ObjectDisposedException>(() => socket.Poll(TimeSpan.Zero, SelectMode.SelectRead));
    }

    private Socket Listen()
    {
        var socket = transport.CreateBoundListenSocket(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        return socket;
    }

    /// <summary>Moves the clock by a tick at a time, each when the one before has been seen, until it is over or so much time has passed.</summary>
    /// <returns>The milliseconds that have passed.</returns>
    private async Task<int> AdvanceAsync(Task serving, int milliseconds)
    {
        var passed = 0;
        while (passed < milliseconds)
        {
            await time.WaitedForAsync(unless: serving);
            if (serving.IsCompleted)
                break;
            time.Advance(TimeSpan.FromMilliseconds(Tick));
            passed += Tick;
        }

        await time.WaitedForAsync(unless: serving);
        return passed;
    }

    private async Task ServeAsync()
    {
        await lastRequests.RefuseAsync(hurried.Token);
        await lastRequests.ServeAsync(hurried.Token);
    }
}
