using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Rest;

public sealed class ItemTests(ItemTests.Shared shared) : ItemSpecification(shared), IClassFixture<ItemTests.Shared>
{
    public new sealed class Shared() : ItemSpecification.Shared(TestDatabaseKind.Sqlite);
}
