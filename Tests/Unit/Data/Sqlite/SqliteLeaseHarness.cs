using RealtimeApi.Server.Data;
using RealtimeApi.Server.Data.Sqlite;
using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.Unit.Data.Specifications;

namespace RealtimeApi.Tests.Unit.Data.Sqlite;

internal sealed class SqliteLeaseHarness : LeaseHarness
{
    private readonly TempDatabase database = new();

    public override ILeases OpenAnother() => new SqliteLeases(new(database.ConnectionString));

    public override void Age(TimeSpan by) =>
        database.Execute("UPDATE realtime_lease SET taken = taken - $by, until = until - $by", ("$by", (long)by.TotalMilliseconds));

    public override ValueTask DisposeAsync()
    {
        database.Dispose();
        return default;
    }
}
