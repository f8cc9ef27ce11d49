using Microsoft.Data.SqlClient;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.Data.SqlServer;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Tests.TestSupport.SqlServer;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.SqlServer;

/// <summary>What whoever starts a server reads, by real refusals of a real server.</summary>
public sealed class SqlServerStartCheckTests
{
    [Fact]
    public async Task Check_OnSqlServerThatCanBeRead_FindsNothing()
    {
        await using var database = await TempSqlServerDatabase.CreateAsync("CREATE TABLE t (id int PRIMARY KEY)", TestContext.Current.CancellationToken);
        await CheckAsync(database.ConnectionString, willWrite: false);
        await CheckAsync(database.ConnectionString, willWrite: true, autoMigrate: true);
    }

    [Fact]
    public async Task Check_OnSqlServerWithoutTheLog_NamesTheCommand()
    {
        await using var database = await TempSqlServerDatabase.CreateAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Contains("'migrate'", await FailAsync(database.ConnectionString, willWrite: true), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_OnSqlServerWithoutTheDatabase_NamesIt()
    {
        var server = TestSqlServer.Require();
        server.InitialCatalog = "not there";
        Assert.Contains("not there", await FailAsync(server.ConnectionString), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_OnSqlServerWithAWrongPassword_NamesTheLogin()
    {
        var server = TestSqlServer.Require();
        server.InitialCatalog = "master";
        server.Password = "certainly not this";
        var message = await FailAsync(server.ConnectionString);
        Assert.Contains(server.UserID, message, StringComparison.Ordinal);
        Assert.DoesNotContain("certainly", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_OfNoServer_SaysWhereItLooked() => Assert.Contains(
        "The server 127.0.0.1,1 does not answer", await FailAsync("Server=127.0.0.1,1;Database=d;User Id=u;Password=p;Connect Retry Count=0"), StringComparison.Ordinal);

    private static async Task<string> FailAsync(string connectionString, bool willWrite = false) =>
        (await Assert.ThrowsAsync<RealtimeApiStartException>(() => CheckAsync(connectionString, willWrite))).Message;

    private static async Task CheckAsync(string connectionString, bool willWrite, bool autoMigrate = false)
    {
        using var connections = new SqlServerConnections(new SqlConnectionStringBuilder(connectionString) { ConnectRetryCount = 0 }.ConnectionString);
        var options = new RealtimeApiOptions { Database = { ConnectionString = connectionString, AutoMigrate = autoMigrate } };
        await new SqlServerStartCheck(connections, Options.Create(options), NullLogger<SqlServerStartCheck>.Instance).RunAsync(willWrite, TestContext.Current.CancellationToken);
    }
}
