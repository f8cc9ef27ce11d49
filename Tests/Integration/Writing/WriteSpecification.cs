using System.Net;
using System.Text.Json;
using RealtimeApi.Contracts;
using RealtimeApi.Tests.Integration.Rest;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Writing;

/// <summary>PROTOCOL, Writing, whatever the database.</summary>
public abstract class WriteSpecification(TestDatabaseKind kind) : IAsyncLifetime
{
    private readonly WritableShop shop = new(kind);

    private protected TestServer Server => shop.Server;

    private protected TestDatabase Database => shop.Database;

    private string LogEnd => kind == TestDatabaseKind.SqlServer ? "SELECT MAX(CAST([Position] AS bigint)) FROM [realtime].[ChangeLog]" : "SELECT max(position) FROM realtime_changelog";

    public ValueTask InitializeAsync() => shop.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await shop.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Post_OfAnItem_CreatesIt()
    {
        using var response = await Server.PostAsync("/api/orders", """{"customer":"ALFKI","total":9.90,"quantity":2}""");
        var item = await response.ItemAsync(HttpStatusCode.Created);
        Assert.Equal(3, item.GetProperty("id").GetInt32());
        Assert.Equal("/api/orders/3", response.Headers.Location?.OriginalString);
        var (text, tag) = await Server.ReadAsync("/api/orders/3");
        Assert.Equal("""{"id":3,"customer":"ALFKI","status":"open","total":9.9,"quantity":2,"twice":4,"note":null}""", text);
        Assert.Equal(text, await response.TextAsync());
        Assert.Equal(tag, response.Header("ETag"));
        Assert.Equal("hush", shop.Database.Execute("SELECT Secret FROM Orders WHERE Id = 3"));
    }

    [Fact]
    public async Task Post_OfNothing_TakesTheDefaults()
    {
        using var response = await Server.PostAsync("/api/orders", "{}");
        Assert.Equal("open", (await response.ItemAsync(HttpStatusCode.Created)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Post_WithAKeyOfItsOwn_KeepsIt()
    {
        using var response = await Server.PostAsync("/api/lines", """{"orderId":1,"product":"x/y, ä"}""");
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("/api/lines/1,x%2Fy%2C%20%C3%A4", response.Headers.Location?.OriginalString);
        Assert.Equal("""{"orderId":1,"product":"x/y, ä","amount":1}""", (await Server.ReadAsync(response.Headers.Location!.OriginalString)).Text);
    }

    [Theory]
    [InlineData("/api/customers", """{"code":"alfki","name":"x"}""", "'code'")]
    [InlineData("/api/lines", """{"orderId":1,"product":"a,b"}""", "'orderId' and 'product'")]
    public async Task Post_OfAKeyThatIsThere_IsAConflict(string path, string body, string fields)
    {
        using var response = await Server.PostAsync(path, body);
        var problem = await response.AssertProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
        Assert.Contains(fields, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_OfAnItem_ReplacesWhatItShows()
    {
        using var response = await Server.PutAsync("/api/orders/1", """{"quantity":7}""");
        await response.ItemAsync(HttpStatusCode.OK);
        Assert.Null(response.Headers.Location);
        var (text, tag) = await Server.ReadAsync("/api/orders/1");
        Assert.Equal("""{"id":1,"customer":null,"status":"open","total":null,"quantity":7,"twice":14,"note":null}""", text);
        Assert.Equal(text, await response.TextAsync());
        Assert.Equal(tag, response.Header("ETag"));
        Assert.Equal("deep", shop.Database.Execute("SELECT Secret FROM Orders WHERE Id = 1"));
    }

    [Fact]
    public async Task Put_WithoutFieldsThatHaveDefaults_SetsThose()
    {
        shop.Database.Execute("INSERT INTO Defaults VALUES ('k', 'a', 'b', 9, 'd', 0, 'f', 'own', 1)");
        using var response = await Server.PutAsync("/api/defaults/k", """{"bare":"own"}""");
        await response.ItemAsync(HttpStatusCode.OK);
        shop.Database.Execute("INSERT INTO Defaults (Id, bare) VALUES ('other', 'own')");
        Assert.Equal(
            (await Server.ReadAsync("/api/defaults/other")).Text.Replace("\"other\"", "\"k\"", StringComparison.Ordinal),
            (await Server.ReadAsync("/api/defaults/k")).Text);
    }

    [Fact]
    public async Task Put_OfAKeyOfTheClients_CreatesTheItem()
    {
        using var response = await Server.PutAsync("/api/customers/a%2Fb", """{"name":"New"}""");
        await response.ItemAsync(HttpStatusCode.Created);
        Assert.Equal("/api/customers/a%2Fb", response.Headers.Location?.OriginalString);
        Assert.Equal("""{"code":"a/b","name":"New","email":null}""", (await Server.ReadAsync("/api/customers/a%2Fb")).Text);
        using var again = await Server.PutAsync("/api/customers/a%2Fb", """{"code":"A/B","name":"Newer"}""");
        Assert.Equal("""{"code":"a/b","name":"Newer","email":null}""", (await again.ItemAsync(HttpStatusCode.OK)).GetRawText());
    }

    [Fact]
    public async Task Put_OfAKeyThatTheDatabaseNumbers_CreatesNothing()
    {
        using var response = await Server.PutAsync("/api/orders/77", "{}");
        await response.AssertProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
    }

    [Theory]
    [InlineData("/api/lines/abc,x", "orderId")]
    [InlineData("/api/lines/1.5,x", "orderId")]
    public async Task Put_OfAKeyThatCannotBe_IsRefused(string path, string field)
    {
        using var response = await Server.PutAsync(path, "{}");
        Assert.Equal([field], await response.FaultsAsync());
    }

    [Theory]
    [InlineData("/api/orders/1", """{"id":2}""", "id")]
    [InlineData("/api/orders/1", """{"id":null}""", "id")]
    [InlineData("/api/orders/1", """{"id":"x"}""", "id")]
    [InlineData("/api/customers/ALFKI", """{"code":"OTHER","name":"x"}""", "code")]
    [InlineData("/api/customers/NEW", """{"code":"OTHER","name":"x"}""", "code")]
    public async Task Put_WithAnotherKey_IsRefused(string path, string body, string field)
    {
        using var put = await Server.PutAsync(path, body);
        Assert.Equal([field], await put.FaultsAsync());
        if (path.EndsWith("NEW", StringComparison.Ordinal))
            return;
        using var patch = await Server.PatchAsync(path, body);
        Assert.Equal([field], await patch.FaultsAsync());
    }

    [Fact]
    public async Task Patch_OfAnItem_ChangesWhatItGives()
    {
        using var response = await Server.PatchAsync("/api/orders/1", """{"note":null,"TOTAL":3.25}""");
        await response.ItemAsync(HttpStatusCode.OK);
        var (text, tag) = await Server.ReadAsync("/api/orders/1");
        Assert.Equal("""{"id":1,"customer":"ALFKI","status":"paid","total":3.25,"quantity":3,"twice":6,"note":null}""", text);
        Assert.Equal(text, await response.TextAsync());
        Assert.Equal(tag, response.Header("ETag"));
    }

    [Fact]
    public async Task Delete_OfAnItem_RemovesIt()
    {
        using var response = await Server.DeleteAsync("/api/lines/1,a%2Cb");
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.NotEqual("", response.Header("Realtime-Cursor"));
        Assert.Equal(0L, shop.Database.Execute("SELECT count(*) FROM Lines"));
        using var again = await Server.DeleteAsync("/api/lines/1,a%2Cb");
        await again.AssertProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
    }

    [Theory, InlineData("PATCH"), InlineData("DELETE")]
    public async Task Item_NotThere_IsNotFound(string method)
    {
        foreach (var path in (string[])["/api/orders/99", "/api/orders/abc", "/api/lines/1"])
        {
            using var response = await Server.WriteAsync(new(method), path, "{}", "application/merge-patch+json");
            await response.AssertProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
        }
    }

    [Fact]
    public async Task Write_WithSelect_ShowsTheseFields()
    {
        using var response = await Server.PatchAsync("/api/orders/1?$select=total", """{"total":1}""");
        Assert.Equal("""{"id":1,"total":1}""", (await response.ItemAsync(HttpStatusCode.OK)).GetRawText());
        Assert.Equal((await Server.ReadAsync("/api/orders/1?$select=total")).Tag, response.Header("ETag"));
        using var other = await Server.PatchAsync("/api/orders/1?$top=1", "{}");
        await other.AssertProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.InvalidQuery);
    }

    [Theory]
    [InlineData("POST", "/api/fixed", "GET, HEAD, OPTIONS")]
    [InlineData("PUT", "/api/fixed/1", "GET, HEAD, OPTIONS")]
    [InlineData("PATCH", "/api/fixed/1", "GET, HEAD, OPTIONS")]
    [InlineData("DELETE", "/api/fixed/1", "GET, HEAD, OPTIONS")]
    [InlineData("DELETE", "/api/paid/1", "GET, HEAD, OPTIONS")]
    [InlineData("DELETE", "/api/orders", "GET, HEAD, OPTIONS, POST")]
    [InlineData("POST", "/api/orders/1", "GET, HEAD, OPTIONS, PUT, PATCH, DELETE")]
    [InlineData("POST", "/api", "GET, HEAD, OPTIONS")]
    public async Task Method_ThatAPathDoesNotTake_IsRefused(string method, string path, string allow)
    {
        using var response = await Server.WriteAsync(new(method), path, "{}", "application/json");
        await response.AssertProblemAsync(HttpStatusCode.MethodNotAllowed, ProblemCodes.NotWritable);
        Assert.Equal(allow, string.Join(", ", response.Content.Headers.Allow));
        using var options = await Server.SendAsync(HttpMethod.Options, path);
        Assert.Equal(HttpStatusCode.NoContent, options.StatusCode);
        Assert.Equal(allow, string.Join(", ", options.Content.Headers.Allow));
        Assert.Equal(allow.EndsWith("DELETE", StringComparison.Ordinal), options.Headers.Contains("Accept-Patch"));
    }

    [Fact]
    public async Task ServiceDocument_SaysWhatIsWritable()
    {
        var document = await Server.GetJsonAsync("/api");
        var writable = document.GetProperty("resources").EnumerateArray().ToDictionary(r => r.GetProperty("name").GetString()!, r => r.GetProperty("writable").GetBoolean());
        Assert.True(writable["orders"]);
        Assert.False(writable["fixed"]);
        Assert.False(writable["paid"]);
    }

    [Fact]
    public async Task Resource_Unknown_IsSaid()
    {
        using var response = await Server.PostAsync("/api/nonsense", "{}");
        await response.AssertProblemAsync(HttpStatusCode.NotFound, ProblemCodes.UnknownResource);
    }

    /// <summary>The same words and fields, whatever the database; nothing is logged, and the next write goes on.</summary>
    [Theory]
    [InlineData("POST", "/api/customers", """{"code":"NEW","name":"x","email":"alfred@example.org"}""", "Another item has the same 'email', which must be unique.", "email")]
    [InlineData("POST", "/api/customers", """{"code":"alfki","name":"x"}""", "Another item has the same 'code', which must be unique.", "code")]
    [InlineData("PUT", "/api/customers/BERGS", """{"name":"x","email":"alfred@example.org"}""", "Another item has the same 'email', which must be unique.", "email")]
    [InlineData("POST", "/api/lines", """{"orderId":1,"product":"a,b"}""", "Another item has the same 'orderId' and 'product', which must be unique.", "orderId", "product")]
    [InlineData("POST", "/api/orders", """{"customer":"NOBODY"}""", "'customer' refers to something that does not exist.", "customer")]
    [InlineData("PUT", "/api/orders/1", """{"customer":"NOBODY"}""", "'customer' refers to something that does not exist.", "customer")]
    [InlineData("DELETE", "/api/customers/ALFKI", "", "Other rows refer to this item.")]
    [InlineData("POST", "/api/orders", """{"quantity":0}""", "The values do not satisfy the database's check 'enough'.")]
    [InlineData("POST", "/api/guarded", """{"level":10}""", "The database refuses the write: Levels end at 9.")]
    [InlineData("POST", "/api/guarded", """{"level":5}""", "Nothing was written: a trigger of the database removes the item, or changes its key, as soon as it is written.")]
    public async Task Write_AgainstAConstraint_IsAConflict(string method, string path, string body, string detail, params string[] fields)
    {
        var before = Database.Execute(LogEnd);
        using var response = await Server.WriteAsync(new(method), path, body, "application/json");
        var problem = await response.AssertProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
        Assert.Equal(detail, problem.GetProperty("detail").GetString());
        Assert.Equal(fields, problem.TryGetProperty("errors", out var errors) ? errors.EnumerateObject().Select(error => error.Name) : []);
        Assert.Equal(before, Database.Execute(LogEnd));
        using var next = await Server.PostAsync("/api/notes", """{"text":"goes on"}""");
        Assert.Equal(HttpStatusCode.Created, next.StatusCode);
    }

    [Fact]
    public async Task Write_ThatATriggerChanges_ShowsTheEnd()
    {
        using var response = await Server.PostAsync("/api/guarded", """{"level":1}""");
        Assert.Equal(2, (await response.ItemAsync(HttpStatusCode.Created)).GetProperty("level").GetInt32());
    }

    /// <summary>What a read gives can be sent back as it is: nothing changes, and nothing is logged.</summary>
    private protected async Task AssertPutOfWhatGetGaveChangesNothingAsync(params string[] paths)
    {
        foreach (var path in paths)
        {
            var (before, tag) = await Server.ReadAsync(path);
            var changes = Database.Execute(LogEnd);
            using var put = await Server.PutAsync(path, before, ("If-Match", tag));
            Assert.Equal(before, (await put.ItemAsync(HttpStatusCode.OK)).GetRawText());
            Assert.Equal(tag, put.Header("ETag"));
            using var patch = await Server.PatchAsync(path, before);
            Assert.Equal(HttpStatusCode.OK, patch.StatusCode);
            // As a client writes it that has read it into numbers of its own.
            using var rewritten = await Server.PutAsync(path, Rewrite(before));
            Assert.Equal(before, (await rewritten.ItemAsync(HttpStatusCode.OK)).GetRawText());
            Assert.Equal(changes, Database.Execute(LogEnd));
        }
    }

    private static string Rewrite(string json) =>
        "{" + string.Join(", ", JsonDocument.Parse(json).RootElement.EnumerateObject().Reverse().Select(field => $"{JsonSerializer.Serialize(field.Name)} : {field.Value.ValueKind switch
        {
            JsonValueKind.Number => JsonSerializer.Serialize(field.Value.GetDouble()).ToLowerInvariant(),
            JsonValueKind.String => JsonSerializer.Serialize(field.Value.GetString()),
            _ => field.Value.GetRawText(),
        }}")) + "}";
}
