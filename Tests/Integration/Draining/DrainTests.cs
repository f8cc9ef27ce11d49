using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RealtimeApi.Server.Draining;
using RealtimeApi.Tests.Integration.Hubs;
using RealtimeApi.Tests.Integration.Rest;
using RealtimeApi.Tests.Integration.Sse;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Draining;

/// <summary>What clients and probes see of a server that is told to stop.</summary>
public sealed class DrainTests : IDisposable
{
    private readonly TempDatabase database = new("CREATE TABLE Orders (Id INTEGER PRIMARY KEY, Status TEXT)");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => database.Dispose();

    [Theory, InlineData(true), InlineData(false)]
    public async Task Hub_WhenTheServerStops_SaysThatTheClientMayComeAgain(bool byCall)
    {
        await using var server = await TestServer.StartAsync(database.File);
        await using var socket = await RawHubSocket.ConnectAsync(server);
        await socket.SendAsync("""{"type":1,"invocationId":"1","target":"Subscribe","arguments":["w",{"resource":"orders"}]}""");
        await socket.ReceiveAsync();

        var stopping = StopAsync(server, byCall);

        // SignalR's close message, and then the end of the socket.
        var close = await socket.ReceiveAsync();
        Assert.Equal("""{"type":7,"allowReconnect":true}""", close);
        await stopping;
    }

    [Fact]
    public async Task Readiness_WhileTheServerStops_IsGoneAndPlainRequestsAreServed()
    {
        await using var server = await StartSlowlyStoppingAsync();
        database.Execute("INSERT INTO Orders VALUES (1, 'new')");
        await using var client = await HubClient.ConnectAsync(server, "json");
        // The health checks of ASP.NET Core log what is unhealthy.
        server.Log.Expect(entry => entry.Id.Name == "HealthCheckEnd");
        var stopping = server.Services.GetRequiredService<Drain>().RunAsync();

        using var ready = await server.SendAsync("/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        using var live = await server.SendAsync("/health/live");
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        using var item = await server.SendAsync("/api/orders/1");
        Assert.Equal(HttpStatusCode.OK, item.StatusCode);
        Assert.True(item.Headers.ConnectionClose);
        // Until the delay is over, those who watch stay, and more may come.
        await using var late = await HubClient.ConnectAsync(server, "json");
        Assert.False(stopping.IsCompleted);
        server.Services.GetRequiredService<Drain>().Hurry();
        await stopping;
    }

    /// <summary>As where IIS serves, whose door the product cannot close; and on connections that are open anyway.</summary>
    [Fact]
    public async Task NewWatchers_WhoAreLetInWhileOthersAreSentAway_AreSentAwayToo()
    {
        await using var server = await TestServer.StartAsync(
            database.File,
            build: static services => services.AddSingleton(static provider =>
                new LastRequests(new ListenSockets(TimeProvider.System), provider.GetRequiredService<OpenConnections>(), TimeProvider.System)));
        var cursor = (await server.GetJsonAsync("/api/orders")).GetProperty("cursor").GetString();
        var drain = server.Services.GetRequiredService<Drain>();
        // One that stays holds the drain where it is.
        using var guest = drain.Enter(static () => { });
        var running = drain.RunAsync();
        await CancelledAsync(drain.Ending);

        using (var stream = await StreamClient.OpenAsync(server, "/api/orders/events"))
        {
            Assert.Equal(cursor, await stream.OpeningAsync());
            Assert.Matches("^retry: [0-9]{1,3}$", await stream.NextAsync());
            Assert.Null(await stream.NextAsync());
        }

        using (var refused = await server.SendAsync("/hubs/resources"))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Equal("1", refused.Headers.RetryAfter?.ToString());
        }

        await Assert.ThrowsAsync<HttpRequestException>(() => HubClient.ConnectAsync(server, "json", skipNegotiation: false));
        await Assert.ThrowsAsync<WebSocketException>(() => HubClient.ConnectAsync(server, "json"));

        // One that asks for changes is answered, and at once.
        var page = await server.GetJsonAsync($"/api/orders/changes?since={cursor}&wait=60");
        Assert.Equal(cursor, page.GetProperty("cursor").GetString());
        guest.Dispose();
        await running;
    }

    [Fact]
    public async Task Hub_BySignalRsLongPolling_IsClosedAndHoldsNothingUp()
    {
        await using var server = await TestServer.StartAsync(database.File);
        await using var connection = new HubConnectionBuilder()
            .WithUrl(new Uri(server.Address, "hubs/resources"), http => http.Transports = Microsoft.AspNetCore.Http.Connections.HttpTransportType.LongPolling)
            .Build();
        var closed = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.Closed += error =>
        {
            closed.TrySetResult(error);
            return Task.CompletedTask;
        };
        await connection.StartAsync(Cancellation);

        await server.StopAsync();

        // SignalR's client may meet the end of its connection at its next poll before it has read the farewell of the one before.
        await closed.Task.WaitAsync(Until.Patience, Cancellation);
    }

    [Fact]
    public async Task Stream_WhenTheServerStops_EndsAfterAWholeEventAndSaysWhenToComeBack()
    {
        await using var server = await TestServer.StartAsync(database.File);
        using var stream = await StreamClient.OpenAsync(server, "/api/orders/events");
        await stream.OpeningAsync();
        database.Execute("INSERT INTO Orders VALUES (1, 'new')");
        Assert.Contains("\"subject\":\"1\"", await stream.NextChangeAsync(), StringComparison.Ordinal);
        var stopping = server.StopAsync();
        Assert.Matches("^retry: [0-9]+$", await stream.NextChangeAsync());
        Assert.Null(await stream.NextChangeAsync());
        await stopping;
    }

    [Fact]
    public async Task Request_InFlightWhenTheServerStops_IsFinished()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await TestServer.StartAsync(database.File, map: app => app.Use(async (HttpContext context, RequestDelegate next) =>
        {
            if (context.Request.Path.StartsWithSegments("/api/orders"))
            {
                entered.TrySetResult();
                await goOn.Task;
            }

            await next(context);
        }));
        var asking = server.SendAsync("/api/orders");
        await entered.Task;
        var stopping = server.StopAsync();
        await CancelledAsync(server.Services.GetRequiredService<Drain>().Over);
        goOn.SetResult();
        using var answer = await asking;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await stopping;
    }

    private static async Task StopAsync(TestServer server, bool byCall)
    {
        // A signal does what StopApplication does.
        if (!byCall)
            await Task.Run(server.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication);
        await server.StopAsync();
    }

    private static async Task CancelledAsync(CancellationToken token)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = token.UnsafeRegister(static source => ((TaskCompletionSource)source!).TrySetResult(), cancelled);
        await cancelled.Task.WaitAsync(Until.Patience, Cancellation);
    }

    private Task<TestServer> StartSlowlyStoppingAsync() => TestServer.StartAsync(database.File, options => options.Draining.Delay = TimeSpan.FromMinutes(5));
}
