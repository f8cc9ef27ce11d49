using RealtimeApi.Tests.TestSupport;

namespace RealtimeApi.Tests.Integration.Writing;

public sealed class IdempotencyTests() : IdempotencySpecification(TestDatabaseKind.Sqlite);
