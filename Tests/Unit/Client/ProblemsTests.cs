using Microsoft.AspNetCore.SignalR;
using RealtimeApi.Client;
using RealtimeApi.Contracts;
using Xunit;

namespace RealtimeApi.Tests.Unit.Client;

public sealed class ProblemsTests
{
    [Theory]
    [InlineData("cursor-expired: It is gone.", "cursor-expired", 410, "It is gone.")]
    [InlineData("forbidden: You may not: never.", "forbidden", 403, "You may not: never.")]
    [InlineData("An unexpected error occurred invoking 'Subscribe' on the server. HubException: invalid-query: What?", "invalid-query", 400, "What?")]
    [InlineData("of-the-future: Hm.", "of-the-future", 0, "Hm.")]
    public void Refusal_OfTheHub_IsItsCodeAndDetail(string message, string code, int status, string detail)
    {
        var error = Problems.Parse(new HubException(message))!;

        Assert.Equal((code, status, detail), (error.Code, error.Problem.Status, error.Problem.Detail));
    }

    [Theory]
    [InlineData("limit-exceeded: A connection may have 3 watches. Try again in 10 seconds.", 10)]
    [InlineData("unavailable: The log is not open. Try again in 1 second.", 1)]
    [InlineData("limit-exceeded: Try again in a while.", null)]
    [InlineData("limit-exceeded: Try again in 10", null)]
    [InlineData("limit-exceeded: Try again in 0 seconds.", null)]
    [InlineData("limit-exceeded: Too many.", null)]
    public void Refusal_OfTheHub_SaysWhenToTryAgain(string message, int? seconds)
    {
        Assert.Equal(seconds, (int?)Problems.Parse(new HubException(message))!.RetryAfter?.TotalSeconds);
    }

    [Theory]
    [InlineData("An unexpected error occurred invoking 'Subscribe' on the server.")]
    [InlineData("Failed to invoke 'Subscribe' due to an error on the server.")]
    [InlineData("Method does not exist.")]
    [InlineData("Something: else")]
    [InlineData(": ")]
    [InlineData("")]
    public void Failure_OfTheServer_IsNoRefusal(string message)
    {
        Assert.Null(Problems.Parse(new HubException(message)));
    }

    [Fact]
    public void EveryCode_HasAStatus()
    {
        var codes = typeof(ProblemCodes).GetFields().Select(f => (string)f.GetRawConstantValue()!).ToList();

        Assert.NotEmpty(codes);
        Assert.All(codes, code => Assert.InRange(Problems.Parse(new HubException(code + ": x"))!.Problem.Status, 400, 503));
    }
}
