using RealtimeApi.Tests.Unit.Data.Specifications;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.SqlServer;

public sealed class SqlServerLeaseTests(SqlServerTestDatabase database) : LeaseSpecification, IClassFixture<SqlServerTestDatabase>
{
    private protected override LeaseHarness Open() => new SqlServerLeaseHarness(database.Get());
}
