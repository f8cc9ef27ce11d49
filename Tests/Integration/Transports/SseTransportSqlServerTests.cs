using RealtimeApi.Tests.TestSupport;

namespace RealtimeApi.Tests.Integration.Transports;

public sealed class SseTransportSqlServerTests() : TransportSpecification("sse", TestDatabaseKind.SqlServer);
