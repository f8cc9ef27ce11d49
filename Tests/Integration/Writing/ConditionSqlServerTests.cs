using RealtimeApi.Tests.TestSupport;

namespace RealtimeApi.Tests.Integration.Writing;

public sealed class ConditionSqlServerTests() : ConditionSpecification(TestDatabaseKind.SqlServer);
