namespace RealtimeApi.Tests.Integration.Hubs;

public sealed class JsonPresenceTests() : PresenceSpecification("json");
