using Microsoft.Data.Sqlite;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.EndToEnd;

/// <summary>Programs that write into the database and know nothing of the server.</summary>
internal static class SqliteWriters
{
    private const int Constraint = 19;

    /// <summary>Writes with the library of this process, statement by statement, until stopped.</summary>
    public static async Task WriteHereAsync(TempDatabase database, Random random, CancellationToken stop)
    {
        var statements = new SqliteStatements(random);
        while (!stop.IsCancellationRequested)
        {
            using var connection = database.Open();
            foreach (var setting in statements.Settings())
                Execute(connection, setting);
            for (var i = random.Next(10, 200); i > 0 && !stop.IsCancellationRequested; i--)
            {
                foreach (var statement in statements.Next())
                    Execute(connection, statement);
                // An error may have left a transaction open, or ended one early.
                Execute(connection, "ROLLBACK");
                await PauseAsync(random, 30);
            }
        }
    }

    /// <summary>Writes with one process of the sqlite3 program after another until stopped.</summary>
    public static async Task WriteByShellAsync(TempDatabase database, Random random, CancellationToken stop)
    {
        var statements = new SqliteStatements(random);
        while (!stop.IsCancellationRequested)
        {
            // Now and then one that does not wait for others' locks, and loses.
            var lines = new List<string> { $".timeout {(random.Next(8) == 0 ? 0 : 20_000)}" };
            lines.AddRange(statements.Settings().Select(End));
            for (var i = random.Next(1, 30); i > 0; i--)
                lines.AddRange(statements.Next().Append("ROLLBACK").Select(End));
            foreach (var error in await Task.Run(() => SqliteShell.Run(database.File, string.Join('\n', lines) + "\n"), CancellationToken.None))
                Accept(error);
            await PauseAsync(random, 100);
        }

        static string End(string statement) => statement + ";";
    }

    private static void Execute(SqliteConnection connection, string statement)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The test's own text.
        command.CommandText = statement;
#pragma warning restore CA2100
        try
        {
            command.ExecuteNonQuery();
        }
        catch (SqliteException e) when (e.SqliteErrorCode == Constraint || e.Message.Contains("no transaction", StringComparison.Ordinal) || e.Message.Contains("no such savepoint", StringComparison.Ordinal))
        {
            Accept(e.Message);
        }
    }

    /// <summary>Statements fail by themselves; none may fail by the product's doing.</summary>
    private static void Accept(string error) =>
        Assert.False(
            error.Contains("realtime_", StringComparison.Ordinal) || (error.Contains("no such", StringComparison.Ordinal) && !error.Contains("no such savepoint", StringComparison.Ordinal)),
            error);

    /// <summary>Leaves the others some of the machine, and some time for cuts and restarts to fall between the writes.</summary>
    private static Task PauseAsync(Random random, int longest) => Task.Delay(TimeSpan.FromMilliseconds(random.Next(longest)), TimeProvider.System, CancellationToken.None);
}
