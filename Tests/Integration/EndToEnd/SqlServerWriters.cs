using Microsoft.Data.SqlClient;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.EndToEnd;

/// <summary>Programs that write into a database of SQL Server and know nothing of this one.</summary>
internal static class SqlServerWriters
{
    /// <summary>Writes until stopped.</summary>
    public static async Task WriteAsync(TestDatabase database, Random random, CancellationToken stop)
    {
        var hasMerge = database.Execute("SELECT CAST(SERVERPROPERTY('Babelfish') AS int)") is null;
        var statements = new SqlServerStatements(random, hasMerge);
        while (!stop.IsCancellationRequested)
        {
            await using var connection = new SqlConnection(database.ConnectionString);
            await connection.OpenAsync(CancellationToken.None);
            foreach (var setting in statements.Settings())
                await ExecuteAsync(connection, setting);
            for (var i = random.Next(10, 100); i > 0 && !stop.IsCancellationRequested; i--)
            {
                foreach (var statement in statements.Next())
                    await ExecuteAsync(connection, statement);
                // An error may have left a transaction open, or ended one early.
                await ExecuteAsync(connection, "IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION");
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(30)), TimeProvider.System, CancellationToken.None);
            }
        }
    }

    private static async Task ExecuteAsync(SqlConnection connection, string statement)
    {
#pragma warning disable CA2100 // The test's own text.
        await using var command = new SqlCommand(statement, connection);
#pragma warning restore CA2100
        try
        {
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (SqlException e)
        {
            // Statements fail by themselves; none may fail by the product's doing.
            Assert.False(e.Message.Contains("realtime", StringComparison.OrdinalIgnoreCase) || e.Number is 208 or 207 or 102 or 156, $"{statement}: {e.Number} {e.Message}");
        }
    }
}
