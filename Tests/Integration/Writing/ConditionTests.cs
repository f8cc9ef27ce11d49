using RealtimeApi.Tests.TestSupport;

namespace RealtimeApi.Tests.Integration.Writing;

public sealed class ConditionTests() : ConditionSpecification(TestDatabaseKind.Sqlite);
