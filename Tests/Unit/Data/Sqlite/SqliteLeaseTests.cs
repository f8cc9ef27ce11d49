using RealtimeApi.Server.Data;
using RealtimeApi.Server.Data.Sqlite;
using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.Unit.Data.Specifications;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.Sqlite;

public sealed class SqliteLeaseTests : LeaseSpecification
{
    private protected override LeaseHarness Open() => new SqliteLeaseHarness();

    [Fact]
    public async Task Take_DatabaseLocked_SaysThatItIsUnavailable()
    {
        using var database = new TempDatabase("CREATE TABLE Orders (Id INTEGER PRIMARY KEY)");
        var leases = new SqliteLeases(new(database.ConnectionString) { BusyTimeout = TimeSpan.FromMilliseconds(50) });
        using var writer = database.Open();
        using var transaction = writer.BeginTransaction();
        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => leases.TryTakeAsync("retention", "one", TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
    }
}
