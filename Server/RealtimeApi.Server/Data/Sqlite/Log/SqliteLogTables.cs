using Microsoft.Data.Sqlite;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>The product's own tables: their names, how they are made, and the statements that others read them by.</summary>
/// <remarks>
/// Images are kept in columns without a type, <c>v0, v1, …</c>, one for each value of a row: SQLite then stores exactly what the table held, whatever its
/// storage class, and no library version has a say in how it is written. None of the tables has a constraint beyond its rowid, because a trigger
/// takes over the conflict clause of the statement that fires it, and <c>INSERT OR IGNORE</c> would then skip the log.
/// </remarks>
internal static class SqliteLogTables
{
    /// <summary>The prefix of every table and trigger of the product.</summary>
    public const string Prefix = "realtime_";

    /// <summary>The version of the tables' form; a database with a later one is refused.</summary>
    public const int Version = 1;

    /// <summary>The most columns a watched table can have: SQLite's limit on columns of a table, and a change may hold two images.</summary>
    public const int MaxColumns = 990;

    /// <summary>The newest point: one row of position and tag, none where the log is empty. Fails where nothing is captured.</summary>
    public const string Head = "SELECT position, tag FROM realtime_changelog ORDER BY position DESC LIMIT 1";

    /// <summary>Whether the database has a whole change log.</summary>
    public static bool Exist(SqliteConnection connection) =>
        connection.Scalar<long>(
            """
            SELECT count(*) FROM sqlite_schema
            WHERE type = 'table' AND name IN ('realtime_log', 'realtime_capture', 'realtime_changelog', 'realtime_collision')
            """) == 4
        && connection.Scalar<long>("SELECT count(*) FROM realtime_log") == 1;

    // The newest row is never deleted, so plain rowids do not repeat; AUTOINCREMENT would write one page more in each transaction.
    private const string Create = """
        CREATE TABLE IF NOT EXISTS realtime_log (
            id TEXT NOT NULL,
            version INTEGER NOT NULL,
            low_position INTEGER NOT NULL,
            low_tag INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS realtime_capture (
            capture INTEGER PRIMARY KEY,
            resource TEXT NOT NULL,
            table_name TEXT NOT NULL,
            fingerprint TEXT NOT NULL,
            start_position INTEGER NOT NULL,
            active INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS realtime_changelog (
            position INTEGER PRIMARY KEY,
            tag INTEGER,
            time INTEGER,
            capture INTEGER,
            op INTEGER);
        CREATE TABLE IF NOT EXISTS realtime_collision (
            id INTEGER PRIMARY KEY,
            capture INTEGER);
        """;

    /// <summary>Makes what is missing of the tables, with room for rows of <paramref name="columns"/> values.</summary>
    /// <param name="connection">Inside a write transaction.</param>
    /// <param name="columns">The columns of the widest table to be captured.</param>
    public static void Ensure(SqliteConnection connection, int columns)
    {
        connection.Run(Create);
        connection.Run(
            """
            INSERT INTO realtime_log (id, version, low_position, low_tag)
            SELECT $id, $version, 0, 0 WHERE NOT EXISTS (SELECT 1 FROM realtime_log)
            """,
            ("$id", Convert.ToHexStringLower(Guid.NewGuid().ToByteArray().AsSpan(0, 8))),
            ("$version", Version));
        Widen(connection, "realtime_changelog", 2 * columns);
        // A noted row's identity may take as many values as its key has.
        Widen(connection, "realtime_collision", 2 * columns);
    }

    /// <summary>How many values a row of the log has room for.</summary>
    public static int Width(SqliteConnection connection, string table = "realtime_changelog") =>
        (int)connection.Scalar<long>("SELECT count(*) FROM pragma_table_info($table) WHERE name GLOB 'v[0-9]*'", ("$table", table));

    private static void Widen(SqliteConnection connection, string table, int width)
    {
        for (var i = Width(connection, table); i < width; i++)
            connection.Run($"ALTER TABLE {table} ADD COLUMN v{i}");
    }
}
