using Microsoft.Data.SqlClient;
using RealtimeApi.Tests.Faults.Runs;
using RealtimeApi.Tests.TestSupport;

namespace RealtimeApi.Tests.Faults.Writers;

/// <summary>A program that writes into SQL Server, some of its transactions long, and knows nothing of the hosts.</summary>
internal sealed class SqlServerWriter(TestDatabase database, string name, int seed, WriterErrors errors, Tally tally)
{
    private const int Deadlock = 1205;
    private const int Duplicate = 2627;

    public async Task WriteAsync(CancellationToken stop)
    {
        var random = new Random(seed);
        var statements = new SqlServerStatements(name, random);
        while (!stop.IsCancellationRequested)
        {
            await using var connection = new SqlConnection(database.ConnectionString);
            try
            {
                await connection.OpenAsync(CancellationToken.None);
                for (var i = random.Next(20, 100); i > 0 && !stop.IsCancellationRequested; i--)
                {
                    await TransactAsync(connection, statements, random);
                    tally.Add("transactions of a program");
                    await Task.Delay(TimeSpan.FromMilliseconds(random.Next(60)), TimeProvider.System, CancellationToken.None);
                }
            }
            catch (SqlException e) when (e.Number is Deadlock or Duplicate)
            {
                // Two writers that met.
                tally.Add("transactions that gave way to another writer's");
            }
            catch (SqlException e)
            {
                errors.Add($"{e.Number}: {e.Message}", waits: true);
            }
        }
    }

    private static async Task TransactAsync(SqlConnection connection, SqlServerStatements statements, Random random)
    {
        await using var transaction = (SqlTransaction)await connection.BeginTransactionAsync(CancellationToken.None);
        for (var i = random.Next(1, 5); i > 0; i--)
        {
#pragma warning disable CA2100 // The test's own text.
            await using var command = new SqlCommand(statements.Next(), connection, transaction) { CommandTimeout = 120 };
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync(CancellationToken.None);
            if (random.Next(20) == 0)
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(800)), TimeProvider.System, CancellationToken.None);
        }

        if (random.Next(8) == 0)
            await transaction.RollbackAsync(CancellationToken.None);
        else
            await transaction.CommitAsync(CancellationToken.None);
    }
}
