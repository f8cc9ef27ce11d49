using System.Net;
using System.Text;
using System.Text.Json;
using RealtimeApi.Contracts;
using RealtimeApi.Tests.Integration.Rest;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Writing;

public sealed class ValidationTests(WritableShop shop) : IClassFixture<WritableShop>
{
    private readonly TestServer server = shop.Server;

    [Fact]
    public async Task Body_WithManyFaults_NamesThemAll()
    {
        using var response = await server.PostAsync(
            "/api/orders",
            """{"status":"far too long","total":1.234,"quantity":"three","twice":6,"secret":"x","nonsense":{"a":[1]},"note":5,"customer":true,"NOTE":null,"id":1.5}""");
        var problem = await response.AssertProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.InvalidBody);
        var errors = problem.GetProperty("errors").EnumerateObject().ToDictionary(error => error.Name, error => string.Join("|", error.Value.EnumerateArray()));
        Assert.Equal(["customer", "id", "nonsense", "note", "quantity", "secret", "status", "total", "twice"], errors.Keys.Order());
        Assert.Equal("It has 12 characters, and may have 10.", errors["status"]);
        Assert.Equal("It may have 2 digits after the point.", errors["total"]);
        Assert.Equal("There is no such field.", errors["secret"]);
        Assert.Equal("The database sets it; leave it out.", errors["twice"]);
        Assert.Equal("It is given more than once.|It must be a text, or null.", errors["note"]);
        Assert.StartsWith("9 fields are at fault.", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/customers", "{}", "code,name")]
    [InlineData("/api/customers", """{"code":null,"name":null}""", "code,name")]
    [InlineData("/api/lines", """{"orderId":null}""", "orderId,product")]
    [InlineData("/api/orders", """{"id":null,"status":null}""", "id,status")]
    public async Task Field_Missing_IsNamed(string path, string body, string fields)
    {
        using var response = await server.PostAsync(path, body);
        Assert.Equal(fields.Split(','), await response.FaultsAsync());
    }

    [Theory, InlineData(""), InlineData("."), InlineData(".."), InlineData("a\\u0000b"), InlineData("events"), InlineData("Changes")]
    public async Task Key_WithoutAnAddress_IsRefused(string key)
    {
        using var response = await server.PostAsync("/api/customers", $$"""{"code":"{{key}}","name":"x"}""");
        Assert.Equal(["code"], await response.FaultsAsync());
    }

    [Fact]
    public async Task Put_WithoutARequiredField_IsRefused()
    {
        using var response = await server.PutAsync("/api/customers/ALFKI", """{"email":null}""");
        Assert.Equal(["name"], await response.FaultsAsync());
    }

    [Theory]
    [InlineData("big", "1.5")]
    [InlineData("big", "9223372036854775808")]
    [InlineData("big", "1e400")]
    [InlineData("big", "1e99999999999")]
    [InlineData("big", "\"5\"")]
    [InlineData("big", "\"x\"")]
    [InlineData("big", "true")]
    [InlineData("big", "[]")]
    [InlineData("price", "12345678901234567.8")]
    [InlineData("price", "0.12345")]
    [InlineData("price", "1e30")]
    [InlineData("price", "1e999")]
    [InlineData("price", "\"12.5\"")]
    [InlineData("price", "\"12345678901234.5678\"")]
    [InlineData("ratio", "1e400")]
    [InlineData("ratio", "\"1.5\"")]
    [InlineData("flag", "1")]
    [InlineData("flag", "\"true\"")]
    [InlineData("day", "\"2026-02-30\"")]
    [InlineData("day", "\"2026-02-28T00:00:00Z\"")]
    [InlineData("day", "20260228")]
    [InlineData("clock", "\"24:00:00\"")]
    [InlineData("moment", "\"yesterday\"")]
    [InlineData("moment", "\"0001-01-01T00:00:00+10:00\"")]
    [InlineData("uid", "\"123\"")]
    [InlineData("data", "\"AP8\"")]
    [InlineData("data", "\"AAECAwQ=\"")]
    [InlineData("note", "5")]
    [InlineData("note", "{}")]
    [InlineData("note", "\"\\ud800\"")]
    [InlineData("loose", "true")]
    public async Task Value_ThatAColumnCannotHold_IsRefused(string field, string json)
    {
        using var response = await server.PostAsync("/api/types", $$"""{"{{field}}":{{json}}}""");
        Assert.Equal([field], await response.FaultsAsync());
    }

    [Theory]
    [InlineData("big", "9223372036854775807", "\"9223372036854775807\"")]
    [InlineData("big", "\"-9223372036854775808\"", "\"-9223372036854775808\"")]
    [InlineData("big", "5.0", "5")]
    [InlineData("big", "12e2", "1200")]
    [InlineData("price", "-0.0001", "-0.0001")]
    [InlineData("price", "1.50", "1.5")]
    [InlineData("ratio", "0.1", "0.1")]
    [InlineData("ratio", "5", "5")]
    [InlineData("ratio", "-1e-300", "-1E-300")]
    [InlineData("flag", "false", "false")]
    [InlineData("day", "\"2026-02-28\"", "\"2026-02-28\"")]
    [InlineData("clock", "\"11:06\"", "\"11:06:00\"")]
    [InlineData("clock", "\"11:06:26.25\"", "\"11:06:26.25\"")]
    [InlineData("moment", "\"2026-02-28T12:00:00+02:00\"", "\"2026-02-28T10:00:00Z\"")]
    [InlineData("moment", "\"2026-02-28\"", "\"2026-02-28T00:00:00Z\"")]
    [InlineData("moment", "\"2026-02-28T12:00:00.1234567Z\"", "\"2026-02-28T12:00:00.1234567Z\"")]
    [InlineData("uid", "\"0B1C5F4E-6C3A-4F0E-9D3B-2F6A1E5C7D80\"", "\"0b1c5f4e-6c3a-4f0e-9d3b-2f6a1e5c7d80\"")]
    [InlineData("data", "\"AP8=\"", "\"AP8=\"")]
    [InlineData("data", "\"\"", "\"\"")]
    [InlineData("note", "\"\"", "\"\"")]
    [InlineData("note", "\"a\\u0000b\\ud83d\\ude00\"", "\"a\\u0000b\\ud83d\\ude00\"")]
    [InlineData("note", "null", "null")]
    [InlineData("loose", "\"0123\"", "\"0123\"")]
    [InlineData("loose", "1.5", "1.5")]
    [InlineData("loose", "7", "7")]
    public async Task Value_ThatAColumnHolds_IsShown(string field, string json, string expected)
    {
        using var response = await server.PostAsync("/api/types", $$"""{"{{field}}":{{json}}}""");
        var item = await response.ItemAsync(HttpStatusCode.Created);
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(expected).RootElement, item.GetProperty(field)), item.GetRawText());
        Assert.Equal(await response.TextAsync(), (await server.ReadAsync(response.Headers.Location!.OriginalString)).Text);
    }

    [Theory]
    [InlineData("", null, "The body is empty; it must be a JSON object with the item's fields.")]
    [InlineData("[]", null, "The body must be a JSON object with the item's fields.")]
    [InlineData("null", null, "The body must be a JSON object with the item's fields.")]
    [InlineData("\"{}\"", null, "The body must be a JSON object with the item's fields.")]
    [InlineData("{", 1, "The body is not JSON at line 1, character 2: it ends too soon.")]
    [InlineData("{\"note\":\"x", 10, "The body is not JSON at line 1, character 11: it ends too soon.")]
    [InlineData("{\"ä\":1,\n \"ö\":+1,\n\"note\":2}", 13, "The body is not JSON at line 2, character 6: \"+1,?\"note\":2}\" cannot be there.")]
    [InlineData("{} {}", 3, "The body is not JSON at line 1, character 4: \"{}\" cannot be there.")]
    [InlineData("{\"note\":1,}", 10, "The body is not JSON at line 1, character 11: \"}\" cannot be there.")]
    [InlineData("{\"note\":1,", 9, "The body is not JSON at line 1, character 10: it ends too soon.")]
    [InlineData("{\"note\":\"a\tb\"}", 10, "The body is not JSON at line 1, character 11: a line break or tab in a text is written \\n or \\t, another control character \\u and four hexadecimal digits.")]
    [InlineData("{\"note\":\"C:\\dir\"}", 12, "The body is not JSON at line 1, character 13: a backslash in a text is written \\\\.")]
    [InlineData("{'note':1}", 1, "The body is not JSON at line 1, character 2: \"'note':1}\" cannot be there.")]
    [InlineData("/* */{}", 0, "The body is not JSON at line 1, character 1: \"/* */{}\" cannot be there.")]
    public async Task Body_ThatIsNoObject_IsRefused(string body, int? at, string detail)
    {
        foreach (var (method, path, type) in ((string, string, string)[])[("POST", "/api/orders", "application/json"), ("PUT", "/api/orders/1", "application/json"), ("PATCH", "/api/orders/1", "application/merge-patch+json")])
        {
            using var response = await server.WriteAsync(new(method), path, body, type);
            var problem = await response.AssertProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.InvalidBody);
            Assert.Equal(detail, problem.GetProperty("detail").GetString());
            Assert.Equal(at, problem.TryGetProperty("at", out var position) ? position.GetInt32() : null);
            Assert.False(problem.TryGetProperty("errors", out _));
        }
    }

    [Fact]
    public async Task Body_NestedTooDeep_IsRefused()
    {
        using var response = await server.PostAsync("/api/orders", string.Concat(Enumerable.Repeat("{\"a\":", 5000)) + "1" + new string('}', 5000));
        var problem = await response.AssertProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.InvalidBody);
        Assert.Equal("The body is nested more than 64 deep at line 1, character 321.", problem.GetProperty("detail").GetString());

        using var within = await server.PostAsync("/api/orders", string.Concat(Enumerable.Repeat("{\"a\":", 64)) + "[");
        problem = await within.AssertProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.InvalidBody);
        Assert.Equal("The body is nested more than 64 deep at line 1, character 321.", problem.GetProperty("detail").GetString());

        using var misplaced = await server.PostAsync("/api/orders", string.Concat(Enumerable.Repeat("{\"a\":", 63)) + "1[");
        problem = await misplaced.AssertProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.InvalidBody);
        Assert.Equal("The body is not JSON at line 1, character 317: \"[\" cannot be there.", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Body_InAnotherEncoding_IsRefused()
    {
        byte[][] bodies = [[.. "{\"note\":\""u8, 0xFF, .. "\"}"u8], Encoding.Unicode.GetBytes("{}"), [.. "{\"\\ud800\":1}"u8]];
        foreach (var body in bodies)
        {
            using var response = await server.WriteAsync(HttpMethod.Post, "/api/orders", body, "application/json");
            await response.AssertProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.InvalidBody);
        }

        using var marked = await server.WriteAsync(HttpMethod.Post, "/api/orders", [0xEF, 0xBB, 0xBF, .. "{}"u8], "application/json; charset=UTF-8");
        Assert.Equal(HttpStatusCode.Created, marked.StatusCode);
    }

    [Theory]
    [InlineData("POST", "/api/orders", null)]
    [InlineData("POST", "/api/orders", "text/plain")]
    [InlineData("POST", "/api/orders", "application/x-www-form-urlencoded")]
    [InlineData("POST", "/api/orders", "application/merge-patch+json")]
    [InlineData("POST", "/api/orders", "application/json; charset=utf-16")]
    [InlineData("PUT", "/api/orders/1", "text/json")]
    [InlineData("PATCH", "/api/orders/1", "application/json")]
    [InlineData("PATCH", "/api/orders/1", "application/json-patch+json")]
    public async Task Body_OfAnotherType_IsRefused(string method, string path, string? contentType)
    {
        using var response = await server.WriteAsync(new(method), path, "{}", contentType);
        await response.AssertProblemAsync(HttpStatusCode.UnsupportedMediaType, ProblemCodes.UnsupportedMediaType);
        Assert.Equal(method == "PATCH" ? "application/merge-patch+json" : "application/json", response.Header(method == "PATCH" ? "Accept-Patch" : "Accept-Post"));
    }

    [Fact]
    public async Task Body_Compressed_IsRefused()
    {
        using var content = new ByteArrayContent([0x1F, 0x8B]) { Headers = { ContentType = new("application/json") } };
        content.Headers.ContentEncoding.Add("gzip");
        using var response = await server.Client.PostAsync(new Uri("/api/orders", UriKind.Relative), content, TestContext.Current.CancellationToken);
        await response.AssertProblemAsync(HttpStatusCode.UnsupportedMediaType, ProblemCodes.UnsupportedMediaType);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Body_LargerThanTheLimit_IsRefused(bool withLength)
    {
        await using var small = await shop.StartAsync(options => options.Writing.MaxBodyBytes = 2048);
        foreach (var (size, status) in ((int, HttpStatusCode)[])[(2048, HttpStatusCode.Created), (2049, HttpStatusCode.RequestEntityTooLarge), (200_000, HttpStatusCode.RequestEntityTooLarge)])
        {
            var json = Encoding.UTF8.GetBytes($$"""{"note":"{{new string('x', size - 11)}}"}""");
            Assert.Equal(size, json.Length);
            using var content = withLength ? (HttpContent)new ByteArrayContent(json) : new StreamContent(new Unsized(json));
            content.Headers.ContentType = new("application/json");
            using var response = await small.Client.PostAsync(new Uri("/api/orders", UriKind.Relative), content, TestContext.Current.CancellationToken);
            if (status == HttpStatusCode.Created)
                await response.ItemAsync(status);
            else
                await response.AssertProblemAsync(status, ProblemCodes.PayloadTooLarge);
        }
    }

    [Fact]
    public async Task Body_OfManyUnknownFields_IsAnsweredInShort()
    {
        var body = "{" + string.Join(',', Enumerable.Range(0, 5000).Select(i => $"\"{new string('n', 150)}{i}\":1").Concat(Enumerable.Range(0, 5000).Select(i => $"\"x{i}\":1"))) + "}";
        using var response = await server.PostAsync("/api/orders", body);
        var faults = await response.FaultsAsync();
        Assert.Equal(100, faults.Length);
        Assert.All(faults, fault => Assert.True(fault.Length <= 101));
    }

    [Fact]
    public async Task Name_CutOffInAnswers_IsCutBetweenCharacters()
    {
        var start = new string('n', 99);
        using var response = await server.PostAsync("/api/orders", $"{{\"{start}😀x\":1}}");
        Assert.Equal([start + "…"], await response.FaultsAsync());
    }

    /// <summary>A stream whose length is not known before it ends.</summary>
    private sealed class Unsized(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
