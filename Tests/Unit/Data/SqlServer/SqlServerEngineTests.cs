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
        TSqlText.AssertParses($"SELECT {Engine(isBabelfish: false).HighWaterMark}");
        TSqlText.AssertParses($"SELECT {Engine(isBabelfish: true).HighWaterMark}");
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
        Assert.True(await database.ScalarAsync<long>($"SELECT {engine.HighWaterMark}", TestContext.Current.CancellationToken) > 0);
    }

    private static SqlServerEngine Engine(bool isBabelfish) => new()
    {
        IsBabelfish = isBabelfish,
        IsAzure = false,
        Version = new(14, 0),
        Database = "d",
        CompatibilityLevel = 140,
        SnapshotIsolation = true,
        ReadCommittedSnapshot = true,
    };
}
