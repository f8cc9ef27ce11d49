using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>Waits for the one lock that whoever writes to a file needs.</summary>
/// <remarks>SQLite's own wait keeps the thread and cannot be broken off, so that a server which is told to stop would first sit it out.</remarks>
internal static class SqliteWriteLock
{
    /// <summary>How often the lock is looked at. SQLite's own wait looks about as often.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <summary>Completes when the lock has been free, without keeping it: what writes next finds it so, or waits for those who came between.</summary>
    /// <exception cref="DatabaseUnavailableException">It was held for all of <see cref="SqliteConnections.BusyTimeout"/>.</exception>
    public static async Task WaitAsync(SqliteConnection connection, SqliteConnections connections, TimeProvider time, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        while (!IsFree(connection, connections))
        {
            if (time.GetElapsedTime(begun) >= connections.BusyTimeout)
            {
                var seconds = connections.BusyTimeout.TotalSeconds.ToString("0.##", CultureInfo.InvariantCulture);
                throw new DatabaseUnavailableException($"The database {connections.File} is locked by another program, which has been writing for {seconds} seconds.") { IsLocked = true };
            }

            await Task.Delay(Look, time, cancellationToken);
        }
    }

    private static bool IsFree(SqliteConnection connection, SqliteConnections connections)
    {
        raw.sqlite3_busy_timeout(connection.Handle, 0);
        try
        {
            // Not by a command: the library repeats one that finds the lock taken, for a second at least.
            var result = raw.sqlite3_exec(connection.Handle, "BEGIN IMMEDIATE");
            if (result is raw.SQLITE_BUSY)
                return false;
            SqliteException.ThrowExceptionForRC(result, connection.Handle);
            SqliteException.ThrowExceptionForRC(raw.sqlite3_exec(connection.Handle, "ROLLBACK"), connection.Handle);
            return true;
        }
        finally
        {
            connections.SetBusyTimeout(connection);
        }
    }
}
