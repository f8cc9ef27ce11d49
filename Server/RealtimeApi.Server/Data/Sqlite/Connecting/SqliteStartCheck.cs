using Dapper;
using Microsoft.Data.Sqlite;
using RealtimeApi.Server.DependencyInjection;
using SQLitePCL;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>Finds out why a file cannot be served, in words for the person who starts the server.</summary>
internal static class SqliteStartCheck
{
    private const string Otherwise = "switch Watch (and Write) off for every resource: '--RealtimeApi:Resources:*:Watch=false'.";

    /// <exception cref="RealtimeApiStartException">The file cannot be served.</exception>
    public static async Task RunAsync(SqliteConnections connections, bool willWrite, CancellationToken cancellationToken)
    {
        var file = connections.File;
        try
        {
            await using var connection = await connections.OpenAsync(cancellationToken);
            // Opening reads nothing; this reads the header and takes the lock that every read takes.
            connection.ExecuteScalar<long>("SELECT count(*) FROM sqlite_schema");
            if (willWrite && raw.sqlite3_db_readonly(connection.Handle, "main") != 0)
                throw new RealtimeApiStartException(
                    $"The database {file} is read-only, and Watch writes to its change log, Write to its tables. Allow this user to write the file, or {Otherwise}");
            if (willWrite)
                RefuseClosedDirectory(file);
        }
        catch (DatabaseUnavailableException e)
        {
            throw Explain(connections, file, (SqliteException)e.InnerException!);
        }
        catch (SqliteException e)
        {
            throw Explain(connections, file, e);
        }
    }

    private static RealtimeApiStartException Explain(SqliteConnections connections, string file, SqliteException error)
    {
        var reason = error.SqliteErrorCode switch
        {
            _ when Directory.Exists(file) => $"{file} is a directory. Name the SQLite file in it.",
            _ when !File.Exists(file) => $"The database {file} does not exist. Name an existing SQLite file; none is created here.",
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED =>
                $"The database {file} is locked by another program: it did not answer for {connections.BusyTimeout.TotalSeconds:0} seconds. "
                + "End that program's transaction, then start again.",
            raw.SQLITE_NOTADB => $"{file} is not a SQLite database (or it is encrypted). Name a SQLite file.",
            raw.SQLITE_CORRUPT => $"The database {file} is damaged ({error.Message}). Check it with: sqlite3 \"{file}\" \"PRAGMA integrity_check\"",
            _ when !IsReadable(file) => $"The database {file} may not be read by the user {Environment.UserName}. Give this user access to the file.",
            // Reading a file with a write-ahead log writes beside it, even where nothing else is meant to be written.
            raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN =>
                $"The database {file} has a write-ahead log, which even readers write to. Allow this user to write the file and its directory, or turn the log off where "
                + $"that may be done: sqlite3 \"{file}\" \"PRAGMA journal_mode = DELETE\"",
            _ => $"The database {file} cannot be opened: {error.Message.TrimEnd('.')}. SQLite also needs its directory, for the files it keeps beside the database.",
        };
        return new(reason, error);
    }

    private static bool IsReadable(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException)
        {
            return true; // Something else is wrong, which SQLite's own message names.
        }
    }

    // SQLite keeps its journal beside the file; without that every write fails.
    private static void RefuseClosedDirectory(string file)
    {
        var directory = Path.GetDirectoryName(file)!;
        try
        {
            File.Delete(WriteProbe(directory));
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new RealtimeApiStartException(
                $"The directory {directory} may not be written, and SQLite keeps its journal there. Allow this user to write it, or {Otherwise}", e);
        }
    }

    private static string WriteProbe(string directory)
    {
        var probe = Path.Combine(directory, $".realtimeapi-{Guid.NewGuid():N}");
        File.WriteAllBytes(probe, []);
        return probe;
    }
}
