using Microsoft.Data.SqlClient;

namespace RealtimeApi.Tests.Faults.Injected;

/// <summary>What happens to a database of SQL Server that others use, too.</summary>
internal static class SqlServerFaults
{
    /// <summary>A transaction that has its place in the log before others and is committed, or undone, after them: nothing behind it may be told before.</summary>
    public static readonly Fault LongTransaction = new("long transactions that hold the high-water mark", async (world, random, stop) =>
    {
        await using var connection = new SqlConnection(world.Shop.Database.ConnectionString);
        await connection.OpenAsync(CancellationToken.None);
        await using var transaction = (SqlTransaction)await connection.BeginTransactionAsync(CancellationToken.None);
        var key = Guid.NewGuid().ToString("N");
        await using var command = new SqlCommand("INSERT INTO Stock VALUES (@key, 60, CONCAT(N'long-', @key))", connection, transaction);
        command.Parameters.AddWithValue("@key", key[..12]);
        await command.ExecuteNonQueryAsync(CancellationToken.None);
        await Fault.PauseAsync(random, 1000, 6000, stop);
        if (random.Next(3) == 0)
            await transaction.RollbackAsync(CancellationToken.None);
        else
            await transaction.CommitAsync(CancellationToken.None);
    });
}
