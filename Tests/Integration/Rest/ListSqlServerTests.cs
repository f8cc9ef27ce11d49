using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Rest;

public sealed class ListSqlServerTests(ListSqlServerTests.Shared shared) : ListSpecification(shared), IClassFixture<ListSqlServerTests.Shared>
{
    public new sealed class Shared() : ListSpecification.Shared(TestDatabaseKind.SqlServer);
}
