using RealtimeApi.Tests.TestSupport;

namespace RealtimeApi.Tests.Integration.Transports;

public sealed class JsonHubTransportSqlServerTests() : TransportSpecification("json", TestDatabaseKind.SqlServer);
