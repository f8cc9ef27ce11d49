using Microsoft.Data.SqlClient;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Data.SqlServer;
using RealtimeApi.Tests.TestSupport.SqlServer;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.SqlServer;

public sealed class SqlServerRetryTests : IAsyncLifetime
{
    private TempSqlServerDatabase database = null!;
    private SqlServerConnections connections = null!;
    private SqlServerRetry retry = null!;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await TempSqlServerDatabase.CreateAsync(cancellationToken: CancellationToken);
        connections = new(database.ConnectionString);
        retry = new(connections, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        connections?.Dispose();
        if (database is not null)
            await database.DisposeAsync();
    }

    [Fact]
    public async Task Read_OnSqlServerWhoseConnectionIsKilledOnce_IsDoneAgain()
    {
        var attempts = 0;
        var answer = await retry.ReadAsync(
            async (connection, token) =>
            {
                if (++attempts == 1)
                    await KillAsync(connection, token);
                return await ScalarAsync(connection, "SELECT 42", token);
            },
            CancellationToken);
        Assert.Equal((42, 2), (answer, attempts));
    }

    [Fact]
    public async Task Write_OnSqlServerWhoseConnectionIsKilled_IsNotDoneAgain()
    {
        var attempts = 0;
        await Assert.ThrowsAsync<DatabaseUnavailableException>(async () => await retry.WriteAsync(
            async (connection, token) =>
            {
                attempts++;
                await KillAsync(connection, token);
                await using var transaction = await connection.BeginTransactionAsync(token);
                return await ScalarAsync(connection, "SELECT 42", token, (SqlTransaction)transaction);
            },
            CancellationToken));
        Assert.Equal(1, attempts);
    }

    [Fact]
    public async Task Write_OnSqlServerThatIsADeadlocksVictim_IsDoneAgain()
    {
        await database.ScriptAsync("CREATE TABLE a (id int PRIMARY KEY, n int); CREATE TABLE b (id int PRIMARY KEY, n int); INSERT a VALUES (1, 0); INSERT b VALUES (1, 0)", CancellationToken);
        using var both = new Barrier(2);
        var attempts = 0;

        async Task CrossAsync(string first, string second) => await retry.WriteAsync(
            async (connection, token) =>
            {
                var attempt = Interlocked.Increment(ref attempts);
                await using var transaction = (SqlTransaction)await connection.BeginTransactionAsync(token);
                await ScalarAsync(connection, $"UPDATE {first} SET n = n + 1; SELECT 1", token, transaction);
                if (attempt <= 2)
                    await Task.Run(() => both.SignalAndWait(token), token);
                await ScalarAsync(connection, $"UPDATE {second} SET n = n + 1; SELECT 1", token, transaction);
                await transaction.CommitAsync(token);
                return 0;
            },
            CancellationToken);

        await Task.WhenAll(CrossAsync("a", "b"), CrossAsync("b", "a"));

        Assert.Equal(4, await database.ScalarAsync<int>("SELECT a.n + b.n FROM a CROSS JOIN b", CancellationToken));
        Assert.Equal(3, attempts);
    }

    [Fact]
    public async Task Read_OnSqlServerOfATableThatIsNotThere_SaysThatTheSchemaChanged() =>
        await Assert.ThrowsAsync<SchemaChangedException>(async () => await retry.ReadAsync((connection, token) => new ValueTask<int>(ScalarAsync(connection, "SELECT n FROM missing", token)), CancellationToken));

    [Fact]
    public async Task Read_OnSqlServerOfAColumnThatIsNotThere_SaysThatTheSchemaChanged()
    {
        await database.ExecuteAsync("CREATE TABLE t (id int PRIMARY KEY)", CancellationToken);
        await Assert.ThrowsAsync<SchemaChangedException>(async () => await retry.ReadAsync((connection, token) => new ValueTask<int>(ScalarAsync(connection, "SELECT [missing] FROM [dbo].[t]", token)), CancellationToken));
    }

    [Fact]
    public async Task Read_OnSqlServerWithAMistake_IsTheMistake() =>
        await Assert.ThrowsAsync<SqlException>(async () => await retry.ReadAsync((connection, token) => new ValueTask<int>(ScalarAsync(connection, "SELECT FROM", token)), CancellationToken));

    [Fact]
    public async Task Read_OnSqlServerCancelled_SaysSo()
    {
        using var cancelled = new CancellationTokenSource();
        var read = retry.ReadAsync(
            async (connection, token) =>
            {
                cancelled.CancelAfter(TimeSpan.FromMilliseconds(100));
                return await ScalarAsync(connection, "WAITFOR DELAY '00:00:20'; SELECT 1", token);
            },
            cancelled.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await read);
    }

    private async Task KillAsync(SqlConnection connection, CancellationToken cancellationToken)
    {
        var id = await ScalarAsync(connection, "SELECT CAST(@@SPID AS int)", cancellationToken);
        await database.ExecuteAsync(FormattableString.Invariant($"KILL {id}"), cancellationToken);
    }

    private static async Task<int> ScalarAsync(SqlConnection connection, string sql, CancellationToken cancellationToken, SqlTransaction? transaction = null)
    {
#pragma warning disable CA2100 // The test's own text.
        await using var command = new SqlCommand(sql, connection, transaction);
#pragma warning restore CA2100
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
