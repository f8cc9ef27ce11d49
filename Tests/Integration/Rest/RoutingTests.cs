using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using RealtimeApi.Contracts;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Rest;

public sealed class RoutingTests(RoutingTests.Shared shared) : IClassFixture<RoutingTests.Shared>
{
    private readonly TestServer server = shared.Server;
    private readonly TempDatabase database = shared.Database;

    [Theory]
    [InlineData("POST", "/api/orders")]
    [InlineData("PUT", "/api/orders/1")]
    [InlineData("PATCH", "/api/orders/1")]
    [InlineData("DELETE", "/api/orders/1")]
    [InlineData("DELETE", "/api/orders")]
    [InlineData("POST", "/api")]
    public async Task Method_OtherThanReading_IsRefused(string method, string path)
    {
        using var response = await server.SendAsync(new HttpMethod(method), path);
        var problem = await response.AssertProblemAsync(HttpStatusCode.MethodNotAllowed, ProblemCodes.NotWritable);
        Assert.Equal("The address does not take this method", problem.GetProperty("title").GetString());
        Assert.Equal(["GET", "HEAD", "OPTIONS"], response.Content.Headers.Allow);
    }

    [Theory, InlineData("/api"), InlineData("/api/orders"), InlineData("/api/orders/1")]
    public async Task Options_OfAPath_NamesItsMethods(string path)
    {
        using var response = await server.SendAsync(HttpMethod.Options, path);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(["GET", "HEAD", "OPTIONS"], response.Content.Headers.Allow);
    }

    [Theory]
    [InlineData("GET", "/api/nonsense")]
    [InlineData("GET", "/api/nonsense/1")]
    [InlineData("GET", "/api/nonsense/1/2")]
    [InlineData("POST", "/api/nonsense")]
    public async Task Resource_Unknown_IsRefused(string method, string path)
    {
        using var response = await server.SendAsync(new HttpMethod(method), path);
        await response.AssertProblemAsync(HttpStatusCode.NotFound, ProblemCodes.UnknownResource);
    }

    [Theory, InlineData("GET"), InlineData("POST")]
    public async Task Path_TooLong_IsNotFound(string method)
    {
        using var response = await server.SendAsync(new HttpMethod(method), "/api/orders/1/nonsense");
        await response.AssertProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
    }

    [Fact]
    public async Task Path_OutsideTheApi_IsTheHosts()
    {
        using var response = await server.SendAsync("/elsewhere");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Null(response.Content.Headers.ContentType);
    }

    [Theory, InlineData("/api/ORDERS/1"), InlineData("/API/Orders/1"), InlineData("/api/orders/1/")]
    public async Task Path_InAnotherSpelling_IsFound(string path) => Assert.Equal(1, (await server.GetJsonAsync(path)).GetProperty("id").GetInt32());

    [Theory, InlineData("/api"), InlineData("/api/orders?$top=1&$count=true"), InlineData("/api/orders/1")]
    public async Task Head_OfAPath_HasTheHeadersOfGet(string path)
    {
        using var get = await server.SendAsync(path);
        using var head = await server.SendAsync(HttpMethod.Head, path);
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(get.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.Equal(get.Header("ETag"), head.Header("ETag"));
        Assert.Equal(get.Headers.Contains("Link"), head.Headers.Contains("Link"));
        Assert.Equal(get.Headers.Contains("Realtime-Cursor"), head.Headers.Contains("Realtime-Cursor"));
        Assert.Empty(await head.TextAsync());
        using var unchanged = await server.SendAsync(HttpMethod.Head, path, ("If-None-Match", get.Header("ETag")));
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    [Fact]
    public async Task Head_OfAnItemThatIsNotThere_IsNotFound()
    {
        using var response = await server.SendAsync(HttpMethod.Head, "/api/orders/2");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    /// <summary>A host with controllers of its own keeps them, and ours does not answer twice, or without what the host demands of it.</summary>
    [Fact]
    public async Task HostControllers_MappedToo_StayApart()
    {
        await using var host = await TestServer.StartAsync(
            database.File,
            build: services => services.AddControllers().AddApplicationPart(typeof(HostController).Assembly),
            map: app =>
            {
                app.MapControllers();
                app.MapControllerRoute("default", "conventional/{controller}/{action}");
            });
        Assert.Equal("the host's", await host.Client.GetStringAsync("/host-controller", TestContext.Current.CancellationToken));
        Assert.Equal(1, (await host.GetJsonAsync("/api/orders/1")).GetProperty("id").GetInt32());
        foreach (var action in (string[])["List", "ListAsync", "Describe"])
        {
            using var response = await host.SendAsync($"/conventional/Resources/{action}");
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }
    }

    [Fact]
    public async Task Conventions_OfTheHost_ApplyToEveryRoute()
    {
        await using var host = await TestServer.StartAsync(database.File, map: app =>
        {
            app.Use(async (context, next) =>
            {
                if (context.GetEndpoint()?.Metadata.GetMetadata<Demand>() is null)
                    await next(context);
                else
                    context.Response.StatusCode = StatusCodes.Status418ImATeapot;
            });
            app.MapGroup("/guarded").MapRealtimeApi().WithMetadata(new Demand());
        });
        foreach (var path in (string[])["", "/orders", "/orders/1", "/orders/1/2", "/nonsense"])
        {
            using var guarded = await host.SendAsync("/guarded/api" + path);
            Assert.Equal(418, (int)guarded.StatusCode);
            using var open = await host.SendAsync("/api" + path);
            Assert.NotEqual(418, (int)open.StatusCode);
        }
    }

    [Fact]
    public async Task Group_OfTheHost_PrefixesTheLinks()
    {
        await using var host = await TestServer.StartAsync(database.File, map: app => app.MapGroup("/shop").MapRealtimeApi());
        var document = await host.GetJsonAsync("/shop/api");
        Assert.Equal("/shop/hubs/resources", document.GetProperty("hub").GetString());
        Assert.Equal("/shop/api/orders", document.GetProperty("resources")[0].GetProperty("href").GetString());
    }

    [Theory, InlineData("/problems/cursor-expired", HttpStatusCode.OK), InlineData("/problems/nonsense", HttpStatusCode.NotFound)]
    public async Task Problem_Followed_IsExplained(string path, HttpStatusCode expected)
    {
        using var response = await server.SendAsync(path);
        Assert.Equal(expected, response.StatusCode);
        if (expected == HttpStatusCode.OK)
            Assert.Contains(ProblemCodes.CursorExpired, await response.TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServiceDocument_ListsTheResources()
    {
        using var response = await server.SendAsync("/api");
        Assert.Equal(
            """{"resources":[{"name":"orders","key":["id"],"watchable":true,"writable":false,"href":"/api/orders"}],"hub":"/hubs/resources"}""",
            await response.TextAsync());
        Assert.NotNull(response.Headers.ETag);
    }

    /// <summary>One server for all, since nothing here writes.</summary>
    public sealed class Shared : IAsyncLifetime
    {
        public TempDatabase Database { get; } = new("CREATE TABLE Orders (Id INTEGER PRIMARY KEY, Status TEXT); INSERT INTO Orders VALUES (1, 'open')");
        public TestServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await TestServer.StartAsync(Database.File);

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            Database.Dispose();
        }
    }

    private sealed class Demand;
}

[Route("/host-controller")]
public sealed class HostController : ControllerBase
{
    [HttpGet]
    public IActionResult Get() => Content("the host's");
}
