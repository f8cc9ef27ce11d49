using RealtimeApi.Server.Data.SqlServer;
using RealtimeApi.Tests.TestSupport.SqlServer;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.SqlServer;

public sealed class SqlServerEngineTests
{
    [Fact]
    public void Query_OfTheEngine_Parses()
    {
        TSqlText.AssertParses(SqlServerEngine.Query);
        foreach (var engine in new[] { SqlServerEngines.SqlServer, SqlServerEngines.Babelfish })
        {
            TSqlText.AssertParses(engine.SchemaVersion);
            TSqlText.AssertParses(engine.OpenTransactions);
            TSqlText.AssertParses(engine.RecoveryFork ?? "");
            TSqlText.AssertParses($"SELECT {engine.NewestPosition}, {engine.Position("@p")}");
            TSqlText.AssertParses($"CREATE TABLE t ({engine.PositionColumn})");
        }
    }

    [Fact]
    public async Task EngineAsync_OnSqlServer_TellsWhatAnswers()
    {
        await using var database = await TempSqlServerDatabase.CreateAsync(cancellationToken: TestContext.Current.CancellationToken);
        using var connections = new SqlServerConnections(database.ConnectionString);

        var engine = await connections.EngineAsync(TestContext.Current.CancellationToken);

        Assert.Equal(database.Name, engine.Database);
        Assert.True(engine.IsBabelfish || engine.Version.Major >= 12);
        Assert.Same(engine, await connections.EngineAsync(TestContext.Current.CancellationToken));
        Assert.NotEqual(0, await database.ScalarAsync<long>(engine.SchemaVersion + " + 1", TestContext.Current.CancellationToken));
        await database.ScalarAsync<string>(engine.OpenTransactions, TestContext.Current.CancellationToken);
    }
}
