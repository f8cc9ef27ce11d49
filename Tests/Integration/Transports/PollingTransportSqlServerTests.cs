using RealtimeApi.Tests.TestSupport;

namespace RealtimeApi.Tests.Integration.Transports;

public sealed class PollingTransportSqlServerTests() : TransportSpecification("polling", TestDatabaseKind.SqlServer);
