using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace RealtimeApi.Server.Documents.Schemas;

/// <summary>The hub's messages as the hub protocol <c>json</c> sends them (PROTOCOL, SignalR): an invocation, its completion, and what is in them.</summary>
internal static class HubSchemas
{
    public const string WatchRequest = "WatchRequest";
    public const string SubscribeReply = "SubscribeReply";
    public const string Batch = "Batch";
    public const string PresenceReply = "PresenceReply";

    private const int Invocation = 1;
    private const int Completion = 3;
    private const int MaxIdLength = 64;

    /// <summary>What the messages carry.</summary>
    public static IEnumerable<(string Name, OpenApiSchema Schema)> Common(WireSchemas wire, IReadOnlyList<ResourceNames> watchable)
    {
        yield return (WatchRequest, WireSchemas.Object(
            [
                ("resource", watchable.Count == 0 ? WireSchemas.Text() : WireSchemas.OneOf("Which resource.", [.. watchable.Select(names => names.Resource.Name)])),
                ("key", WireSchemas.Text("The key of the one item to watch, present or not. Default: the whole resource.")),
                ("filter", WireSchemas.Text("Which items, as `$filter` of a read; not together with `key`. Default: all.")),
                ("select", WireSchemas.Text("The fields to send, separated by commas. A change that alters none of them is no event. Default: all.")),
                ("since", WireSchemas.Text("The cursor to continue after. Default: now.")),
                ("initial", WireSchemas.Flag("Whether the current items come first; not together with `since`. Default: false.")),
            ],
            ["resource"],
            "What to watch."));
        yield return (SubscribeReply, WireSchemas.Object(
            [("cursor", OrNull(WireSchemas.Cursor("Every change of the view after it will be pushed. Null when the current items come first.")))],
            ["cursor"]));
        yield return (PresenceReply, WireSchemas.Object(
            [
                ("you", Peer()),
                ("count", new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "0", Description = "How many others there are." }),
                ("others", Peers()),
            ],
            ["you", "count", "others"],
            "Who watches an item; of more than 1,000 others that many. `Joined` tells all of them."));
        yield return (Batch, WireSchemas.Object(
            [
                ("from", OrNull(WireSchemas.Text("Where the watch's last batch ended; for the first, the reply's cursor. If it is not what you hold, subscribe again with `since`. Null while the current items are sent."))),
                ("cursor", OrNull(WireSchemas.Cursor("Where this batch ends. Null while the current items are sent."))),
                ("changes", new OpenApiSchema
                {
                    Type = JsonSchemaType.Array,
                    Items = watchable.Count == 0 ? new OpenApiSchema { Type = JsonSchemaType.Object } : new OpenApiSchema { AnyOf = [.. watchable.Select(names => wire.Ref(names.Event))] },
                    Description = "The next events, in order. Empty: a bookmark.",
                }),
                ("part", new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Description = "Counts the batches of the current items. 1 anew: forget what you held, they start again." }),
                ("synced", WireSchemas.Flag("`true` on the batch that ends the current items; it brings the first cursor.")),
            ],
            ["from", "cursor", "changes"],
            "The next events of a watch."));
    }

    /// <summary>Some of those who watch an item.</summary>
    public static OpenApiSchema Peers() => new() { Type = JsonSchemaType.Array, Items = Peer() };

    /// <summary>The key of an item, or null for the resource.</summary>
    public static OpenApiSchema KeyOrNull() => OrNull(WireSchemas.Text("The item's key; null for those who watch the resource without a key."));

    /// <summary>The id of a watch.</summary>
    public static OpenApiSchema WatchId() => new() { Type = JsonSchemaType.String, MinLength = 1, MaxLength = MaxIdLength, Description = "The client's own name for the watch, unique on the connection." };

    /// <summary>A call of a method of the other side.</summary>
    /// <param name="target">The method.</param>
    /// <param name="expectsReply">Whether the caller waits for a completion of the same <c>invocationId</c>.</param>
    /// <param name="arguments">Its arguments.</param>
    public static JsonObject Call(string target, bool expectsReply, params JsonNode[] arguments)
    {
        var properties = new JsonObject { ["type"] = new JsonObject { ["const"] = Invocation } };
        if (expectsReply)
            properties["invocationId"] = new JsonObject { ["type"] = "string", ["description"] = "The caller's own; the completion has the same." };
        properties["target"] = new JsonObject { ["const"] = target };
        properties["arguments"] = new JsonObject { ["type"] = "array", ["items"] = new JsonArray(arguments), ["minItems"] = arguments.Length, ["maxItems"] = arguments.Length };
        return Message(properties);
    }

    /// <summary>The end of a call that went well.</summary>
    /// <param name="result">What it gave; null for nothing.</param>
    public static JsonObject Done(JsonNode? result)
    {
        var properties = CompletionProperties();
        if (result is not null)
            properties["result"] = result;
        return Message(properties);
    }

    /// <summary>The end of a call that was refused.</summary>
    public static JsonObject Refused()
    {
        var properties = CompletionProperties();
        properties["error"] = new JsonObject { ["type"] = "string", ["description"] = "`<code>: <detail>`, with a code of the REST API's problems. Clients of SignalR get it as a `HubException`, with words of SignalR's own before it." };
        return Message(properties);
    }

    private static OpenApiSchema Peer() => WireSchemas.Object(
        [("id", WireSchemas.Text("Drawn for the connection; the `from` of its messages.")), ("name", WireSchemas.Text("The user's name, where the server knows it."))],
        ["id"],
        "A connection that watches the item.");

    private static JsonObject CompletionProperties() => new()
    {
        ["type"] = new JsonObject { ["const"] = Completion },
        ["invocationId"] = new JsonObject { ["type"] = "string", ["description"] = "That of the call." },
    };

    private static JsonObject Message(JsonObject properties) => new()
    {
        ["type"] = "object",
        ["properties"] = properties,
        ["required"] = new JsonArray([.. properties.Select(property => (JsonNode)JsonValue.Create(property.Key))]),
    };

    private static OpenApiSchema OrNull(OpenApiSchema schema)
    {
        schema.Type |= JsonSchemaType.Null;
        return schema;
    }
}
