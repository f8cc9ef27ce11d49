using System.Text.Json.Nodes;
using RealtimeApi.Server.Documents.Schemas;
using RealtimeApi.Server.Requests;
using RealtimeApi.Server.Sse;
using static RealtimeApi.Server.Documents.AsyncApi.AsyncApiDocument;

namespace RealtimeApi.Server.Documents.AsyncApi;

/// <summary>Describes the streams of server-sent events of a resource and of its items.</summary>
internal static class StreamChannels
{
    public const string Server = "streams";

    private static readonly string[] Marks = ["bookmark", "reset", "synced", "stream-ended"];

    /// <summary>The messages of every stream beside the events.</summary>
    public static void DescribeShared(JsonObject messages)
    {
        messages["bookmark"] = Message("bookmark", "No change, but a newer cursor. A stream without `initial` opens with one.", Ref($"components/schemas/{WireSchemas.Bookmark}"), hasId: true, "bookmark");
        messages["reset"] = Message("reset", "The initial items begin: forget what you held.", new() { ["type"] = "object", ["maxProperties"] = 0 }, hasId: false, "reset");
        messages["synced"] = Message("synced", "The initial items are complete; changes follow.", Ref($"components/schemas/{WireSchemas.Bookmark}"), hasId: true, "synced");
        messages["stream-ended"] = Message("ended", "The server ended this watch, for the reason given; the response closes.", Ref($"components/schemas/{WireSchemas.Problem}"), hasId: false, "ended");
    }

    /// <summary>The streams of one resource.</summary>
    public static void Describe(ResourceNames names, JsonObject channels, JsonObject operations, JsonObject messages, HashSet<string> operationIds)
    {
        var name = names.Resource.Name;
        messages[names.Event] = Message(
            names.Event, $"A change of `{name}`, or one of its initial items, which has no `id`.", Ref($"components/schemas/{names.Event}"), hasId: true, name + ".created", name + ".updated", name + ".deleted");

        var all = names.Component + ".events";
        channels[all] = Channel(names, $"Changes of {name}", names.Path);
        operations[ResourceNames.Take(operationIds, "watch" + names.Operation)] = Operation(names, all, $"Watch {name}", ofItem: false);

        var one = names.Component + ".item.events";
        channels[one] = Channel(names, $"Changes of one of {name}", names.ItemPath);
        var parameters = new JsonObject();
        foreach (var (column, parameter) in names.Resource.Key.Zip(names.KeyParameters))
            parameters[parameter] = new JsonObject { ["description"] = names.Resource.Key.Count == 1 ? $"The item's key, `{column.Name}`." : $"A part of the item's key, `{column.Name}`." };
        channels[one]!["parameters"] = parameters;
        operations[ResourceNames.Take(operationIds, "watch" + names.Operation + "ByKey")] = Operation(names, one, $"Watch one of {name}", ofItem: true);
    }

    private static JsonObject Channel(ResourceNames names, string title, string path)
    {
        var messages = new JsonObject { [names.Event] = Ref($"components/messages/{names.Event}") };
        foreach (var mark in Marks)
            messages[mark] = Ref($"components/messages/{mark}");
        return new()
        {
            ["address"] = $"{path}/{SseEndpoint.Segment}",
            ["title"] = title,
            ["description"] = $"Server-sent events (`{SseEndpoint.ContentType}`). A comment line comes every 15 seconds. To resume, send the last `id` as the header `Last-Event-ID`; a browser does so by itself.",
            ["servers"] = new JsonArray(Ref($"servers/{Server}")),
            ["messages"] = messages,
        };
    }

    private static JsonObject Operation(ResourceNames names, string channel, string title, bool ofItem)
    {
        var query = new JsonObject();
        if (!ofItem)
            query[QueryOptions.Filter] = Text("Which items, as for a read.");
        query[QueryOptions.Select] = Text("The fields to send, separated by commas; the key always is.");
        query["since"] = Text("The cursor to continue after. Default: now.");
        query["initial"] = new JsonObject { ["type"] = "boolean", ["description"] = "Whether the current items come first; not together with `since`." };
        return new()
        {
            ["action"] = "send",
            ["channel"] = Ref($"channels/{channel}"),
            ["title"] = title,
            ["messages"] = new JsonArray([.. Marks.Prepend(names.Event).Select(message => Ref($"channels/{channel}/messages/{message}"))]),
            ["bindings"] = new JsonObject
            {
                ["http"] = new JsonObject { ["method"] = "GET", ["query"] = new JsonObject { ["type"] = "object", ["properties"] = query }, ["bindingVersion"] = "0.3.0" },
            },
        };
    }

    /// <summary>A message of a stream: its lines <c>id</c> and <c>event</c> are its headers, the JSON in its line <c>data</c> is its payload.</summary>
    private static JsonObject Message(string name, string summary, JsonObject payload, bool hasId, params string[] types)
    {
        var headers = new JsonObject { ["event"] = new JsonObject { ["type"] = "string", ["enum"] = new JsonArray([.. types.Select(type => (JsonNode)JsonValue.Create(type))]) } };
        if (hasId)
            headers["id"] = Text("The cursor to resume from.");
        return new()
        {
            ["name"] = name,
            ["title"] = name,
            ["summary"] = summary,
            ["headers"] = new JsonObject { ["type"] = "object", ["properties"] = headers, ["required"] = new JsonArray("event") },
            ["payload"] = payload,
        };
    }

    private static JsonObject Text(string description) => new() { ["type"] = "string", ["description"] = description };
}
