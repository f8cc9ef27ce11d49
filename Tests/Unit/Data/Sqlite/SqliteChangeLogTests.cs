using RealtimeApi.Tests.Unit.Data.Specifications;

namespace RealtimeApi.Tests.Unit.Data.Sqlite;

public sealed class SqliteChangeLogTests : ChangeLogSpecification
{
    private protected override ChangeLogHarness Open() => new SqliteChangeLogHarness();
}
