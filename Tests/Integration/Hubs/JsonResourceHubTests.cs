namespace RealtimeApi.Tests.Integration.Hubs;

public sealed class JsonResourceHubTests() : ResourceHubSpecification("json");
