using RealtimeApi.Tests.TestSupport;

namespace RealtimeApi.Tests.Integration.Transports;

public sealed class JsonHubTransportTests() : TransportSpecification("json", TestDatabaseKind.Sqlite);
