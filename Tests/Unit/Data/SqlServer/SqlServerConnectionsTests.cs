using Microsoft.Data.SqlClient;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Data.SqlServer;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.SqlServer;

public sealed class SqlServerConnectionsTests
{
    [Fact]
    public void Complete_ConnectionStringThatSaysNothing_GetsTheDefaults()
    {
        var complete = SqlServerConnections.Complete("Server=s;Database=d;User Id=u;Password=p");
        Assert.Equal("RealtimeApi", complete.ApplicationName);
        Assert.Equal((30, 3, 1), (complete.CommandTimeout, complete.ConnectRetryCount, complete.ConnectRetryInterval));
        Assert.Equal(PoolBlockingPeriod.NeverBlock, complete.PoolBlockingPeriod);
        Assert.False(complete.Enlist);
        Assert.Equal(SqlConnectionEncryptOption.Mandatory, complete.Encrypt);
    }

    [Fact]
    public void Complete_ConnectionStringThatSaysOtherwise_IsObeyed()
    {
        var complete = SqlServerConnections.Complete(
            "Server=s;Database=d;App=mine;Command Timeout=90;ConnectRetryCount=0;Connect Retry Interval=9;Pool Blocking Period=Auto;Enlist=True;Encrypt=Strict");
        Assert.Equal("mine", complete.ApplicationName);
        Assert.Equal((90, 0, 9), (complete.CommandTimeout, complete.ConnectRetryCount, complete.ConnectRetryInterval));
        Assert.Equal(PoolBlockingPeriod.Auto, complete.PoolBlockingPeriod);
        Assert.True(complete.Enlist);
        Assert.Equal(SqlConnectionEncryptOption.Strict, complete.Encrypt);
    }

    [Fact]
    public async Task Open_ServerThatIsNotThere_IsUnavailable()
    {
        using var connections = new SqlServerConnections("Server=127.0.0.1,1;Database=d;User Id=u;Password=p;Connect Retry Count=0;Connect Timeout=5");
        var error = await Assert.ThrowsAsync<DatabaseUnavailableException>(async () => await connections.OpenAsync(TestContext.Current.CancellationToken));
        Assert.IsType<SqlException>(error.InnerException);
    }

    [Fact]
    public async Task Open_Cancelled_SaysSo()
    {
        using var connections = new SqlServerConnections("Server=127.0.0.1,1;Database=d;User Id=u;Password=p");
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await connections.OpenAsync(cancelled.Token));
    }
}
