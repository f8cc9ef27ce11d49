using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Rest;

public sealed class ListTests(ListTests.Shared shared) : ListSpecification(shared), IClassFixture<ListTests.Shared>
{
    public new sealed class Shared() : ListSpecification.Shared(TestDatabaseKind.Sqlite);
}
