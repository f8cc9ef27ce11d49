using RealtimeApi.Tests.TestSupport;

namespace RealtimeApi.Tests.Integration.Transports;

public sealed class MessagePackHubTransportTests() : TransportSpecification("messagepack", TestDatabaseKind.Sqlite);
