using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Data;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Rest;

public sealed class FailureTests : IAsyncLifetime
{
    private readonly TempDatabase database = new("CREATE TABLE Orders (Id INTEGER PRIMARY KEY, Status TEXT); INSERT INTO Orders VALUES (1, 'open')");
    private TestServer server = null!;

    private CountingDatabase Counted => server.Services.GetRequiredService<CountingDatabase>();

    public async ValueTask InitializeAsync() => server = await TestServer.StartAsync(database.File, build: CountingDatabase.Decorate);

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        database.Dispose();
    }

    [Theory, InlineData("/api/orders"), InlineData("/api/orders/1")]
    public async Task Database_NotAnswering_Is503WithRetryAfter(string path)
    {
        Counted.Failure = new DatabaseUnavailableException("down");
        using var response = await server.SendAsync(path);
        await response.AssertProblemAsync(HttpStatusCode.ServiceUnavailable, ProblemCodes.Unavailable);
        Assert.NotNull(response.Headers.RetryAfter?.Delta);

        Counted.Failure = null;
        using var later = await server.SendAsync(path);
        Assert.Equal(HttpStatusCode.OK, later.StatusCode);
    }

    /// <summary>A program that holds the whole file: a database that is not in WAL mode, since nothing in it is watched.</summary>
    [Fact]
    public async Task Database_LockedByAnotherProgram_Is503UntilItIsFree()
    {
        using var unwatched = new TempDatabase("CREATE TABLE Orders (Id INTEGER PRIMARY KEY); INSERT INTO Orders VALUES (1)");
        await using var quiet = await TestServer.StartAsync(unwatched.File, options =>
        {
            options.Resources.All = false;
            options.Resources["orders"] = new() { Table = "Orders" };
        });
        using (var other = unwatched.Open())
        {
            using var exclusive = other.CreateCommand();
            exclusive.CommandText = "BEGIN EXCLUSIVE";
            exclusive.ExecuteNonQuery();
            using var locked = await quiet.SendAsync("/api/orders/1");
            await locked.AssertProblemAsync(HttpStatusCode.ServiceUnavailable, ProblemCodes.Unavailable);
            Assert.NotNull(locked.Headers.RetryAfter?.Delta);
        }

        using var free = await quiet.SendAsync("/api/orders");
        Assert.Equal(HttpStatusCode.OK, free.StatusCode);
    }

    [Fact]
    public async Task Failure_Unexpected_Is500WithoutInternals()
    {
        server.Log.Expect(entry => entry.Exception?.Message == "secret");
        Counted.Failure = new InvalidOperationException("secret");
        using var response = await server.SendAsync("/api/orders/1");
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain("secret", await response.TextAsync(), StringComparison.Ordinal);
        Assert.Contains(server.Log.Entries, entry => entry.Level == LogLevel.Error && entry.Exception?.Message == "secret");
    }

    [Theory, InlineData("/api/orders?$select=status"), InlineData("/api/orders/1")]
    public async Task Column_RenamedWhileRunning_IsServedUnderItsNewName(string path)
    {
        using var first = await server.SendAsync(path);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        database.Execute("ALTER TABLE Orders RENAME COLUMN Status TO State");
        using var second = await server.SendAsync(path, ("Cache-Control", "no-cache"));
        if (path.Contains('?', StringComparison.Ordinal))
            await second.AssertProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.InvalidQuery);
        else
            Assert.Contains("\"state\":\"open\"", await second.TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Column_RenamedWhereNothingIsWatched_IsServedUnderItsNewName()
    {
        await using var quiet = await TestServer.StartAsync(database.File, options =>
        {
            options.Resources.All = false;
            options.Resources["orders"] = new() { Table = "Orders" };
        });
        Assert.Equal("open", (await quiet.GetJsonAsync("/api/orders/1")).GetProperty("status").GetString());
        database.Execute("DROP TABLE Orders; CREATE TABLE Orders (Id INTEGER PRIMARY KEY, State TEXT); INSERT INTO Orders VALUES (1, 'shipped')");
        Assert.Equal("shipped", (await quiet.GetJsonAsync("/api/orders/1")).GetProperty("state").GetString());
    }
}
