using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using RealtimeApi.Tests.Integration.Hubs;
using RealtimeApi.Tests.Integration.Rest;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Documents;

public sealed class AsyncApiTests : IDisposable
{
    private readonly TempDatabase database = new(Databases.EveryType);

    public void Dispose() => database.Dispose();

    [Fact]
    public async Task Document_Schemas_AreThoseOfTheOpenApiDocument()
    {
        await using var server = await DescribedServer.StartAsync(database);
        var openApi = (await server.ReadAsync(DescribedServer.OpenApi))["components"]!["schemas"]!;
        var asyncApi = (await server.ReadAsync(DescribedServer.AsyncApi))["components"]!["schemas"]!;

        foreach (var name in new[] { "things.item", "things.event", "orderLines.item", "orderLines.event", "Problem", "Bookmark" })
            Assert.True(JsonNode.DeepEquals(openApi[name], asyncApi[name]), $"{name}: {openApi[name]} and {asyncApi[name]}");
        Assert.Null(asyncApi["cheap.item"]);
    }

    [Fact]
    public async Task Document_References_LeadSomewhere()
    {
        using var awkward = new TempDatabase(Databases.AwkwardNames);
        await using var server = await DescribedServer.StartAsync(awkward);
        var document = await server.ReadAsync(DescribedServer.AsyncApi);

        var references = References(document).ToList();

        Assert.NotEmpty(references);
        Assert.All(references, reference => document.Resolve(reference));
        Assert.Equal(1 + (2 * 8), document["channels"]!.AsObject().Count);
    }

    [Fact]
    public async Task Document_BehindAPathBase_NamesIt()
    {
        await using var server = await DescribedServer.StartAsync(database, map: app => app.UsePathBase("/shop").UseRouting());

        var servers = (await server.ReadAsync("/shop" + DescribedServer.AsyncApi))["servers"]!;

        Assert.Equal(server.Address.Authority, servers["hub"]!["host"]!.GetValue<string>());
        Assert.Equal("/shop", servers["hub"]!["pathname"]!.GetValue<string>());
        Assert.Equal("ws", servers["hub"]!["protocol"]!.GetValue<string>());
        Assert.Equal("http", servers["streams"]!["protocol"]!.GetValue<string>());
    }

    [Fact]
    public async Task Hub_EveryMessage_IsAsDescribed()
    {
        await using var server = await DescribedServer.StartAsync(database, options =>
            (options.Resources["*"].Messages, options.Resources["*"].Presence) = (true, true));
        var document = await server.ReadAsync(DescribedServer.AsyncApi);
        await using var hub = await RawHubSocket.ConnectAsync(server);

        await SendAsync("subscribe", """{"type":1,"invocationId":"a","target":"Subscribe","arguments":["all",{"resource":"things"}]}""");
        await ReceiveAsync("subscribed");
        await SendAsync("subscribe", """{"type":1,"invocationId":"b","target":"Subscribe","arguments":["all",{"resource":"things"}]}""");
        await ReceiveAsync("refused");
        await server.ChangeAsync(database, "UPDATE Things SET Note = 'new' WHERE Id = 2");
        await ReceiveAsync("changes");
        await server.ChangeAsync(database, "DELETE FROM Things WHERE Id = 1");
        await ReceiveAsync("changes");
        await SendAsync("unsubscribe", """{"type":1,"invocationId":"c","target":"Unsubscribe","arguments":["all"]}""");
        await ReceiveAsync("unsubscribed");

        await SendAsync("subscribe", """{"type":1,"invocationId":"d","target":"Subscribe","arguments":["items",{"resource":"things","initial":true}]}""");
        await ReceiveAsync("subscribed");
        await ReceiveAsync("changes");
        database.Execute("ALTER TABLE Things ADD COLUMN Extra TEXT");
        while (await ReceiveAnyAsync("changes", "ended") != "ended")
        {
        }

        await SendAsync("subscribe", """{"type":1,"invocationId":"e","target":"Subscribe","arguments":["line",{"resource":"orderLines","key":"1,1"}]}""");
        await ReceiveAsync("subscribed");
        await using var other = await RawHubSocket.ConnectAsync(server);
        await other.SendAsync("""{"type":1,"invocationId":"a","target":"Subscribe","arguments":["line",{"resource":"orderLines","key":"1,1"}]}""");
        await other.ReceiveAsync();
        await SendAsync("presence", """{"type":1,"invocationId":"f","target":"Presence","arguments":["orderLines","1,1"]}""");
        await ReceiveSoonAsync("joined", "present");
        await other.SendAsync("""{"type":1,"target":"Send","arguments":["orderLines","1,1",{"x":1}]}""");
        await ReceiveAsync("message");
        await SendAsync("send", """{"type":1,"invocationId":"g","target":"Send","arguments":["orderLines","1,1",null]}""");
        await ReceiveAsync("sent");
        await other.SendAsync("""{"type":1,"target":"Unsubscribe","arguments":["line"]}""");
        await ReceiveAsync("left");

        Task SendAsync(string message, string text)
        {
            Check(message, text);
            return hub.SendAsync(text);
        }

        async Task ReceiveAsync(string message) => Check(message, (await hub.ReceiveAsync())!);

        // In either order.
        async Task ReceiveSoonAsync(string push, string reply)
        {
            foreach (var text in (string[])[(await hub.ReceiveAsync())!, (await hub.ReceiveAsync())!])
                Check(text.Contains("\"target\"", StringComparison.Ordinal) ? push : reply, text);
        }

        async Task<string> ReceiveAnyAsync(params string[] messages)
        {
            var text = (await hub.ReceiveAsync())!;
            var message = messages.Single(candidate => text.Contains($"\"target\":\"{candidate}\"", StringComparison.OrdinalIgnoreCase));
            Check(message, text);
            return message;
        }

        void Check(string message, string text) => SchemaCheck.Fits(document, document["components"]!["messages"]![message]!["payload"]!, JsonDocument.Parse(text).RootElement);
    }

    [Fact]
    public async Task Stream_EveryMessage_IsAsDescribed()
    {
        await using var server = await DescribedServer.StartAsync(database);
        var document = await server.ReadAsync(DescribedServer.AsyncApi);
        var openApi = await server.ReadAsync(DescribedServer.OpenApi);
        var schema = openApi["paths"]!["/api/things/events"]!["get"]!["responses"]!["200"]!["content"]!["text/event-stream"]!["schema"]!;
        var messages = document["channels"]!["things.events"]!["messages"]!.AsObject().Select(message => document.Resolve(message.Value!)).ToList();
        await using var stream = await server.Client.GetStreamAsync(new Uri("/api/things/events?initial=true", UriKind.Relative), TestContext.Current.CancellationToken);
        var seen = new HashSet<string>();

        await foreach (var item in SseParser.Create(stream).EnumerateAsync(TestContext.Current.CancellationToken))
        {
            var message = Assert.Single(messages, message => message["headers"]!["properties"]!["event"]!["enum"]!.AsArray().Any(type => type!.GetValue<string>() == item.EventType));
            SchemaCheck.Fits(document, message["payload"]!, JsonDocument.Parse(item.Data).RootElement);
            var lines = new JsonObject { ["event"] = item.EventType, ["data"] = item.Data };
            if (item.EventId is { } id)
                lines["id"] = id;
            SchemaCheck.Fits(openApi, schema, JsonSerializer.SerializeToElement(lines));
            if (item.EventType == "synced")
                await server.ChangeAsync(database, "UPDATE Things SET Note = 'changed' WHERE Id = 3");
            if (item.EventType == "things.updated")
                database.Execute("ALTER TABLE Things ADD COLUMN Extra TEXT");
            seen.Add(item.EventType);
        }

        Assert.Superset(new HashSet<string> { "reset", "things.created", "synced", "things.updated", "ended" }, seen);
    }

    private static IEnumerable<JsonNode> References(JsonNode? node) => node switch
    {
        JsonObject json when json["$ref"] is not null => [json],
        JsonObject json => json.SelectMany(property => References(property.Value)),
        JsonArray array => array.SelectMany(References),
        _ => [],
    };
}
