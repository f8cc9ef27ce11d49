using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Unit.Diagnostics;

public sealed class ProblemEdgeTests
{
    private readonly CapturedLog log = new();
    private readonly FakeTimeProvider time = new();
    private readonly ProblemEdge edge;
    private readonly DefaultHttpContext context = new() { Request = { Method = "GET" }, Response = { Body = new MemoryStream() } };

    public ProblemEdgeTests() => edge = new(time, new LoggerFactory([log]).CreateLogger<ProblemEdge>());

    [Fact]
    public async Task Refusal_Thrown_IsAnsweredAsProblemDetails()
    {
        var problem = await RunAsync(new ProblemException(ProblemCodes.InvalidQuery, "Not \"that\" <way> & ä") { At = 7 });
        Assert.Equal(400, context.Response.StatusCode);
        Assert.Equal("application/problem+json", context.Response.ContentType);
        Assert.Equal("no-store", context.Response.Headers.CacheControl);
        Assert.Equal("/problems/invalid-query", problem.GetProperty("type").GetString());
        Assert.Equal("The query is not valid", problem.GetProperty("title").GetString());
        Assert.Equal(400, problem.GetProperty("status").GetInt32());
        Assert.Equal("Not \"that\" <way> & ä", problem.GetProperty("detail").GetString());
        Assert.Equal(7, problem.GetProperty("at").GetInt32());
        Assert.Equal(context.Response.Body.Length, context.Response.ContentLength);
        Assert.Empty(log.Entries);
    }

    [Fact]
    public async Task Refusal_WithRetryAfter_SaysSo()
    {
        await RunAsync(new ProblemException(ProblemCodes.LimitExceeded, "x") { RetryAfter = 3 });
        Assert.Equal(429, context.Response.StatusCode);
        Assert.Equal("3", context.Response.Headers.RetryAfter);
    }

    [Fact]
    public async Task Outage_Thrown_IsAnsweredWithRetryAfterAndWithoutInternals()
    {
        var problem = await RunAsync(new DatabaseUnavailableException("/secret/shop.db is locked"));
        Assert.Equal(503, context.Response.StatusCode);
        Assert.Equal("2", context.Response.Headers.RetryAfter);
        Assert.DoesNotContain("secret", problem.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(LogLevel.Warning, Assert.Single(log.Entries).Level);
    }

    [Fact]
    public async Task Outage_ThatManyRequestsMeetWith_IsLoggedOnce()
    {
        await FailAsync("full");
        time.Advance(TimeSpan.FromSeconds(59));
        await FailAsync("full");
        time.Advance(TimeSpan.FromSeconds(59));
        await FailAsync("full");
        Assert.Single(log.Entries);

        await FailAsync("gone");
        Assert.Equal(2, log.Entries.Count);

        time.Advance(TimeSpan.FromMinutes(1));
        await FailAsync("full");
        Assert.Equal(3, log.Entries.Count);

        Task FailAsync(string reason) => GuardAsync(_ => throw new DatabaseUnavailableException(reason));
    }

    [Fact]
    public async Task Failure_Thrown_IsLoggedAndAnsweredWithoutInternals()
    {
        var problem = await RunAsync(new InvalidOperationException("secret"));
        Assert.Equal(500, context.Response.StatusCode);
        Assert.Equal("about:blank", problem.GetProperty("type").GetString());
        Assert.DoesNotContain("secret", problem.GetRawText(), StringComparison.Ordinal);
        var entry = Assert.Single(log.Entries);
        Assert.Equal(LogLevel.Error, entry.Level);
        Assert.IsType<InvalidOperationException>(entry.Exception);
    }

    [Fact]
    public async Task Client_Gone_IsNoError()
    {
        context.RequestAborted = new(canceled: true);
        await GuardAsync(_ => throw new OperationCanceledException());
        Assert.Equal(499, context.Response.StatusCode);
        Assert.Empty(log.Entries);
    }

    [Fact]
    public async Task Head_Refused_HasNoBody()
    {
        context.Request.Method = "HEAD";
        await GuardAsync(_ => throw new ProblemException(ProblemCodes.NotFound, "x"));
        Assert.Equal(404, context.Response.StatusCode);
        Assert.True(context.Response.ContentLength > 0);
        Assert.Equal(0, context.Response.Body.Length);
    }

    private async Task<JsonElement> RunAsync(Exception exception)
    {
        await GuardAsync(_ => throw exception);
        context.Response.Body.Position = 0;
        return JsonDocument.Parse(context.Response.Body).RootElement;
    }

    private Task GuardAsync(RequestDelegate endpoint) => edge.Guard(endpoint)(context);
}
