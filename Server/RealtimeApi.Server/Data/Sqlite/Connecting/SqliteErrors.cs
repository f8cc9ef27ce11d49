using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>What SQLite's errors mean for the product, in one place.</summary>
internal static class SqliteErrors
{
    /// <summary>
    /// The exception to throw instead, or null where the error says nothing but that our own statement is wrong. Used as a filter, so that such an
    /// error keeps its stack: <c>catch (SqliteException e) when (SqliteErrors.Translate(e, file) is { } translated) { throw translated; }</c>.
    /// </summary>
    /// <param name="error">What SQLite says.</param>
    /// <param name="file">The file it is about, for the server's log.</param>
    public static Exception? Translate(SqliteException error, string file) => error.SqliteErrorCode switch
    {
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new DatabaseUnavailableException($"The database {file} is locked by another program.", error) { IsLocked = true },
        // What a sort does not hold in memory goes into a temporary file; a read-only container without a /tmp of its own has no place for one.
        raw.SQLITE_IOERR when error.SqliteExtendedErrorCode == raw.SQLITE_IOERR_GETTEMPPATH => new DatabaseUnavailableException(
            "SQLite finds no directory for a temporary file, as it needs it to sort much. Let this user write /tmp, or the directory that the environment variable SQLITE_TMPDIR names.", error),
        raw.SQLITE_CANTOPEN => new DatabaseUnavailableException($"The database {file} is missing or cannot be opened: {InItsWords(error)}", error),
        raw.SQLITE_IOERR or raw.SQLITE_FULL or raw.SQLITE_PROTOCOL or raw.SQLITE_PERM or raw.SQLITE_AUTH or raw.SQLITE_READONLY
            => new DatabaseUnavailableException($"The database {file} cannot be read or written now: {InItsWords(error)}", error),
        raw.SQLITE_NOTADB or raw.SQLITE_CORRUPT => new DatabaseUnavailableException($"The database {file} is damaged or not a SQLite database: {InItsWords(error)}", error),
        raw.SQLITE_SCHEMA => new SchemaChangedException("The database's schema has changed.", error),
        raw.SQLITE_ERROR when NamesSomethingMissing(error.Message) => new SchemaChangedException("A table or column is no longer there.", error),
        _ => null,
    };

    // A full disk, a failing one and a file that has become read-only are different work for whoever is called. The extended code says what SQLite was doing.
    private static string InItsWords(SqliteException error) =>
        error.SqliteExtendedErrorCode == error.SqliteErrorCode ? error.Message : $"{error.Message.TrimEnd('.')} (extended code {error.SqliteExtendedErrorCode}).";

    // SQLite has one code for every error of a statement's text; only the message tells.
    private static bool NamesSomethingMissing(string message) =>
        message.Contains("no such column", StringComparison.Ordinal)
        || message.Contains("no such table", StringComparison.Ordinal)
        || message.Contains("has no column named", StringComparison.Ordinal);
}
