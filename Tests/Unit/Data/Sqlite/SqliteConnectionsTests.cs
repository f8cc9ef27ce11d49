using RealtimeApi.Server.Data.Sqlite;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.Sqlite;

/// <summary>The library's race is of nanoseconds and is not to be met at will, so these show only that none can enter the pool beside another.</summary>
public sealed class SqliteConnectionsTests : IDisposable
{
    private readonly TempDatabase database = new("CREATE TABLE T (Id INTEGER PRIMARY KEY)");
    private readonly SqliteConnections connections;

    public SqliteConnectionsTests() => connections = new(database.ConnectionString);

    public void Dispose() => database.Dispose();

    [Fact]
    public async Task Open_WhileAnotherIsInThePool_WaitsItsTurn() => await AssertTakesItsTurnAsync(() => connections.Open().Dispose());

    [Fact]
    public async Task Close_WhileAnotherIsInThePool_WaitsItsTurn()
    {
        var connection = connections.Open();
        await AssertTakesItsTurnAsync(connection.Dispose);
    }

    [Fact]
    public async Task Clear_WhileAnotherIsInThePool_WaitsItsTurn() => await AssertTakesItsTurnAsync(connections.Clear);

    private static async Task AssertTakesItsTurnAsync(Action action)
    {
        using var ended = new ManualResetEventSlim();
        Task other;
        lock (PooledSqliteConnection.Turn)
        {
            other = Task.Run(
                () =>
                {
                    action();
                    ended.Set();
                },
                TestContext.Current.CancellationToken);
            Assert.False(ended.Wait(TimeSpan.FromMilliseconds(200), TestContext.Current.CancellationToken));
        }

        await other;
    }
}
