using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using RealtimeApi.Contracts;

namespace RealtimeApi.Client;

/// <summary>The wire's own types, so that they need no reflection whatever the caller's options are.</summary>
[JsonSerializable(typeof(ProblemDetails))]
[JsonSerializable(typeof(ServiceDocument))]
[JsonSerializable(typeof(WatchRequest))]
[JsonSerializable(typeof(SubscribeReply))]
[JsonSerializable(typeof(PresenceReply))]
[JsonSerializable(typeof(List<Peer>))]
[JsonSerializable(typeof(ListAnswer))]
[JsonSerializable(typeof(ChangesAnswer))]
[JsonSerializable(typeof(JsonDocument))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(string))]
internal sealed partial class ClientJsonContext : JsonSerializerContext;
