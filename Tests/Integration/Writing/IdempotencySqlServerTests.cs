using RealtimeApi.Tests.TestSupport;

namespace RealtimeApi.Tests.Integration.Writing;

public sealed class IdempotencySqlServerTests() : IdempotencySpecification(TestDatabaseKind.SqlServer);
