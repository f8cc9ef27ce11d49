using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using RealtimeApi.Client;
using Xunit;

namespace RealtimeApi.Tests.Unit.Client.Connecting;

public sealed class ConnectionLoopTests : IDisposable
{
    /// <summary>What waits for itself would wait for ever.</summary>
    private const int HungAfter = 120_000;

    private readonly FakeTimeProvider time = new();
    private readonly Busy busy = new();
    private readonly HttpClient http;
    private readonly RealtimeApiClientOptions options;
    private readonly ConnectionLoop connection;

    public ConnectionLoopTests()
    {
        http = new(busy);
        // Nobody listens there.
        options = new RealtimeApiClientOptions(new("http://127.0.0.1:9")) { TimeProvider = time };
        connection = New(NullLogger.Instance);
    }

    public void Dispose() => http.Dispose();

    /// <summary>Not as cancelled: whoever waits may not have heard yet that the client is disposed, and would take it for something else.</summary>
    [Fact(Timeout = HungAfter)]
    public async Task Dispose_WhileASessionIsWaitedFor_SaysSo()
    {
        connection.Enter();
        var session = connection.GetSessionAsync(CancellationToken.None);

        await connection.DisposeAsync().AsTask().WaitAsync(TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<ObjectDisposedException>(() => session);
        Assert.Throws<ObjectDisposedException>(connection.Enter);
    }

    /// <summary>What waits for the client's end goes on within the call that brings it, and may be anything.</summary>
    [Fact(Timeout = HungAfter)]
    public async Task Dispose_HeardBySomethingThatWaitsForAnother_HoldsUpNobody()
    {
        connection.Enter();
        using var heard = connection.Stopping.Register(() => Task.Run(connection.Leave, TestContext.Current.CancellationToken).Wait(TestContext.Current.CancellationToken));

        await Task.Run(() => connection.DisposeAsync().AsTask(), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Probe_OfABusyServer_IsMadeAgainOnlyAfterTheTimeThatItAskedFor()
    {
        Assert.False(await connection.CanConnectAsync(TestContext.Current.CancellationToken));
        time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(await connection.CanConnectAsync(TestContext.Current.CancellationToken));
        Assert.Equal(1, busy.Asked);

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await connection.CanConnectAsync(TestContext.Current.CancellationToken));
        Assert.Equal(2, busy.Asked);
    }

    [Fact(Timeout = HungAfter)]
    public async Task Session_OfALoopThatCannotLog_IsNotWaitedForInVain()
    {
        await using var failing = New(new FailingLogger());
        failing.Enter();

        await Assert.ThrowsAsync<NotSupportedException>(() => failing.GetSessionAsync(TestContext.Current.CancellationToken));
    }

    private ConnectionLoop New(ILogger logger) =>
        new(new(options, new(options, () => http), NullLoggerFactory.Instance), options, static () => 0.5, logger, new(static (_, _) => { }, NullLogger.Instance));

    private sealed class FailingLogger : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => throw new NotSupportedException();
    }

    /// <summary>The answer to who asks why no WebSocket opens.</summary>
    private sealed class Busy : HttpMessageHandler
    {
        public int Asked { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked++;
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) { RequestMessage = request, Headers = { RetryAfter = new(TimeSpan.FromSeconds(30)) } });
        }
    }
}
