using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using RealtimeApi.Server.Documents.Schemas;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Documents.AsyncApi;

/// <summary>Writes the AsyncAPI 3 document: the hub, and the streams of each resource that can be watched, with the schemas of the OpenAPI document.</summary>
/// <remarks>Made of JSON nodes, since no library for .NET describes version 3 from a model of its own.</remarks>
internal static class AsyncApiDocument
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = ItemWriter.Options.Encoder };

    public static byte[] Write(ResourceCatalog catalog, ServerAddress address)
    {
        var watchable = ResourceNames.Of(catalog).Where(names => names.Resource.Watchable).ToList();
        var channels = new JsonObject();
        var operations = new JsonObject();
        var messages = new JsonObject();
        HubChannel.Describe(watchable.Count > 0 ? watchable[0].Resource.Name : "orders", channels, operations, messages);
        StreamChannels.DescribeShared(messages);
        var operationIds = new HashSet<string>(operations.Select(operation => operation.Key), StringComparer.Ordinal);
        foreach (var names in watchable)
            StreamChannels.Describe(names, channels, operations, messages, operationIds);
        var document = new JsonObject
        {
            ["asyncapi"] = "3.0.0",
            ["info"] = new JsonObject
            {
                ["title"] = "RealtimeApi: hub and streams",
                ["version"] = "1",
                ["description"] = Introduction(address),
                ["externalDocs"] = new JsonObject { ["description"] = "Reads, pages of changes and writes (OpenAPI).", ["url"] = address.Url + DocumentsRegistration.OpenApiPath },
            },
            ["defaultContentType"] = "application/json",
            ["servers"] = new JsonObject
            {
                [HubChannel.Server] = Server(address, address.IsSecure ? "wss" : "ws", "Speaks SignalR over WebSockets."),
                [StreamChannels.Server] = Server(address, address.IsSecure ? "https" : "http", "Streams server-sent events."),
            },
            ["channels"] = channels,
            ["operations"] = operations,
            ["components"] = new JsonObject { ["messages"] = messages, ["schemas"] = Schemas(watchable) },
        };
        return JsonSerializer.SerializeToUtf8Bytes(document, Options);
    }

    /// <summary>A reference to another part of the document.</summary>
    public static JsonObject Ref(string path) => new() { ["$ref"] = "#/" + path };

    /// <summary>A schema as it stands in the document.</summary>
    public static JsonNode Json(OpenApiSchema schema)
    {
        var text = new StringWriter();
        schema.SerializeAsV31(new OpenApiJsonWriter(text, new OpenApiJsonWriterSettings { Terse = true }));
        return JsonNode.Parse(text.ToString())!;
    }

    private static JsonObject Schemas(List<ResourceNames> watchable)
    {
        var wire = new WireSchemas(host: null);
        var used = new HashSet<string>([WireSchemas.Bookmark, WireSchemas.Problem], StringComparer.Ordinal);
        var schemas = new JsonObject();
        foreach (var names in watchable)
            used.UnionWith([names.Item, names.Event]);
        foreach (var (name, schema) in WireSchemas.Common(anyWatchable: true).Concat(watchable.SelectMany(wire.Of)).Where(schema => used.Contains(schema.Name)).Concat(HubSchemas.Common(wire, watchable)))
            schemas[name] = Json(schema);
        return schemas;
    }

    private static JsonObject Server(ServerAddress address, string protocol, string description)
    {
        var server = new JsonObject { ["host"] = address.Host, ["protocol"] = protocol, ["description"] = description };
        if (address.Path.Length > 0)
            server["pathname"] = address.Path;
        return server;
    }

    private static string Introduction(ServerAddress address) => $$"""
        What the server sends by itself: the changes of the resources that a client watches, over the SignalR hub or as server-sent events. Both give the same events and take the same cursors.

        A watch promises that its events are exactly the changes after its cursor that touch its view, each once and in order, also across lost connections, other nodes and restarts, as long as it resumes from the last cursor seen. A cursor that cannot be continued is refused with `cursor-expired`: list again.

        How to read, filter, resume and write is in the introduction of the OpenAPI document, {{address.Url}}{{DocumentsRegistration.OpenApiPath}}.
        """;
}
