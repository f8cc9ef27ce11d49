namespace RealtimeApi.Tests.Integration.Transports;

public sealed class SseTransportTests() : TransportSpecification("sse");
