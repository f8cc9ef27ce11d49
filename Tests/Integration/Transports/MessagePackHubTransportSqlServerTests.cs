using RealtimeApi.Tests.TestSupport;

namespace RealtimeApi.Tests.Integration.Transports;

public sealed class MessagePackHubTransportSqlServerTests() : TransportSpecification("messagepack", TestDatabaseKind.SqlServer);
