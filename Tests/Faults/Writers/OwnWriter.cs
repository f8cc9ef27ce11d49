using Microsoft.Data.Sqlite;
using RealtimeApi.Tests.Faults.Runs;
using RealtimeApi.Tests.TestSupport;

namespace RealtimeApi.Tests.Faults.Writers;

/// <summary>A .NET program that writes with its own copy of SQLite and knows nothing of the hosts: this process.</summary>
internal sealed class OwnWriter(TempDatabase database, string name, int seed, WriterErrors errors, Tally tally)
{
    public async Task WriteAsync(CancellationToken stop)
    {
        var random = new Random(seed);
        var statements = new ShopStatements(name, random);
        while (!stop.IsCancellationRequested)
        {
            using var connection = new SqliteConnection($"{database.ConnectionString};Pooling=False;Default Timeout=60");
            try
            {
                connection.Open();
                for (var i = random.Next(20, 200); i > 0 && !stop.IsCancellationRequested; i--)
                {
                    Transact(connection, statements);
                    tally.Add("transactions of a program");
                    await Task.Delay(TimeSpan.FromMilliseconds(random.Next(60)), TimeProvider.System, CancellationToken.None);
                }
            }
            catch (SqliteException e)
            {
                errors.Add(e.Message, waits: true);
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, CancellationToken.None);
            }
        }
    }

    private static void Transact(SqliteConnection connection, ShopStatements statements)
    {
        using var transaction = connection.BeginTransaction();
        foreach (var statement in statements.Next())
        {
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The test's own text.
            command.CommandText = statement;
#pragma warning restore CA2100
            command.Transaction = transaction;
            command.ExecuteNonQuery();
        }

        if (statements.RollsBack)
            transaction.Rollback();
        else
            transaction.Commit();
    }
}
