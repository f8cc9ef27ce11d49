using Microsoft.Data.SqlClient;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Data.SqlServer;
using RealtimeApi.Tests.TestSupport.SqlServer;
using RealtimeApi.Tests.Unit.Data.Specifications;

namespace RealtimeApi.Tests.Unit.Data.SqlServer;

/// <summary>A database on the test server with the product's tables, emptied of leases for each test.</summary>
internal sealed class SqlServerLeaseHarness : LeaseHarness
{
    private readonly TempSqlServerDatabase database;
    private readonly SqlServerConnections connections;

    public SqlServerLeaseHarness(TempSqlServerDatabase database)
    {
        this.database = database;
        connections = new(database.ConnectionString);
        var engine = connections.EngineAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
        foreach (var (_, sql) in SqlServerLogTables.Create(engine))
            Execute(sql);
        Execute("DELETE FROM [realtime].[Lease];");
    }

    public override ILeases OpenAnother() => new SqlServerLeases(new(connections, TimeProvider.System));

    public override void Age(TimeSpan by)
    {
        // In hours and milliseconds, since the whole in milliseconds may be more than a number can hold.
        var hours = (int)by.TotalHours;
        var rest = (int)(by - TimeSpan.FromHours(hours)).TotalMilliseconds;
        Execute($"""
            UPDATE [realtime].[Lease]
            SET [Taken] = DATEADD(hour, {-hours}, DATEADD(millisecond, {-rest}, [Taken])), [Until] = DATEADD(hour, {-hours}, DATEADD(millisecond, {-rest}, [Until]));
            """);
    }

    public override ValueTask DisposeAsync()
    {
        connections.Dispose();
        return default;
    }

    private void Execute(string sql)
    {
        using var connection = new SqlConnection(database.ConnectionString);
        connection.Open();
        using var command = connection.Command(null, sql);
        command.ExecuteNonQuery();
    }
}
