using Microsoft.Data.Sqlite;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>The leases in a SQLite file. Their table is made by the first that is taken.</summary>
/// <remarks>
/// Everything that has the file open is on one machine, whose clock is the database's. It may be set back, which must not keep a dead owner's lease alive: one that would last more than
/// twice its term from now on was taken under another clock, and counts as over.
/// </remarks>
internal sealed class SqliteLeases(SqliteConnections connections) : ILeases
{
    private const string Create = """
        CREATE TABLE IF NOT EXISTS realtime_lease (
            name TEXT NOT NULL PRIMARY KEY,
            owner TEXT NOT NULL,
            taken INTEGER NOT NULL,
            until INTEGER NOT NULL)
        """;

    // In milliseconds since 1970. One statement, and so one transaction: two that take at once take in turn.
    private const string Take = """
        INSERT INTO realtime_lease (name, owner, taken, until)
        SELECT $name, $owner, now, now + $term FROM (SELECT CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER) AS now) WHERE true
        ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, taken = excluded.taken, until = excluded.until
        WHERE owner = excluded.owner OR until <= excluded.taken OR until - excluded.taken > 2 * (until - taken)
        """;

    private const string Release = "DELETE FROM realtime_lease WHERE name = $name AND owner = $owner";

    public Task<bool> TryTakeAsync(string name, string owner, TimeSpan term, CancellationToken cancellationToken) =>
        RunAsync(
            static (connection, call) =>
            {
                if (!Exists(connection))
                    connection.Run(Create);
                return connection.Run(Take, ("$name", call.name), ("$owner", call.owner), ("$term", (long)call.term.TotalMilliseconds)) > 0;
            },
            (name, owner, term),
            cancellationToken);

    public Task ReleaseAsync(string name, string owner, CancellationToken cancellationToken) =>
        RunAsync(
            static (connection, call) => Exists(connection) && connection.Run(Release, ("$name", call.name), ("$owner", call.owner)) > 0,
            (name, owner),
            cancellationToken);

    private static bool Exists(SqliteConnection connection) =>
        connection.Scalar<long>("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'realtime_lease'") > 0;

    private async Task<bool> RunAsync<TState>(Func<SqliteConnection, TState, bool> call, TState state, CancellationToken cancellationToken)
    {
        try
        {
            using var connection = await connections.OpenAsync(cancellationToken);
            return call(connection, state);
        }
        catch (SqliteException e) when (SqliteErrors.Translate(e, connections.File) is { } translated)
        {
            throw translated;
        }
    }
}
