using RealtimeApi.Tests.TestSupport;

namespace RealtimeApi.Tests.Integration.Transports;

public sealed class SseTransportTests() : TransportSpecification("sse", TestDatabaseKind.Sqlite);
