using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Tests.Integration.Rest;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Documents;

public sealed class OpenApiTests : IDisposable
{
    private readonly TempDatabase database = new(Databases.EveryType);

    public void Dispose() => database.Dispose();

    [Fact]
    public async Task Document_TableOfEveryType_DescribesEachField()
    {
        await using var server = await StartAsync();
        var document = await server.ReadAsync(DescribedServer.OpenApi);

        var item = document["components"]!["schemas"]!["things.item"]!;
        var fields = item["properties"]!.AsObject().ToDictionary(field => field.Key, field => Describe(field.Value!));

        Assert.Equal(
            new Dictionary<string, string>
            {
                ["id"] = "integer|string int64",
                ["flag"] = "boolean",
                ["big"] = "integer|string int64",
                ["price"] = "number|string",
                ["ratio"] = "null|number double",
                ["name"] = "string ..40",
                ["note"] = "null|string",
                ["code"] = "string uuid",
                ["picture"] = "null|string byte",
                ["stamp"] = "null|string byte ..16",
                ["day"] = "string date",
                ["hour"] = "string time-local",
                ["made"] = "string date-time",
                ["anything"] = "null|number|string",
                ["twice"] = "integer|null|string int64 read-only",
                ["state"] = "string",
            },
            fields);
        Assert.Equal(["id"], item["required"]!.AsArray().Select(name => name!.GetValue<string>()));
    }

    [Fact]
    public async Task Document_WritableTable_RequiresWhatHasNoDefault()
    {
        await using var server = await StartAsync();
        var schemas = (await server.ReadAsync(DescribedServer.OpenApi))["components"]!["schemas"]!;

        Assert.Equal(["big", "code", "day", "flag", "hour", "made", "name", "price", "ratio"], Required("things.create"));
        Assert.Equal(["amount", "orderId", "product"], Required("orderLines.create"));
        Assert.Equal(["amount"], Required("orderLines.write"));
        Assert.Empty(Required("orderLines.patch"));
        Assert.Equal("number double", Describe(schemas["things.create"]!["properties"]!["ratio"]!));
        Assert.False(schemas["things.create"]!["additionalProperties"]!.GetValue<bool>());

        IEnumerable<string> Required(string schema) => schemas[schema]!["required"]?.AsArray().Select(name => name!.GetValue<string>()) ?? [];
    }

    [Fact]
    public async Task Document_HiddenColumn_IsNowhere()
    {
        await using var server = await StartAsync();

        var openApi = await server.Client.GetStringAsync(new Uri(DescribedServer.OpenApi, UriKind.Relative), TestContext.Current.CancellationToken);
        var asyncApi = await server.Client.GetStringAsync(new Uri(DescribedServer.AsyncApi, UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Contains("price", openApi, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", openApi, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("hidden-value", openApi, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", asyncApi, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Document_View_CanOnlyBeRead()
    {
        await using var server = await StartAsync();
        var document = await server.ReadAsync(DescribedServer.OpenApi);

        Assert.Equal(
            ["getCheapByKey", "listCheap"],
            document.Operations().Where(operation => operation.Path.Contains("cheap", StringComparison.Ordinal)).Select(operation => operation.Operation["operationId"]!.GetValue<string>()).Order());
        Assert.Null(document["components"]!["schemas"]!["cheap.event"]);
    }

    [Fact]
    public async Task Document_NothingWritable_HasReadsOnly()
    {
        await using var server = await DescribedServer.StartAsync(database);
        var document = await server.ReadAsync(DescribedServer.OpenApi);

        Assert.All(document.Operations(), operation => Assert.Equal("get", operation.Method));
        Assert.DoesNotContain(document["components"]!["schemas"]!.AsObject(), schema => schema.Key.EndsWith(".create", StringComparison.Ordinal));
        Assert.Contains("takes writes", document["info"]!["description"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reads_AllOfThem_AnswerAsDescribed()
    {
        await using var server = await StartAsync();
        var document = await server.ReadAsync(DescribedServer.OpenApi);

        var seen = 0;
        foreach (var (path, _, operation) in document.Operations().Where(operation => operation.Method == "get"))
        {
            foreach (var address in await AddressesAsync(server, document, path))
            {
                using var response = await AskAsync(server, address);
                await AssertDescribedAsync(document, operation, response, HttpStatusCode.OK);
                seen++;
            }
        }

        // The service document; the lists and their watches; the items and theirs; those of the view.
        Assert.Equal(1 + 3 + (2 * 2) + 5 + (5 * 2) + 2, seen);
    }

    [Fact]
    public async Task Read_WithEveryParameter_AnswersAsDescribed()
    {
        await using var server = await StartAsync();
        var document = await server.ReadAsync(DescribedServer.OpenApi);

        foreach (var name in new[] { "things", "orderLines", "cheap" })
        {
            var operation = document["paths"]!["/api/" + name]!["get"]!.AsObject();
            var query = string.Join('&', operation["parameters"]!.AsArray()
                .Select(parameter => document.Resolve(parameter!))
                .Where(parameter => parameter["in"]!.GetValue<string>() == "query" && parameter["name"]!.GetValue<string>() != "$skiptoken")
                .Select(parameter => $"{parameter["name"]}={Uri.EscapeDataString(ExampleOf(parameter, key: name == "orderLines" ? "product" : "id"))}"));
            using var response = await server.SendAsync($"/api/{name}?{query}");
            await AssertDescribedAsync(document, operation, response, HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task Refusals_OfReads_AreAsDescribed()
    {
        await using var server = await StartAsync();
        var document = await server.ReadAsync(DescribedServer.OpenApi);

        await AssertAsync("/api/things", "/api/things?$filter=colour", HttpStatusCode.BadRequest);
        await AssertAsync("/api/things/{id}", "/api/things/99", HttpStatusCode.NotFound);
        await AssertAsync("/api/things/events", "/api/things/events?since=x", HttpStatusCode.BadRequest);
        await AssertAsync("/api/things/events", "/api/things/events", HttpStatusCode.NotAcceptable, ("Accept", "text/html"));
        await AssertAsync("/api/things/changes", "/api/things/changes?wait=61", HttpStatusCode.BadRequest);
        var tag = (await server.SendAsync("/api/things/1")).Headers.ETag!.ToString();
        await AssertAsync("/api/things/{id}", "/api/things/1", HttpStatusCode.NotModified, ("If-None-Match", tag));

        async Task AssertAsync(string path, string address, HttpStatusCode status, params (string, string)[] headers)
        {
            using var response = await server.SendAsync(address, headers);
            await AssertDescribedAsync(document, document["paths"]![path]!["get"]!.AsObject(), response, status);
        }
    }

    [Fact]
    public async Task Writes_OfExamplesOfTheSchema_AnswerAsDescribed()
    {
        await using var server = await StartAsync();
        var document = await server.ReadAsync(DescribedServer.OpenApi);
        var body = ExampleBody("things.create");
        body.Remove("id");

        using var created = await WriteAsync("post", "/api/things", "/api/things", body, HttpStatusCode.Created);
        var address = created.Headers.Location!.ToString();
        using var refused = await WriteAsync("post", "/api/things", "/api/things", new JsonObject { ["flag"] = "maybe" }, HttpStatusCode.BadRequest);
        using var wrong = await WriteAsync("post", "/api/things", "/api/things", body, HttpStatusCode.UnsupportedMediaType, ("Content-Type", "text/plain"));
        using var changed = await WriteAsync("patch", "/api/things/{id}", address, new JsonObject { ["note"] = null }, HttpStatusCode.OK);
        var replacement = ExampleBody("things.write");
        replacement.Remove("id");
        using var replaced = await WriteAsync("put", "/api/things/{id}", address, replacement, HttpStatusCode.OK);
        using var outdated = await WriteAsync("put", "/api/things/{id}", address, replacement, HttpStatusCode.PreconditionFailed, ("If-Match", "\"x\""));
        using var line = await WriteAsync("put", "/api/orderLines/{orderId},{product}", "/api/orderLines/9,b%2Cc", new JsonObject { ["amount"] = 1 }, HttpStatusCode.Created);
        using var deleted = await WriteAsync("delete", "/api/things/{id}", address, null, HttpStatusCode.NoContent);
        using var gone = await WriteAsync("delete", "/api/things/{id}", address, null, HttpStatusCode.NotFound);

        JsonObject ExampleBody(string schema) => new(document["components"]!["schemas"]![schema]!["properties"]!.AsObject()
            .Where(field => field.Value!["readOnly"] is null)
            .Select(field => KeyValuePair.Create(field.Key, (JsonNode?)field.Value!["examples"]![0]!.DeepClone())));

        async Task<HttpResponseMessage> WriteAsync(string method, string path, string to, JsonObject? json, HttpStatusCode status, params (string Name, string Value)[] headers)
        {
            var operation = document["paths"]![path]![method]!.AsObject();
            using var request = new HttpRequestMessage(HttpMethod.Parse(method), new Uri(to, UriKind.Relative));
            if (json is not null)
            {
                var (mediaType, content) = Assert.Single(operation["requestBody"]!["content"]!.AsObject());
                if (status is HttpStatusCode.OK or HttpStatusCode.Created)
                    SchemaCheck.Fits(document, content!["schema"]!, JsonSerializer.SerializeToElement(json));
                request.Content = new StringContent(json.ToJsonString(), Encoding.UTF8, headers.FirstOrDefault(header => header.Name == "Content-Type").Value ?? mediaType);
            }

            foreach (var (name, value) in headers.Where(header => header.Name != "Content-Type"))
                request.Headers.TryAddWithoutValidation(name, value);
            var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
            await AssertDescribedAsync(document, operation, response, status);
            return response;
        }
    }

    [Fact]
    public async Task Document_TableAltered_FollowsAndGetsAnotherTag()
    {
        await using var server = await StartAsync();
        using var before = await server.SendAsync(DescribedServer.OpenApi);
        using var same = await server.SendAsync(DescribedServer.OpenApi, ("If-None-Match", before.Headers.ETag!.ToString()));
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);

        await server.ChangeAsync(database, """ALTER TABLE "Order Lines" ADD COLUMN Discount DECIMAL(5, 2); INSERT INTO "Order Lines" VALUES (1, 'new', 1, 0.5)""");

        using var after = await server.SendAsync(DescribedServer.OpenApi, ("If-None-Match", before.Headers.ETag!.ToString()));
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
        var document = JsonNode.Parse(await after.TextAsync())!;
        Assert.Equal("null|number|string", Describe(document["components"]!["schemas"]!["orderLines.item"]!["properties"]!["discount"]!));
        Assert.Contains("discount", (await server.ReadAsync(DescribedServer.AsyncApi)).ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Document_AwkwardNames_AreUniqueAndLeadToTheirResources()
    {
        using var awkward = new TempDatabase(Databases.AwkwardNames);
        await using var server = await DescribedServer.StartAsync(awkward);
        var document = await server.ReadAsync(DescribedServer.OpenApi);

        var ids = document.Operations().Select(operation => operation.Operation["operationId"]!.GetValue<string>()).ToList();
        Assert.Equal(ids.Count, ids.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(ids, id => Assert.Matches("^[A-Za-z0-9_]+$", id));
        foreach (var (path, _, operation) in document.Operations())
        {
            foreach (var address in await AddressesAsync(server, document, path))
            {
                using var response = await AskAsync(server, address);
                await AssertDescribedAsync(document, operation, response, HttpStatusCode.OK);
            }
        }
    }

    [Fact]
    public async Task Document_BehindAPathBase_NamesIt()
    {
        await using var server = await DescribedServer.StartAsync(database, map: app => app.UsePathBase("/the shop").UseRouting());

        var document = await server.ReadAsync("/the%20shop" + DescribedServer.OpenApi);

        Assert.Equal("/the%20shop", document["servers"]![0]!["url"]!.GetValue<string>());
        Assert.Contains($"{server.Address}the%20shop/api/", document["info"]!["description"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("/", (await server.ReadAsync(DescribedServer.OpenApi))["servers"]![0]!["url"]!.GetValue<string>());
    }

    [Fact]
    public async Task Document_InAnEmptyDatabase_SaysSo()
    {
        using var empty = new TempDatabase();
        await using var server = await DescribedServer.StartAsync(empty);

        var document = await server.ReadAsync(DescribedServer.OpenApi);

        Assert.Contains("no resources yet", document["info"]!["description"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(["/api"], document["paths"]!.AsObject().Select(path => path.Key));
    }

    [Fact]
    public async Task Document_OfAHostWithItsOwn_StandsBesideIt()
    {
        await using var server = await TestServer.StartAsync(
            database.File,
            build: services =>
            {
                services.AddOpenApi();
                services.Configure<OpenApiOptions>("realtimeapi", options => options.AddDocumentTransformer(static (document, _, _) =>
                {
                    document.Info.Title = "The host's title";
                    return Task.CompletedTask;
                }));
            },
            map: app =>
            {
                app.MapGet("/hello", () => "hello");
                app.MapOpenApi();
            });

        var own = await server.ReadAsync("/openapi/v1.json");
        var ours = await server.ReadAsync("/openapi/realtimeapi.json");

        Assert.Equal(["/hello"], own["paths"]!.AsObject().Select(path => path.Key));
        Assert.Equal("The host's title", ours["info"]!["title"]!.GetValue<string>());
        Assert.NotNull(ours["paths"]!["/api/things"]);
        Assert.Null(ours["paths"]!["/hello"]);
    }

    [Theory, InlineData("/docs"), InlineData("/docs/"), InlineData("/docs/scalar.js")]
    public async Task Reference_AskedWithHead_AnswersAsToGet(string path)
    {
        await using var server = await StartAsync();
        using var get = await server.SendAsync(path);
        using var head = await server.SendAsync(HttpMethod.Head, path);

        Assert.Equal(get.StatusCode, head.StatusCode);
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        using var post = await server.SendAsync(HttpMethod.Post, path);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
    }

    [Fact]
    public async Task Documents_Conventions_ApplyToAll()
    {
        await using var server = await TestServer.StartAsync(database.File, map: app => app.MapRealtimeApiDocuments().Add(endpoint => endpoint.RequestDelegate = static context =>
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }));

        foreach (var path in new[] { DescribedServer.OpenApi, DescribedServer.AsyncApi, "/docs/", "/docs/scalar.js" })
        {
            using var response = await server.SendAsync(path);
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        }
    }

    private Task<TestServer> StartAsync() => DescribedServer.StartAsync(database, options =>
    {
        options.Resources["*"] = new() { Write = true };
        options.Resources["things"] = new() { Table = "Things", Columns = { ["Secret"] = new() { Hidden = true } } };
    });

    /// <summary>The addresses that a path stands for: itself, or with the keys of all items of the resource in it.</summary>
    private static async Task<IEnumerable<string>> AddressesAsync(TestServer server, JsonNode document, string path)
    {
        if (document["paths"]![path]!["parameters"] is not { } parameters)
            return [path];
        var href = path[..path.IndexOf("/{", StringComparison.Ordinal)];
        var resource = (await server.GetJsonAsync("/api")).GetProperty("resources").EnumerateArray().Single(resource => resource.GetProperty("href").GetString() == href);
        var list = await server.GetJsonAsync(href);
        return list.GetProperty("value").EnumerateArray().Select(item => resource.GetProperty("key").EnumerateArray()
            .Zip(parameters.AsArray(), (field, parameter) => (Value: item.GetProperty(field.GetString()!).ToString(), Name: document.Resolve(parameter!)["name"]))
            .Aggregate(path, (address, part) => address.Replace($"{{{part.Name}}}", Uri.EscapeDataString(part.Value), StringComparison.Ordinal))).ToList();
    }

    /// <summary>Sends a request as it is written, and waits for the start of the answer only: some have no end.</summary>
    private static Task<HttpResponseMessage> AskAsync(TestServer server, string address) => server.Client.SendAsync(
        new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address.GetLeftPart(UriPartial.Authority) + address, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true })),
        HttpCompletionOption.ResponseHeadersRead,
        TestContext.Current.CancellationToken);

    private static async Task AssertDescribedAsync(JsonNode document, JsonObject operation, HttpResponseMessage response, HttpStatusCode status)
    {
        var id = operation["operationId"];
        var mediaType = response.Content.Headers.ContentType?.MediaType;
        var isStream = mediaType == "text/event-stream";
        var text = isStream ? "" : await response.TextAsync();
        Assert.True(response.StatusCode == status, $"{id}: {response.RequestMessage!.RequestUri} was answered with {(int)response.StatusCode}: {text}");
        var described = operation["responses"]![((int)response.StatusCode).ToString(CultureInfo.InvariantCulture)];
        Assert.True(described is not null, $"{id} says nothing of {(int)response.StatusCode}.");
        described = document.Resolve(described!);
        foreach (var (header, _) in described["headers"]?.AsObject() ?? [])
            Assert.True(response.Headers.Contains(header), $"{id}: {header} is missing.");
        if (described["content"] is not { } content)
        {
            Assert.Equal("", text);
            return;
        }

        Assert.True(content[mediaType!] is not null, $"{id} says nothing of {mediaType}.");
        if (!isStream)
            SchemaCheck.Fits(document, content[mediaType!]!["schema"]!, JsonDocument.Parse(text).RootElement);
    }

    private static string ExampleOf(JsonNode parameter, string key)
    {
        if (parameter["examples"] is { } examples)
            return examples.AsObject().Last().Value!["value"]!.GetValue<string>();
        var schema = parameter["schema"]!;
        return schema["default"]?.ToJsonString() ?? (schema["items"]?["enum"] is { } names ? string.Join(',', names.AsArray()) : $"{key} desc");
    }

    private static string Describe(JsonNode schema)
    {
        var text = new StringBuilder(schema["type"] is JsonArray types ? string.Join('|', types.Select(type => type!.GetValue<string>()).Order(StringComparer.Ordinal)) : schema["type"]!.GetValue<string>());
        if (schema["format"] is { } format)
            text.Append(' ').Append(format);
        if (schema["maxLength"] is { } maxLength)
            text.Append(" ..").Append(maxLength);
        if (schema["readOnly"] is not null)
            text.Append(" read-only");
        return text.ToString();
    }
}
