using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Data;
using RealtimeApi.Tests.Integration.Rest;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Writing;

/// <summary>PROTOCOL, Writing: <c>Idempotency-Key</c>, whatever the database.</summary>
public abstract class IdempotencySpecification(TestDatabaseKind kind) : IAsyncLifetime
{
    private const string Body = """{"customer":"ALFKI","quantity":2}""";

    private readonly WritableShop shop = new(kind);

    private TestServer Server => shop.Server;

    public ValueTask InitializeAsync() => shop.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await shop.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Post_OfTheSameKeyAndBody_IsAnsweredAsBefore()
    {
        using var first = await PostAsync(Server, "k1", Body);
        var item = await first.ItemAsync(HttpStatusCode.Created);
        // Whatever has become of the item since.
        shop.Database.Execute("DELETE FROM Orders WHERE Id = 3");
        using var second = await PostAsync(Server, "k1", Body);
        Assert.Equal(item.GetRawText(), (await second.ItemAsync(HttpStatusCode.Created)).GetRawText());
        foreach (var header in (string[])["ETag", "Realtime-Cursor", "Location"])
            Assert.Equal(first.Header(header), second.Header(header));
        Assert.Equal(2L, shop.Database.Execute("SELECT count(*) FROM Orders"));

        // On another server on the same database, too.
        await using var other = await shop.StartAsync();
        using var third = await PostAsync(other, "k1", Body);
        Assert.Equal(first.Header("Location"), third.Header("Location"));
        Assert.Equal(2L, shop.Database.Execute("SELECT count(*) FROM Orders"));
    }

    [Fact]
    public async Task Post_OfTheSameKeyAndAnotherBody_IsRefused()
    {
        using var first = await PostAsync(Server, "k1", Body);
        using var second = await PostAsync(Server, "k1", """{"customer":"ALFKI","quantity":3}""");
        await second.AssertProblemAsync(HttpStatusCode.UnprocessableEntity, ProblemCodes.IdempotencyMismatch);
        Assert.Equal(3L, shop.Database.Execute("SELECT count(*) FROM Orders"));
    }

    [Theory, InlineData("""{"customer":5}"""), InlineData("{"), InlineData("""{"nonsense":1}""")]
    public async Task Post_OfTheSameKeyAndAnInvalidBody_IsAMismatch(string body)
    {
        using var first = await PostAsync(Server, "k1", Body);
        using var second = await PostAsync(Server, "k1", body);
        await second.AssertProblemAsync(HttpStatusCode.UnprocessableEntity, ProblemCodes.IdempotencyMismatch);
        using var ofItsOwn = await PostAsync(Server, "k2", body);
        await ofItsOwn.AssertProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.InvalidBody);
        Assert.Equal(3L, shop.Database.Execute("SELECT count(*) FROM Orders"));
    }

    [Fact]
    public async Task Post_OfAnotherKeyOrResource_IsAnotherWrite()
    {
        foreach (var (path, key, body) in ((string, string, string)[])[("/api/orders", "k1", Body), ("/api/orders", "k2", Body), ("/api/notes", "k1", "{}"), ("/api/notes", "K1", "{}")])
        {
            using var response = await Server.PostAsync(path, body, ("Idempotency-Key", key));
            Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        }

        Assert.Equal(4L, shop.Database.Execute("SELECT count(*) FROM Orders"));
        Assert.Equal(2L, shop.Database.Execute("SELECT count(*) FROM Notes"));
    }

    [Fact]
    public async Task Post_ThatWasRefused_MayBeMended()
    {
        using var refused = await PostAsync(Server, "k1", """{"customer":"NOBODY"}""");
        await refused.AssertProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
        using var invalid = await PostAsync(Server, "k1", """{"customer":5}""");
        Assert.Equal(HttpStatusCode.BadRequest, invalid.StatusCode);
        using var mended = await PostAsync(Server, "k1", Body);
        Assert.Equal(HttpStatusCode.Created, mended.StatusCode);
    }

    [Fact]
    public async Task Post_OfOneKeyManyTimesAtOnce_HappensOnce()
    {
        await using var other = await shop.StartAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(async i =>
        {
            using var response = await PostAsync(i % 2 == 0 ? Server : other, "k1", Body);
            return (await response.ItemAsync(HttpStatusCode.Created)).GetRawText() + response.Header("Realtime-Cursor") + response.Header("ETag");
        }));
        Assert.Single(answers.Distinct());
        Assert.Equal(3L, shop.Database.Execute("SELECT count(*) FROM Orders"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("long")]
    public async Task Key_ThatIsNone_IsRefused(string key)
    {
        using var response = await PostAsync(Server, key == "long" ? new string('k', 256) : key, Body);
        await response.AssertProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.InvalidBody);
        Assert.Equal(2L, shop.Database.Execute("SELECT count(*) FROM Orders"));
    }

    [Fact]
    public async Task Callers_WithTheSameKey_DoNotMeet()
    {
        await using var host = await TestServer.StartAsync(
            shop.Database,
            options => options.Resources["*"].Write = true,
            map: app => app.Use((context, next) =>
            {
                if (context.Request.Headers["Who"].ToString() is { Length: > 0 } who)
                    context.User = new(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, who)], "test"));
                return next(context);
            }));
        var locations = new List<string>();
        foreach (var who in (string[])["ann", "bob", "ann", ""])
        {
            using var response = await host.PostAsync("/api/notes", "{}", ("Idempotency-Key", "k1"), ("Who", who));
            locations.Add(response.Header("Location"));
        }

        Assert.Equal(["/api/notes/1", "/api/notes/2", "/api/notes/1", "/api/notes/3"], locations);
    }

    [Fact]
    public async Task Key_AfterADay_IsForgotten()
    {
        var time = new LaterTime();
        await using var host = await TestServer.StartAsync(
            shop.Database,
            options => options.Resources["*"].Write = true,
            build: services => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(time)));
        using var first = await PostAsync(host, "k1", Body);
        time.By = TimeSpan.FromHours(23.9);
        using var repeated = await PostAsync(host, "k1", Body);
        Assert.Equal(first.Header("Location"), repeated.Header("Location"));
        time.By = TimeSpan.FromHours(24.1);
        using var next = await PostAsync(host, "k1", """{"quantity":9}""");
        Assert.NotEqual(first.Header("Location"), next.Header("Location"));

        Assert.Equal(1L, shop.Database.Execute(shop.Database.Choose("SELECT count(*) FROM realtime_idempotency", "SELECT COUNT(*) FROM realtime.Answer")));
        var writes = host.Services.GetRequiredService<IDatabase>().Writes;
        Assert.False(await writes.HasAnswersAsync(time.GetUtcNow() - TimeSpan.FromHours(1), TestContext.Current.CancellationToken));
        Assert.True(await writes.HasAnswersAsync(time.GetUtcNow() + TimeSpan.FromHours(1), TestContext.Current.CancellationToken));
        Assert.Equal(0, await writes.TrimAnswersAsync(time.GetUtcNow() - TimeSpan.FromHours(1), TestContext.Current.CancellationToken));
        Assert.Equal(1, await writes.TrimAnswersAsync(time.GetUtcNow() + TimeSpan.FromHours(1), TestContext.Current.CancellationToken));
    }

    /// <summary>What was shown before may be hidden now, and an answer that was kept must not show it.</summary>
    [Fact]
    public async Task Answer_OfAnotherDefinition_IsNotRepeated()
    {
        using var first = await PostAsync(Server, "k1", Body);
        await using var host = await shop.StartAsync(options => options.Resources["orders"].Columns["Customer"] = new() { Hidden = true });
        // The body has a field that is none any more; that the item has been made is said nevertheless.
        using var repeated = await PostAsync(host, "k1", Body);
        var problem = await repeated.AssertProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
        Assert.Contains("'3'", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    /// <summary>The system's time, and then some.</summary>
    private sealed class LaterTime : TimeProvider
    {
        public TimeSpan By { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + By;
    }

    private static Task<HttpResponseMessage> PostAsync(TestServer server, string key, string body) => server.PostAsync("/api/orders", body, ("Idempotency-Key", key));
}
