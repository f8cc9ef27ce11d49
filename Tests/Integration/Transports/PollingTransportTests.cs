using RealtimeApi.Tests.TestSupport;

namespace RealtimeApi.Tests.Integration.Transports;

public sealed class PollingTransportTests() : TransportSpecification("polling", TestDatabaseKind.Sqlite);
