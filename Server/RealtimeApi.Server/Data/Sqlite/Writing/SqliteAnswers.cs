using Microsoft.Data.Sqlite;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>The table of the answers to writes that are to happen once. It is made by the first of them.</summary>
internal static class SqliteAnswers
{
    /// <summary>Rows that one statement deletes.</summary>
    public const int BatchRows = 500;

    private const string Create = """
        CREATE TABLE IF NOT EXISTS realtime_idempotency (
            caller TEXT NOT NULL,
            resource TEXT NOT NULL,
            key TEXT NOT NULL,
            time INTEGER NOT NULL,
            request BLOB NOT NULL,
            answer BLOB NOT NULL,
            PRIMARY KEY (caller, resource, key));
        CREATE INDEX IF NOT EXISTS realtime_idempotency_time ON realtime_idempotency (time);
        """;

    /// <summary>The answer to the first write of this mark; null where there was none, or it is forgotten.</summary>
    /// <exception cref="ProblemException">The mark was another request's (<c>idempotency-mismatch</c>).</exception>
    public static byte[]? Find(SqliteConnection connection, string resource, WriteOnce once)
    {
        if (!Exists(connection))
            return null;
        var found = connection.Rows(
            "SELECT request, answer FROM realtime_idempotency WHERE caller = $caller AND resource = $resource AND key = $key AND time >= $from",
            static reader => (Request: reader.GetFieldValue<byte[]>(0), Answer: reader.GetFieldValue<byte[]>(1)),
            ("$caller", once.Caller),
            ("$resource", resource),
            ("$key", once.Key),
            ("$from", once.NotBefore.ToUnixTimeMilliseconds()));
        if (found.Count == 0)
            return null;
        return found[0].Request.AsSpan().SequenceEqual(once.Request)
            ? found[0].Answer
            : throw new ProblemException(ProblemCodes.IdempotencyMismatch, "This Idempotency-Key came with another body before. Nothing was written; a new request needs a new key.");
    }

    public static void Record(SqliteConnection connection, string resource, WriteOnce once, byte[] answer)
    {
        if (!Exists(connection))
            connection.Run(Create);
        connection.Run(
            """
            INSERT OR REPLACE INTO realtime_idempotency (caller, resource, key, time, request, answer)
            VALUES ($caller, $resource, $key, $time, $request, $answer)
            """,
            ("$caller", once.Caller),
            ("$resource", resource),
            ("$key", once.Key),
            ("$time", once.Time.ToUnixTimeMilliseconds()),
            ("$request", once.Request),
            ("$answer", answer));
    }

    /// <summary>Whether there is an older answer.</summary>
    public static bool HasAny(SqliteConnection connection, DateTimeOffset before) => Exists(connection) && connection.Scalar<long>(
        "SELECT EXISTS (SELECT 1 FROM realtime_idempotency WHERE time < $before)", ("$before", before.ToUnixTimeMilliseconds())) != 0;

    /// <summary>Deletes some of the answers that are older.</summary>
    /// <returns>How many.</returns>
    public static int DeleteBatch(SqliteConnection connection, DateTimeOffset before) => !Exists(connection) ? 0 : connection.Run(
        "DELETE FROM realtime_idempotency WHERE rowid IN (SELECT rowid FROM realtime_idempotency WHERE time < $before ORDER BY time LIMIT $rows)",
        ("$before", before.ToUnixTimeMilliseconds()),
        ("$rows", BatchRows));

    private static bool Exists(SqliteConnection connection) =>
        connection.Scalar<long>("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'realtime_idempotency'") > 0;
}
