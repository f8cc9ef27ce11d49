using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RealtimeApi.Server.Feed;
using RealtimeApi.Tests.Integration.Rest;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Diagnostics;

public sealed class HealthTests : IDisposable
{
    private readonly TempDatabase database = new("CREATE TABLE Orders (Id INTEGER PRIMARY KEY, Status TEXT)");

    public void Dispose() => database.Dispose();

    [Theory, InlineData(true), InlineData(false)]
    public async Task Health_DatabaseAnswers_IsLiveAndReady(bool watched)
    {
        await using var server = await StartAsync(watched);
        Assert.Equal("Healthy", (await server.GetJsonAsync("/health/live")).GetProperty("status").GetString());
        var ready = await server.GetJsonAsync("/health/ready");
        Assert.Equal("Healthy", ready.GetProperty("status").GetString());
        Assert.Equal("Healthy", ready.GetProperty("database").GetProperty("status").GetString());
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Health_DatabaseDown_IsLiveButNotReadyUntilItIsBack(bool watched)
    {
        await using var server = await StartAsync(watched);
        var counted = server.Services.GetRequiredService<CountingDatabase>();
        counted.IsDown = true;

        // The health checks of ASP.NET Core log what is unhealthy.
        server.Log.Expect(entry => entry.Id.Name == "HealthCheckEnd");
        await WaitAsync(server, isCurrent: false);
        using var live = await server.SendAsync("/health/live");
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        using var ready = await server.SendAsync("/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal("application/json", ready.Content.Headers.ContentType?.MediaType);

        counted.IsDown = false;
        await WaitAsync(server, isCurrent: true);
        using var again = await server.SendAsync("/health/ready");
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Fact]
    public async Task Health_WhileATransactionHoldsTheLogBack_IsDegradedAndReady()
    {
        await using var server = await StartAsync(watched: true);
        var log = server.Services.GetRequiredService<CountingDatabase>().HeldLog;
        // The health checks of ASP.NET Core log what is degraded.
        server.Log.Expect(entry => entry.Id.Name == "HealthCheckEnd");

        log.IsHeldBack = true;
        await WaitAsync(server, isCurrent: false);
        using var held = await server.SendAsync("/health/ready");
        Assert.Equal(HttpStatusCode.OK, held.StatusCode);
        Assert.Equal("Degraded", (await server.GetJsonAsync("/health/ready")).GetProperty("status").GetString());

        log.IsHeldBack = false;
        await WaitAsync(server, isCurrent: true);
        Assert.Equal("Healthy", (await server.GetJsonAsync("/health/ready")).GetProperty("status").GetString());
    }

    /// <summary>Common names: the health checks of Redis that others publish have it by default.</summary>
    [Fact]
    public async Task Health_BesideTheHostsOwnChecksOfTheSameNames_AnswersWithItsOwn()
    {
        await using var server = await TestServer.StartAsync(
            database.File,
            static options => options.Redis = "127.0.0.1:1,connectTimeout=100",
            static services => services.AddHealthChecks()
                .AddCheck("redis", static () => HealthCheckResult.Healthy("The host's."))
                .AddCheck("database", static () => HealthCheckResult.Healthy("The host's."))
                .AddCheck("draining", static () => HealthCheckResult.Healthy("The host's.")));
        server.Log.Expect(entry => entry.Id.Name == "HealthCheckEnd");

        var ready = await server.GetJsonAsync("/health/ready");

        Assert.Equal("Degraded", ready.GetProperty("redis").GetProperty("status").GetString());
        Assert.Equal("The change log is being followed.", ready.GetProperty("database").GetProperty("description").GetString());
        Assert.Equal("The server takes clients.", ready.GetProperty("draining").GetProperty("description").GetString());
    }

    private static async Task WaitAsync(TestServer server, bool isCurrent)
    {
        var feed = server.Services.GetRequiredService<ChangeFeed>();
        var state = feed.State;
        while (state is not null && state.IsCurrent != isCurrent)
            state = await feed.WaitAsync(state, TestContext.Current.CancellationToken);
    }

    private Task<TestServer> StartAsync(bool watched) => TestServer.StartAsync(
        database.File,
        options =>
        {
            options.Resources.All = watched;
            options.Resources["orders"] = new() { Table = "Orders", Watch = watched };
        },
        CountingDatabase.Decorate);
}
