using Microsoft.AspNetCore.Http;
using RealtimeApi.Client;
using RealtimeApi.Contracts;
using Xunit;

namespace RealtimeApi.Tests.Integration.Client;

/// <summary>Reads, and every way in which they can fail.</summary>
public sealed class ReadTests : IAsyncLifetime
{
    private FakeServer server = null!;
    private RealtimeApiClient client = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ResourceClient<Thing> ThingsOfClient => client.Resource<Thing>("things");

    public async ValueTask InitializeAsync()
    {
        server = await FakeServer.StartAsync();
        client = Clients.For(server.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await client.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Get_OfAnItem_GivesIt()
    {
        await server.PutAsync(1, "a");

        Assert.Equal(new Thing(1, "a"), await ThingsOfClient.GetAsync(1, Token));
        Assert.Equal("a", (string?)(await client.Resource("things").GetAsync("1", Token))!["text"]);
    }

    [Fact]
    public async Task Get_OfNothing_GivesNull()
    {
        Assert.Null(await ThingsOfClient.GetAsync(1, Token));
        Assert.Null(await ThingsOfClient.GetEntryAsync(1, cancellationToken: Token));
    }

    [Fact]
    public async Task Read_ThatTakesLongerThanTheHttpClientWaits_SaysThatTheServerIsNotReached()
    {
        using var http = new HttpClient(new Silence()) { Timeout = TimeSpan.FromMilliseconds(50) };
        await using var patient = new RealtimeApiClient(Clients.OptionsFor(server.Address), http);

        await Assert.ThrowsAsync<HttpRequestException>(() => patient.Resource<Thing>("things").GetAsync(1, Token));
        await Assert.ThrowsAsync<HttpRequestException>(() => patient.Resource<Thing>("things").ListAsync(cancellationToken: Token));
    }

    [Fact]
    public async Task List_ThatIsCutOff_IsAnInvalidAnswer()
    {
        server.Otherwise = context =>
        {
            context.Response.ContentType = "application/json";
            context.Response.WriteAsync("""{"value":[{"id":1,""").GetAwaiter().GetResult();
            return true;
        };

        var error = await Assert.ThrowsAsync<RealtimeApiException>(() => ThingsOfClient.ListAsync(cancellationToken: Token));
        Assert.Equal(RealtimeApiException.InvalidAnswer, error.Code);
        error = await Assert.ThrowsAsync<RealtimeApiException>(() => client.GetServiceDocumentAsync(Token));
        Assert.Equal(RealtimeApiException.InvalidAnswer, error.Code);
    }

    [Fact]
    public async Task GetEntry_GivesVersionAndCursor_AndTheSameItemWhileUnchanged()
    {
        await server.PutAsync(1, "a");

        var first = await ThingsOfClient.GetEntryAsync(1, cancellationToken: Token);
        var second = await ThingsOfClient.GetEntryAsync(1, first, Token);
        await server.PutAsync(1, "b");
        var third = await ThingsOfClient.GetEntryAsync(1, second, Token);

        Assert.Equal(("\"a\"", "1"), (first!.ETag, first.Cursor));
        Assert.Same(first.Item, second!.Item);
        Assert.Equal("b", third!.Item.Text);
    }

    [Fact]
    public async Task List_GivesPagesUpToTheLast()
    {
        server.PageSize = 2;
        await server.PutManyAsync([1, 2, 3]);

        var first = await ThingsOfClient.ListAsync(new() { Count = true }, Token);
        var second = await first.GetNextAsync(Token);

        Assert.Equal([1, 2], first.Items.Select(t => t.Id));
        Assert.Equal((3L, "3", true), (first.Count, first.Cursor, first.HasNext));
        Assert.Equal([3], second!.Items.Select(t => t.Id));
        Assert.False(second.HasNext);
        Assert.Null(await second.GetNextAsync(Token));
    }

    [Fact]
    public async Task ListAll_GivesTheItemsOfAllPages()
    {
        server.PageSize = 2;
        await server.PutManyAsync([1, 2, 3, 4, 5]);

        Assert.Equal([1, 2, 3, 4, 5], await ThingsOfClient.ListAllAsync(cancellationToken: Token).Select(t => t.Id).ToListAsync(Token));
    }

    [Fact]
    public async Task List_AsksForWhatTheViewAndTheOptionsSay()
    {
        await ThingsOfClient.Where(t => t.Text == "a&b=c").Select("id").ListAsync(new() { OrderBy = "text desc", Top = 7, Count = true }, Token);

        Assert.Equal("GET /api/things?$filter=text eq 'a&b=c'&$orderby=text desc&$top=7&$select=id&$count=true", Assert.Single(server.Requests));
    }

    [Fact]
    public async Task Refusal_AsProblemDetails_IsThrownWithItsCode()
    {
        server.Otherwise = context => Answer(context, 404, "application/problem+json", """{"type":"/problems/unknown-resource","title":"t","status":404,"detail":"There is no 'things'."}""");

        var error = await Assert.ThrowsAsync<RealtimeApiException>(() => ThingsOfClient.GetAsync(1, Token));

        Assert.Equal((ProblemCodes.UnknownResource, "unknown-resource: There is no 'things'.", false), (error.Code, error.Message, error.IsTransient));
    }

    [Fact]
    public async Task Refusal_WithRetryAfter_SaysWhen()
    {
        server.Otherwise = context =>
        {
            context.Response.Headers.RetryAfter = "17";
            return Answer(context, 429, "application/problem+json", """{"type":"/problems/limit-exceeded","title":"t","status":429}""");
        };

        var error = await Assert.ThrowsAsync<RealtimeApiException>(() => ThingsOfClient.ListAsync(cancellationToken: Token));

        Assert.Equal((ProblemCodes.LimitExceeded, TimeSpan.FromSeconds(17), true), (error.Code, error.RetryAfter!.Value, error.IsTransient));
    }

    [Theory]
    [InlineData(401, ProblemCodes.Unauthorized, false)]
    [InlineData(403, ProblemCodes.Forbidden, false)]
    [InlineData(410, ProblemCodes.CursorExpired, false)]
    [InlineData(500, RealtimeApiException.InvalidAnswer, true)]
    [InlineData(502, RealtimeApiException.InvalidAnswer, true)]
    [InlineData(503, ProblemCodes.Unavailable, true)]
    public async Task Status_WithoutProblemDetails_IsThrownAsTheCodeItStandsFor(int status, string code, bool transient)
    {
        server.Otherwise = context => Answer(context, status, "text/html", "<h1>No</h1>");

        var error = await Assert.ThrowsAsync<RealtimeApiException>(() => ThingsOfClient.GetAsync(1, Token));

        Assert.Equal((code, status, transient), (error.Code, (int)error.Status, error.IsTransient));
    }

    [Theory]
    [InlineData("application/problem+json", "{\"type\":")]
    [InlineData("application/problem+json", "[1]")]
    [InlineData("application/json", "{\"error\":\"no\"}")]
    public async Task Problem_ThatIsNone_IsThrownByItsStatus(string type, string body)
    {
        server.Otherwise = context => Answer(context, 403, type, body);

        Assert.Equal(ProblemCodes.Forbidden, (await Assert.ThrowsAsync<RealtimeApiException>(() => ThingsOfClient.GetAsync(1, Token))).Code);
    }

    [Fact]
    public async Task Answer_OfSomethingElse_SaysThatTheAddressMayBeWrong()
    {
        server.Otherwise = context => Answer(context, 200, "text/html", "<h1>Welcome</h1>");

        var error = await Assert.ThrowsAsync<RealtimeApiException>(() => ThingsOfClient.ListAsync(cancellationToken: Token));

        Assert.Equal(RealtimeApiException.InvalidAnswer, error.Code);
        Assert.Contains("text/html", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_WithoutValue_IsInvalid()
    {
        server.Otherwise = context => Answer(context, 200, "application/json", "{}");

        Assert.Equal(RealtimeApiException.InvalidAnswer, (await Assert.ThrowsAsync<RealtimeApiException>(() => ThingsOfClient.ListAsync(cancellationToken: Token))).Code);
    }

    [Fact]
    public async Task Server_ThatIsAway_IsAnHttpRequestException()
    {
        await server.DisposeAsync();

        await Assert.ThrowsAsync<HttpRequestException>(() => ThingsOfClient.GetAsync(1, Token));
    }

    [Theory]
    [InlineData("events")]
    [InlineData("Changes")]
    [InlineData("..")]
    public async Task Key_ThatAPathCannotName_IsFoundByFilter(string key)
    {
        await ThingsOfClient.GetAsync(key, Token);

        Assert.Equal(["GET /api", $"GET /api/things?$filter=id eq '{key}'"], server.Requests);
    }

    [Fact]
    public async Task Keys_WithOddCharacters_AreEncodedInThePath()
    {
        server.Otherwise = context => context.Request.Path != "/api" && Answer(context, 200, "application/json", """{"id":1,"text":"a"}""");
        var raw = new List<string>();
        using var http = new HttpClient(new Recording(raw));
        await using var own = new RealtimeApiClient(Clients.OptionsFor(server.Address), http);
        var things = own.Resource<Thing>("things");

        await things.GetAsync("a/b c?d#e%f", Token);
        await things.GetAsync("a,b", Token);
        await things.GetAsync(ItemKey.Of("größe"), Token);

        Assert.Equal(["/api/things/a%2Fb%20c%3Fd%23e%25f", "/api", "/api/things/a%2Cb", "/api/things/gr%C3%B6%C3%9Fe"], raw);
    }

    [Fact]
    public async Task Keys_OfSeveralParts_AreJoinedInThePath()
    {
        var raw = new List<string>();
        using var http = new HttpClient(new Recording(raw));
        await using var own = new RealtimeApiClient(Clients.OptionsFor(server.Address), http);
        server.Otherwise = context => context.Request.Path == "/api"
            ? Answer(context, 200, "application/json", """{"resources":[{"name":"lines","key":["order","no"],"watchable":true,"writable":false,"href":"/api/lines"}],"hub":"/hubs/resources"}""")
            : Answer(context, 200, "application/json", """{"id":1,"text":"a"}""");
        var lines = own.Resource<Thing>("lines");

        await lines.GetAsync(ItemKey.Of("a,b", 7), Token);
        await lines.GetAsync("a%2Cb,7", Token);

        Assert.Equal(["/api", "/api/lines/a%2Cb,7", "/api/lines/a%2Cb,7"], raw);
    }

    private static bool Answer(HttpContext context, int status, string type, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.WriteAsync(body, Token).GetAwaiter().GetResult();
        return true;
    }

    private sealed class Recording(List<string> paths) : DelegatingHandler(new HttpClientHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            paths.Add(request.RequestUri!.PathAndQuery);
            return base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class Silence : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            throw new InvalidOperationException();
        }
    }
}
