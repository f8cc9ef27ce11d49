namespace RealtimeApi.Tests.Integration.Transports;

public sealed class MessagePackHubTransportTests() : TransportSpecification("messagepack");
