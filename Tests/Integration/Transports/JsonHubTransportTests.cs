namespace RealtimeApi.Tests.Integration.Transports;

public sealed class JsonHubTransportTests() : TransportSpecification("json");
