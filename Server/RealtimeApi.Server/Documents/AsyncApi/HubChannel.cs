using System.Text.Json.Nodes;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Documents.Schemas;
using RealtimeApi.Server.Hubs;
using static RealtimeApi.Server.Documents.AsyncApi.AsyncApiDocument;

namespace RealtimeApi.Server.Documents.AsyncApi;

/// <summary>Describes the hub: what a client may call, and what the server calls at the client.</summary>
internal static class HubChannel
{
    public const string Server = "hub";

    private const string Channel = "hub";

    private const string Description = """
        SignalR, with the hub protocols `json` (described here) and `messagepack` (the same maps). Any client of SignalR does the following for you.

        Over WebSockets without negotiation: connect, send `{"protocol":"json","version":1}` and wait for `{}`. Every message, these included, ends with the character 0x1E. Messages `{"type":6}` are pings; send one at least every 30 seconds.
        """;

    /// <param name="resource">A resource that can be watched, for the examples.</param>
    /// <param name="channels">Where to describe the hub.</param>
    /// <param name="operations">Where to describe its calls.</param>
    /// <param name="messages">Where to describe what they carry.</param>
    public static void Describe(string resource, JsonObject channels, JsonObject operations, JsonObject messages)
    {
        var expired = ProblemKind.Of(ProblemCodes.CursorExpired);
        var id = Json(HubSchemas.WatchId());
        var target = Json(WireSchemas.Text("The resource."));
        var key = Json(WireSchemas.Text("The item's key."));
        var peers = Json(HubSchemas.Peers());
        var all = new Dictionary<string, JsonObject>
        {
            ["subscribe"] = Message(
                "Subscribe",
                "Starts a watch.",
                HubSchemas.Call("Subscribe", expectsReply: true, id.DeepClone(), Ref($"components/schemas/{HubSchemas.WatchRequest}")),
                correlated: true,
                $$"""{"type":1,"invocationId":"1","target":"Subscribe","arguments":["mine",{"resource":"{{resource}}","since":"{{WireSchemas.CursorExample}}"}]}"""),
            ["subscribed"] = Message(
                "Subscribed",
                "The watch has started.",
                HubSchemas.Done(Ref($"components/schemas/{HubSchemas.SubscribeReply}")),
                correlated: true,
                $$$"""{"type":3,"invocationId":"1","result":{"cursor":"{{{WireSchemas.CursorExample}}}"}}"""),
            ["unsubscribe"] = Message(
                "Unsubscribe",
                "Stops a watch. An `id` that is not in use is no error.",
                HubSchemas.Call("Unsubscribe", expectsReply: true, id.DeepClone()),
                correlated: true,
                """{"type":1,"invocationId":"2","target":"Unsubscribe","arguments":["mine"]}"""),
            ["unsubscribed"] = Message(
                "Unsubscribed",
                "Nothing more is pushed for this `id`.",
                HubSchemas.Done(result: null),
                correlated: true,
                """{"type":3,"invocationId":"2"}"""),
            ["refused"] = Message(
                "Refused",
                "The call was refused.",
                HubSchemas.Refused(),
                correlated: true,
                $$"""{"type":3,"invocationId":"1","error":"HubException: {{ProblemCodes.CursorExpired}}: …"}"""),
            ["changes"] = Message(
                "Changes",
                "The next events of a watch, in order.",
                HubSchemas.Call("Changes", expectsReply: false, id.DeepClone(), Ref($"components/schemas/{HubSchemas.Batch}")),
                correlated: false,
                $$"""{"type":1,"target":"Changes","arguments":["mine",{"from":"{{WireSchemas.CursorExample}}","cursor":"{{WireSchemas.CursorExample}}","changes":[]}]}"""),
            ["ended"] = Message(
                "Ended",
                "The server ended this watch, for the reason given. The connection goes on, and `id` is free.",
                HubSchemas.Call("Ended", expectsReply: false, id.DeepClone(), Ref($"components/schemas/{WireSchemas.Problem}")),
                correlated: false,
                $$"""{"type":1,"target":"Ended","arguments":["mine",{"type":"/problems/{{expired.Code}}","title":"{{expired.Title}}","status":{{expired.Status}},"detail":"…"}]}"""),
            ["send"] = Message(
                "Send",
                "Says something, any JSON value, to the others who watch the item, or the resource where the key is null.",
                HubSchemas.Call("Send", expectsReply: true, target.DeepClone(), Json(HubSchemas.KeyOrNull()), new JsonObject { ["description"] = "Any JSON value." }),
                correlated: true,
                $$"""{"type":1,"invocationId":"3","target":"Send","arguments":["{{resource}}","1",{"x":12,"y":7}]}"""),
            ["sent"] = Message(
                "Sent",
                "The message is on its way to those who are there.",
                HubSchemas.Done(new JsonObject { ["type"] = "null" }),
                correlated: true,
                """{"type":3,"invocationId":"3","result":null}"""),
            ["message"] = Message(
                "Message",
                "Somebody said something.",
                HubSchemas.Call(
                    "Message",
                    expectsReply: false,
                    target.DeepClone(),
                    Json(HubSchemas.KeyOrNull()),
                    Json(WireSchemas.Text("Who said it: an id drawn for their connection.")),
                    new JsonObject { ["description"] = "What they said." }),
                correlated: false,
                $$"""{"type":1,"target":"Message","arguments":["{{resource}}","1","k3J9xQ2mB7tLw0aZ",{"x":12,"y":7}]}"""),
            ["presence"] = Message(
                "Presence",
                "Asks who watches an item, now and as it changes.",
                HubSchemas.Call("Presence", expectsReply: true, target.DeepClone(), key.DeepClone()),
                correlated: true,
                $$"""{"type":1,"invocationId":"4","target":"Presence","arguments":["{{resource}}","1"]}"""),
            ["present"] = Message(
                "Present",
                "Who watches the item now.",
                HubSchemas.Done(Ref($"components/schemas/{HubSchemas.PresenceReply}")),
                correlated: true,
                """{"type":3,"invocationId":"4","result":{"you":{"id":"Vb5_hR1sNc8yPq4e"},"count":1,"others":[{"id":"k3J9xQ2mB7tLw0aZ"}]}}"""),
            ["joined"] = Message(
                "Joined",
                "Who else watches the item: at first everyone, then who comes.",
                HubSchemas.Call("Joined", expectsReply: false, target.DeepClone(), key.DeepClone(), peers.DeepClone()),
                correlated: false,
                $$"""{"type":1,"target":"Joined","arguments":["{{resource}}","1",[{"id":"k3J9xQ2mB7tLw0aZ"}]]}"""),
            ["left"] = Message(
                "Left",
                "Who watches the item no more.",
                HubSchemas.Call("Left", expectsReply: false, target.DeepClone(), key.DeepClone(), peers.DeepClone()),
                correlated: false,
                $$"""{"type":1,"target":"Left","arguments":["{{resource}}","1",[{"id":"k3J9xQ2mB7tLw0aZ"}]]}"""),
        };
        var references = new JsonObject();
        foreach (var (name, message) in all)
        {
            messages[name] = message;
            references[name] = Ref($"components/messages/{name}");
        }

        channels[Channel] = new JsonObject
        {
            ["address"] = ResourceHub.Path,
            ["title"] = "The hub",
            ["description"] = Description,
            ["servers"] = new JsonArray(Ref($"servers/{Server}")),
            ["messages"] = references,
            ["bindings"] = new JsonObject { ["ws"] = new JsonObject { ["method"] = "GET", ["bindingVersion"] = "0.1.0" } },
        };
        operations["subscribe"] = Call(
            "Start a watch",
            "Every change of the view after the reply's `cursor` will be pushed; the first push may overtake the reply. To resume, give the last `cursor` you have applied as `since`.",
            "subscribe", "subscribed");
        operations["unsubscribe"] = Call("Stop a watch", "Once this returns, nothing more is pushed for `id`.", "unsubscribe", "unsubscribed");
        operations["send"] = Call(
            "Say something to the others",
            "Reaches the others who watch the same, at most once, where the resource allows messages. The caller must watch it on this connection.",
            "send", "sent");
        operations["message"] = Push("What others say", "message");
        operations["presence"] = Call(
            "Ask who is there",
            "Where the resource allows presence. The caller must watch the item on this connection, and is told who comes and goes until its last watch of the item ends.",
            "presence", "present");
        operations["joined"] = Push("Who comes", "joined");
        operations["left"] = Push("Who goes", "left");
        operations["changes"] = Push("Changes of a watch", "changes");
        operations["ended"] = Push("The end of a watch", "ended");
    }

    private static JsonObject Message(string name, string summary, JsonObject payload, bool correlated, string example)
    {
        var message = new JsonObject
        {
            ["name"] = name,
            ["title"] = name,
            ["summary"] = summary,
            ["payload"] = payload,
            ["examples"] = new JsonArray(new JsonObject { ["payload"] = JsonNode.Parse(example) }),
        };
        if (correlated)
            message["correlationId"] = new JsonObject { ["location"] = "$message.payload#/invocationId" };
        return message;
    }

    private static JsonObject Call(string title, string description, string message, string reply) => new()
    {
        ["action"] = "receive",
        ["channel"] = Ref($"channels/{Channel}"),
        ["title"] = title,
        ["description"] = description,
        ["messages"] = new JsonArray(OfChannel(message)),
        ["reply"] = new JsonObject { ["channel"] = Ref($"channels/{Channel}"), ["messages"] = new JsonArray(OfChannel(reply), OfChannel("refused")) },
    };

    private static JsonObject Push(string title, string message) => new()
    {
        ["action"] = "send",
        ["channel"] = Ref($"channels/{Channel}"),
        ["title"] = title,
        ["messages"] = new JsonArray(OfChannel(message)),
    };

    private static JsonObject OfChannel(string message) => Ref($"channels/{Channel}/messages/{message}");
}
