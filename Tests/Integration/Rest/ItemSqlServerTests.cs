using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Rest;

public sealed class ItemSqlServerTests(ItemSqlServerTests.Shared shared) : ItemSpecification(shared), IClassFixture<ItemSqlServerTests.Shared>
{
    public new sealed class Shared() : ItemSpecification.Shared(TestDatabaseKind.SqlServer);
}
