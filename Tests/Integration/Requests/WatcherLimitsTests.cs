using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.SignalR;
using RealtimeApi.Contracts;
using RealtimeApi.Tests.Integration.Hubs;
using RealtimeApi.Tests.Integration.Rest;
using RealtimeApi.Tests.Integration.Sse;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Requests;

/// <summary>How many may watch at one time, by whatever way; reads are not counted.</summary>
public sealed class WatcherLimitsTests : IDisposable
{
    private readonly TempDatabase database = new("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)");

    public void Dispose() => database.Dispose();

    [Theory]
    [InlineData("GET", "/api/notes/events"), InlineData("GET", "/api/notes/7/events"), InlineData("HEAD", "/api/notes/events")]
    [InlineData("GET", "/api/notes/changes"), InlineData("GET", "/api/notes/7/changes?wait=60")]
    [InlineData("GET", "/hubs/resources"), InlineData("POST", "/hubs/resources/negotiate?negotiateVersion=1")]
    public async Task Request_OverTheCallersLimit_IsRefused(string method, string path)
    {
        await using var server = await StartAsync(watching => watching.MaxConnectionsPerCaller = 2);
        using var stream = await StreamClient.OpenAsync(server, "/api/notes/events");
        await using var hub = await HubClient.ConnectAsync(server, "json");

        using (var refused = await server.SendAsync(new(method), path))
        {
            Assert.Equal("10", refused.Header("Retry-After"));
            if (method == "HEAD")
                Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            else
                await refused.AssertProblemAsync(HttpStatusCode.TooManyRequests, ProblemCodes.LimitExceeded);
        }

        await server.GetJsonAsync("/api/notes");
        await hub.DisposeAsync();
        await HasRoomAsync(server);
        using var next = await StreamClient.OpenAsync(server, "/api/notes/events");
    }

    [Fact]
    public async Task Hub_OverTheLimit_OpensNoConnection()
    {
        await using var server = await StartAsync(watching => watching.MaxConnections = 1);
        using (var stream = await StreamClient.OpenAsync(server, "/api/notes/events"))
        {
            await Assert.ThrowsAnyAsync<Exception>(() => HubClient.ConnectAsync(server, "json"));
            var error = await Assert.ThrowsAsync<HttpRequestException>(() => HubClient.ConnectAsync(server, "json", skipNegotiation: false));
            Assert.Equal(HttpStatusCode.TooManyRequests, error.StatusCode);
        }

        await HasRoomAsync(server);
        await using var hub = await HubClient.ConnectAsync(server, "json");
        await hub.SubscribeAsync("w", new { resource = "notes" });
    }

    [Fact]
    public async Task Callers_WhomTheHostKnows_HaveALimitEach()
    {
        await using var server = await StartAsync(watching => (watching.MaxConnectionsPerCaller, watching.MaxConnections) = (1, 3), KnowCallers);
        using var ann = await StreamClient.OpenAsync(server, "/api/notes/events", ("X-Caller", "ann"));
        await AssertFullAsync(server, "ann", "You, or those who share your address");
        using var bob = await StreamClient.OpenAsync(server, "/api/notes/events", ("X-Caller", "bob"));
        using var nobody = await StreamClient.OpenAsync(server, "/api/notes/events");
        await AssertFullAsync(server, "eve", "This server has 3");
        // Who was refused for want of room on the server has not used up a place of its own.
        await AssertFullAsync(server, "eve", "This server has 3");
    }

    [Fact]
    public async Task Refusals_InAFlood_AreLoggedOnce()
    {
        await using var server = await StartAsync(watching => watching.MaxConnections = 1);
        using var stream = await StreamClient.OpenAsync(server, "/api/notes/events");
        for (var i = 0; i < 20; i++)
            await AssertFullAsync(server, "ann", "This server has 1 ");

        Assert.Single(server.Log.Entries, entry => entry.Message.Contains("RealtimeApi:Watching:MaxConnections ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Hub_OfACallerWhoseViewsCostTooMuch_RefusesAndSaysWhenToTryAgain()
    {
        await using var server = await StartAsync(watching => watching.MaxCostPerCaller = 9);
        await using var one = await HubClient.ConnectAsync(server, "json");
        await using var other = await HubClient.ConnectAsync(server, "messagepack");
        await one.SubscribeAsync("w", new { resource = "notes", filter = "id gt 1" });

        var error = await Assert.ThrowsAsync<HubException>(() => other.SubscribeAsync("w", new { resource = "notes", filter = "id gt 2" }));
        Assert.StartsWith("limit-exceeded: ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(" Try again in 30 seconds.", error.Message, StringComparison.Ordinal);
        foreach (var path in (string[])["/api/notes/events?$filter=id%20gt%202", "/api/notes/changes?$filter=id%20gt%202"])
        {
            using var refused = await server.SendAsync(path);
            await refused.AssertProblemAsync(HttpStatusCode.TooManyRequests, ProblemCodes.LimitExceeded);
            Assert.Equal("30", refused.Header("Retry-After"));
        }

        await one.UnsubscribeAsync("w");
        await other.SubscribeAsync("w", new { resource = "notes", filter = "id gt 2" });
    }

    private Task<TestServer> StartAsync(Action<Server.Watching.WatchingOptions> configure, Action<WebApplication>? map = null) =>
        TestServer.StartAsync(database.File, options => configure(options.Watching), map: map);

    private static void KnowCallers(WebApplication app) => app.Use((context, next) =>
    {
        if (context.Request.Headers["X-Caller"].ToString() is { Length: > 0 } who)
            context.User = new(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, who)], "test"));
        return next(context);
    });

    private static async Task AssertFullAsync(TestServer server, string caller, string why)
    {
        using var refused = await server.SendAsync("/api/notes/changes", ("X-Caller", caller));
        var problem = await refused.AssertProblemAsync(HttpStatusCode.TooManyRequests, ProblemCodes.LimitExceeded);
        Assert.StartsWith(why, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    /// <summary>Completes when the server has noticed that a client has gone.</summary>
    private static Task HasRoomAsync(TestServer server) => Until.TrueAsync(async () =>
    {
        using var answer = await server.SendAsync("/api/notes/changes");
        return answer.StatusCode == HttpStatusCode.OK;
    });
}
