using RealtimeApi.Tests.Unit.Data.Specifications;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.SqlServer;

public sealed class SqlServerChangeLogTests(SqlServerTestDatabase database) : ChangeLogSpecification, IClassFixture<SqlServerTestDatabase>
{
    private protected override ChangeLogHarness Open() => new SqlServerChangeLogHarness(database.Get());
}
