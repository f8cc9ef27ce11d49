using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using RealtimeApi.Server.Draining;
using RealtimeApi.Tests.Integration.Rest;
using RealtimeApi.Tests.Integration.Sse;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Draining;

/// <summary>The end of a stop: nobody is let in any more, who is connected is served, and only then the server goes. The clock by which it waits for them stands still until the test moves it.</summary>
public sealed class LastRequestsTests : IDisposable
{
    private readonly TempDatabase database = new("CREATE TABLE Orders (Id INTEGER PRIMARY KEY, Status TEXT)");
    private readonly FakeTimeProvider time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => database.Dispose();

    [Fact]
    public async Task Connection_OpenWhenTheServerStops_IsServedOnceMoreThoughNobodyIsLetIn()
    {
        await using var server = await StartAsync();
        using (await server.Client.GetAsync(new Uri("api/orders", UriKind.Relative), Cancellation))
        {
        }

        var stopping = server.StopAsync();
        await Until.TrueAsync(() => IsRefusedAsync(server));
        using var body = new StringContent("""{"id":1,"status":"new"}""", new MediaTypeHeaderValue("application/json"));
        using var posted = await server.Client.PostAsync(new Uri("api/orders", UriKind.Relative), body, Cancellation);

        Assert.Equal(HttpStatusCode.Created, posted.StatusCode);
        Assert.True(posted.Headers.ConnectionClose);
        await UntilOverAsync(stopping);
    }

    [Fact]
    public async Task Answer_OfTheHostsOwnEndpoint_IsTheLastOfItsConnection()
    {
        await using var server = await StartAsync(static app => app.MapPost("/own", static () => "done"));
        using (var before = await server.Client.PostAsync(new Uri("own", UriKind.Relative), null, Cancellation))
            Assert.NotEqual(true, before.Headers.ConnectionClose);
        var stopping = server.StopAsync();
        await Until.TrueAsync(() => IsRefusedAsync(server));

        using var last = await server.Client.PostAsync(new Uri("own", UriKind.Relative), null, Cancellation);

        Assert.True(last.Headers.ConnectionClose);
        await UntilOverAsync(stopping);
    }

    [Fact]
    public async Task Connection_OfHttp2_EndsWithItsLastAnswers()
    {
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync(
            app => app.MapGet("/slow", async (HttpContext context) =>
            {
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await goOn.Task;
                await context.Response.WriteAsync("done", context.RequestAborted);
            }),
            HttpProtocols.Http2);
        using var client = new HttpClient { BaseAddress = server.Address, DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var slow = await client.GetAsync(new Uri("slow", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Cancellation);
        var stopping = server.StopAsync();
        await Until.TrueAsync(() => IsRefusedAsync(server));

        using var last = await client.GetAsync(new Uri("api/orders", UriKind.Relative), Cancellation);
        Assert.Equal(HttpStatusCode.OK, last.StatusCode);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri("api/orders", UriKind.Relative), Cancellation));
        goOn.SetResult();
        Assert.Equal("done", await slow.Content.ReadAsStringAsync(Cancellation));

        await Until.EqualAsync(0, () => server.Services.GetRequiredService<OpenConnections>().Count);
        await UntilOverAsync(stopping);
    }

    /// <summary>A browser that is refused would give up, and not come again when the server is back.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public async Task Stream_AskedForOnAConnectionThatIsOpen_GetsACursorAndIsSentElsewhere(bool again)
    {
        await using var server = await StartAsync();
        var cursor = (await server.GetJsonAsync("/api/orders")).GetProperty("cursor").GetString()!;
        var stopping = server.StopAsync();
        await Until.TrueAsync(() => IsRefusedAsync(server));
        // Everyone else has been sent away, and been waited for, long ago.
        await Until.TrueAsync(() => server.Services.GetRequiredService<Drain>().Over.IsCancellationRequested);

        using var stream = await StreamClient.OpenAsync(server, "/api/orders/events", again ? [("Last-Event-ID", cursor)] : []);

        Assert.Equal(cursor, await stream.OpeningAsync());
        Assert.Matches("^retry: [0-9]{1,3}$", await stream.NextAsync());
        Assert.Null(await stream.NextAsync());
        Assert.True(stream.Response.Headers.ConnectionClose);
        await UntilOverAsync(stopping);
    }

    /// <summary>What handles an exception clears the answer first, its headers, too.</summary>
    [Fact]
    public async Task Answer_ClearedByTheHost_IsTheLastOfItsConnection()
    {
        await using var server = await StartAsync(static app => app.MapPost("/own", static (HttpContext context) =>
        {
            context.Response.Clear();
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }));
        using (await server.Client.PostAsync(new Uri("own", UriKind.Relative), null, Cancellation))
        {
        }

        var stopping = server.StopAsync();
        await Until.TrueAsync(() => IsRefusedAsync(server));

        using var last = await server.Client.PostAsync(new Uri("own", UriKind.Relative), null, Cancellation);

        Assert.True(last.Headers.ConnectionClose);
        await UntilOverAsync(stopping);
    }

    [Fact]
    public async Task Hurry_WhileAConnectionIsOpen_DoesNotWaitForIt()
    {
        await using var server = await StartAsync();
        using var idle = await ConnectAsync(server);
        var drain = server.Services.GetRequiredService<Drain>();
        var drained = drain.RunAsync();
        await Until.TrueAsync(() => IsRefusedAsync(server));
        Assert.False(drained.IsCompleted);

        drain.Hurry();

        await drained.WaitAsync(Until.Patience, Cancellation);
    }

    [Fact]
    public async Task Connections_OfAnotherHostInTheProcess_AreNotCounted()
    {
        await using var other = await StartAsync();
        await using var server = await StartAsync();
        using var idle = await ConnectAsync(other);
        Assert.Equal(1, other.Services.GetRequiredService<OpenConnections>().Count);
        Assert.Equal(0, server.Services.GetRequiredService<OpenConnections>().Count);
        other.Services.GetRequiredService<Drain>().Hurry();
        server.Services.GetRequiredService<Drain>().Hurry();
    }

    private Task<TestServer> StartAsync(Action<WebApplication>? map = null, HttpProtocols protocols = HttpProtocols.Http1) => TestServer.StartAsync(
        database.File,
        static options => options.Resources["*"].Write = true,
        services => services.AddSingleton(provider => new LastRequests(provider.GetRequiredService<ListenSockets>(), provider.GetRequiredService<OpenConnections>(), time)),
        map,
        protocols: protocols);

    /// <summary>A connection that the server has counted.</summary>
    private static async Task<Socket> ConnectAsync(TestServer server)
    {
        var connections = server.Services.GetRequiredService<OpenConnections>();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, server.Address.Port, Cancellation);
        await Until.EqualAsync(1, () => connections.Count);
        return socket;
    }

    private static async Task<bool> IsRefusedAsync(TestServer server)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, server.Address.Port, Cancellation);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private Task UntilOverAsync(Task stopping) => Until.TrueAsync(() =>
    {
        time.Advance(TimeSpan.FromMilliseconds(10));
        return stopping.IsCompletedSuccessfully;
    });
}
