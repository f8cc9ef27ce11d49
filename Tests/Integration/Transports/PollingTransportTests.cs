namespace RealtimeApi.Tests.Integration.Transports;

public sealed class PollingTransportTests() : TransportSpecification("polling");
