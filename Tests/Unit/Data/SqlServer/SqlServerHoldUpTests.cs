using Microsoft.Data.SqlClient;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using RealtimeApi.Server.Data.SqlServer;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.SqlServer;

public sealed class SqlServerHoldUpTests(SqlServerTestDatabase database) : IClassFixture<SqlServerTestDatabase>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Observe_OfAMarkThatIsHeldForLong_SaysSoUntilItMoves()
    {
        var time = new FakeTimeProvider();
        using var connections = new SqlServerConnections("Server=nowhere");
        using var connection = new SqlConnection();
        var holdUp = new SqlServerHoldUp(connections, time, NullLogger.Instance);
        Assert.False(await holdUp.ObserveAsync(connection, mark: 10, top: 9, Cancellation));
        Assert.False(await holdUp.ObserveAsync(connection, mark: 10, top: 12, Cancellation));
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(await holdUp.ObserveAsync(connection, mark: 10, top: 20, Cancellation));
        Assert.Equal(TimeSpan.FromSeconds(2), holdUp.Held);

        // What was given out then is below the mark now; that others are open since is another matter.
        Assert.False(await holdUp.ObserveAsync(connection, mark: 13, top: 20, Cancellation));
        Assert.Equal(TimeSpan.Zero, holdUp.Held);
    }

    [Fact]
    public async Task Observe_OfADatabaseThatWasRestored_BeginsAnew()
    {
        var time = new FakeTimeProvider();
        using var connections = new SqlServerConnections("Server=nowhere");
        using var connection = new SqlConnection();
        var holdUp = new SqlServerHoldUp(connections, time, NullLogger.Instance);
        Assert.False(await holdUp.ObserveAsync(connection, mark: 1000, top: 1020, Cancellation));
        time.Advance(TimeSpan.FromSeconds(5));

        // The positions that were waited for have never been given out here, and nobody holds the mark.
        Assert.False(await holdUp.ObserveAsync(connection, mark: 501, top: 500, Cancellation));
        Assert.Equal(TimeSpan.Zero, holdUp.Held);
        Assert.False(await holdUp.ObserveAsync(connection, mark: 501, top: 502, Cancellation));
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(await holdUp.ObserveAsync(connection, mark: 501, top: 502, Cancellation));
    }

    [Fact]
    public async Task Observe_OnSqlServer_NamesTheSession()
    {
        var logs = new CapturedLog();
        using ILoggerProvider provider = logs;
        var time = new FakeTimeProvider();
        await using var harness = new SqlServerChangeLogHarness(database.Get());
        await harness.PrepareAsync();
        await using var open = await harness.ConnectAsync();
        await using var transaction = (SqlTransaction)await open.BeginTransactionAsync(Cancellation);
        await open.RunAsync(transaction, "INSERT INTO orders (id) VALUES (1)", Cancellation);
        var holdUp = new SqlServerHoldUp(harness.Connections, time, provider.CreateLogger("feed"));
        await using var connection = await harness.ConnectAsync();
        await holdUp.ObserveAsync(connection, mark: 10, top: 12, Cancellation);
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.True(await holdUp.ObserveAsync(connection, mark: 10, top: 12, Cancellation));
        Assert.Contains(logs.Entries, static entry => entry.Message.Contains("The oldest is that of session", StringComparison.Ordinal));
        await transaction.RollbackAsync(Cancellation);
    }
}
