using System.Net;
using RealtimeApi.Contracts;
using RealtimeApi.Tests.Integration.Rest;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Writing;

/// <summary>PROTOCOL, Writing: the conditions of a write, whatever its database.</summary>
public abstract class ConditionSpecification(TestDatabaseKind kind) : IAsyncLifetime
{
    private readonly WritableShop shop = new(kind);

    private TestServer Server => shop.Server;

    public ValueTask InitializeAsync() => shop.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await shop.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Theory, InlineData("PUT"), InlineData("PATCH"), InlineData("DELETE")]
    public async Task IfMatch_OfAnItemThatHasChanged_Fails(string method)
    {
        var (_, tag) = await Server.ReadAsync("/api/orders/1");
        shop.Database.Execute("UPDATE Orders SET Note = 'changed' WHERE Id = 1");
        foreach (var stale in (string[])[tag, "\"nonsense\"", "not a tag", $"\"a\", {tag}"])
        {
            using var response = await Server.WriteAsync(new(method), "/api/orders/1", "{}", "application/merge-patch+json".Replace("merge-patch+", method == "PATCH" ? "merge-patch+" : "", StringComparison.Ordinal), ("If-Match", stale));
            await response.AssertProblemAsync(HttpStatusCode.PreconditionFailed, ProblemCodes.PreconditionFailed);
        }

        Assert.Equal("changed", shop.Database.Execute("SELECT Note FROM Orders WHERE Id = 1"));
    }

    [Fact]
    public async Task IfMatch_OfTheItemAsItIs_Holds()
    {
        var (_, tag) = await Server.ReadAsync("/api/orders/1");
        using var first = await Server.PatchAsync("/api/orders/1", """{"note":"a"}""", ("If-Match", $"\"x\", {tag}"));
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        // The answer's own tag is that of the next read.
        using var second = await Server.PutAsync("/api/orders/1", """{"note":"b"}""", ("If-Match", first.Header("ETag")));
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        using var third = await Server.PatchAsync("/api/orders/1", """{"note":"c"}""", ("If-Match", "*"));
        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
        var (_, ofSome) = await Server.ReadAsync("/api/orders/1?$select=total");
        using var selected = await Server.PatchAsync("/api/orders/1?$select=total", """{"note":"d"}""", ("If-Match", ofSome));
        Assert.Equal(HttpStatusCode.OK, selected.StatusCode);
        using var last = await Server.DeleteAsync("/api/orders/1", ("If-Match", (await Server.ReadAsync("/api/orders/1")).Tag));
        Assert.Equal(HttpStatusCode.NoContent, last.StatusCode);
    }

    /// <summary>The item's content is compared, whatever of it was shown.</summary>
    [Theory, InlineData("?$select=total", "?$select=total"), InlineData("?$select=total", ""), InlineData("", "?$select=total"), InlineData("?$select=total", "?$select=note")]
    public async Task IfMatch_OfSomeFields_NoticesAChangeOfAnother(string read, string written)
    {
        var (_, tag) = await Server.ReadAsync("/api/orders/1" + read);
        using var first = await Server.PatchAsync("/api/orders/1" + written, """{"note":"mine"}""", ("If-Match", tag));
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(first.Header("ETag"), (await Server.ReadAsync("/api/orders/1" + written)).Tag);

        using var second = await Server.PatchAsync("/api/orders/1" + written, """{"note":"lost"}""", ("If-Match", tag));
        await second.AssertProblemAsync(HttpStatusCode.PreconditionFailed, ProblemCodes.PreconditionFailed);
        Assert.Equal("mine", shop.Database.Execute("SELECT Note FROM Orders WHERE Id = 1"));
        Assert.NotEqual((await Server.ReadAsync("/api/orders/1")).Tag, (await Server.ReadAsync("/api/orders/1?$select=total")).Tag);
    }

    /// <summary>RFC 9110, 13.1.1: a weak tag never matches.</summary>
    [Fact]
    public async Task IfMatch_OfAWeakTag_Fails()
    {
        var (_, tag) = await Server.ReadAsync("/api/orders/1");
        using var response = await Server.PatchAsync("/api/orders/1", "{}", ("If-Match", "W/" + tag));
        await response.AssertProblemAsync(HttpStatusCode.PreconditionFailed, ProblemCodes.PreconditionFailed);
    }

    [Theory, InlineData("*"), InlineData("\"x\"")]
    public async Task IfMatch_WithoutAnItem_CreatesNone(string tag)
    {
        using var put = await Server.PutAsync("/api/customers/NEW", """{"name":"x"}""", ("If-Match", tag));
        await put.AssertProblemAsync(HttpStatusCode.PreconditionFailed, ProblemCodes.PreconditionFailed);
        // RFC 9110, 13.2.1: what would not succeed anyway is said instead.
        using var patch = await Server.PatchAsync("/api/customers/NEW", "{}", ("If-Match", tag));
        await patch.AssertProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
    }

    [Fact]
    public async Task IfNoneMatch_Any_CreatesOnly()
    {
        using var created = await Server.PutAsync("/api/customers/NEW", """{"name":"first"}""", ("If-None-Match", "*"));
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        using var again = await Server.PutAsync("/api/customers/new", """{"name":"second"}""", ("If-None-Match", "*"));
        await again.AssertProblemAsync(HttpStatusCode.PreconditionFailed, ProblemCodes.PreconditionFailed);
        using var tagged = await Server.PutAsync("/api/customers/NEW", """{"name":"third"}""", ("If-None-Match", created.Header("ETag")));
        await tagged.AssertProblemAsync(HttpStatusCode.PreconditionFailed, ProblemCodes.PreconditionFailed);
        Assert.Equal("first", shop.Database.Execute("SELECT Name FROM Customers WHERE Code = 'NEW'"));
    }

    [Fact]
    public async Task Conditions_BeforeTheBody_AreJudgedFirst()
    {
        using var response = await Server.PutAsync("/api/customers/ALFKI", """{"nonsense":1}""", ("If-Match", "\"x\""));
        await response.AssertProblemAsync(HttpStatusCode.PreconditionFailed, ProblemCodes.PreconditionFailed);
    }

    [Fact]
    public async Task Post_WithIfMatch_Fails()
    {
        using var response = await Server.PostAsync("/api/notes", "{}", ("If-Match", "\"x\""));
        await response.AssertProblemAsync(HttpStatusCode.PreconditionFailed, ProblemCodes.PreconditionFailed);
    }

    /// <summary>Judged inside the transaction: of all who change what they have read, each adds to what another left.</summary>
    [Fact]
    public async Task IfMatch_OfManyAtOnce_LosesNoUpdate()
    {
        const int writers = 8;
        const int each = 5;
        shop.Database.Execute("UPDATE Orders SET Quantity = 1 WHERE Id = 1");
        await Task.WhenAll(Enumerable.Range(0, writers).Select(async _ =>
        {
            for (var done = 0; done < each;)
            {
                var (text, tag) = await Server.ReadAsync("/api/orders/1");
                var quantity = System.Text.Json.JsonDocument.Parse(text).RootElement.GetProperty("quantity").GetInt32();
                using var response = await Server.PatchAsync("/api/orders/1", $$"""{"quantity":{{quantity + 1}}}""", ("If-Match", tag));
                Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.PreconditionFailed);
                done += response.StatusCode == HttpStatusCode.OK ? 1 : 0;
            }
        }));
        Assert.Equal(1L + (writers * each), shop.Database.Execute("SELECT Quantity FROM Orders WHERE Id = 1"));
    }
}
