using Microsoft.Data.Sqlite;
using RealtimeApi.Tests.Faults.Runs;

namespace RealtimeApi.Tests.Faults.Injected;

/// <summary>What happens to a SQLite file that others use, too.</summary>
internal static class DatabaseFaults
{
    /// <summary>SQLITE_BUSY.</summary>
    private const int Busy = 5;

    /// <summary>A program that takes the lock and thinks.</summary>
    public static readonly Fault Lock = new("database locked for seconds", async (world, random, stop) =>
    {
        using var connection = world.File.Open();
        try
        {
            Run(connection, "BEGIN IMMEDIATE");
        }
        catch (SqliteException e) when (e.SqliteErrorCode == Busy)
        {
            // A host that was frozen within a transaction has the lock, for longer than this program waits.
            world.Tally.Add("database found locked for half a minute");
            return;
        }

        await Fault.PauseAsync(random, 500, random.Next(4) == 0 ? 8000 : 2000, stop);
        Run(connection, "ROLLBACK");
    });

    /// <summary>A program that reads for long, so that the write-ahead log cannot be cut short.</summary>
    public static readonly Fault LongRead = new("long reads", async (world, random, stop) =>
    {
        using var connection = world.File.Open();
        Run(connection, "BEGIN; SELECT count(*) FROM Orders");
        await Fault.PauseAsync(random, 500, 8000, stop);
        Run(connection, "COMMIT");
    });

    public static readonly Fault Checkpoint = new("checkpoints that cut the write-ahead log short", (world, _, _) => Task.Run(() =>
    {
        using var connection = world.File.Open();
        Run(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
    }));

    public static readonly Fault Full = new("disk full", async (world, random, stop) =>
    {
        world.WriterErrors.Expect("database or disk is full");
        world.WriterErrors.Expect("disk I/O error");
        world.WriterErrors.Expect("unable to open database file");
        // Their statements after one that failed, where the transaction is gone.
        world.WriterErrors.Expect("no transaction is active");
        world.Shop.Disk!.Fill();
        await Fault.PauseAsync(random, 300, 3000, stop);
        world.Shop.Disk.Free();
    })
    {
        IsPossible = world => world.Shop.Disk is not null,
    };

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The test's own text.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
