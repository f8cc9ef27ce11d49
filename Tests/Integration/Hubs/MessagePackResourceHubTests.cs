namespace RealtimeApi.Tests.Integration.Hubs;

public sealed class MessagePackResourceHubTests() : ResourceHubSpecification("messagepack");
