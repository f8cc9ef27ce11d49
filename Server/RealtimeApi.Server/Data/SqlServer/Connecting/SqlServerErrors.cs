using System.Collections.Frozen;
using Microsoft.Data.SqlClient;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>What the server's errors mean for the product, in one place.</summary>
internal static class SqlServerErrors
{
    /// <summary>The number that Babelfish gives to most errors of PostgreSQL's, whatever they are; only the message tells.</summary>
    private const int Unmapped = 33557097;

    private const int TimedOut = -2;

    /// <summary>The server ended the transaction, all of it, to let another go on; the same work may be done again at once.</summary>
    private static readonly FrozenSet<int> undone = FrozenSet.Create(
        1205, // deadlock victim
        3960, 3961, 3966); // a snapshot transaction met another's update, or a changed table

    /// <summary>The server is busy, moving or starting: the same work may succeed in a moment.</summary>
    private static readonly FrozenSet<int> passing = FrozenSet.Create(
        701, 802, 8645, 8651, // memory
        1204, 1222, // locks
        921, 922, 924, 927, 952, 976, 978, 983, // the database starts, is restored, or moves to another replica
        4060, 4221, // the same, met when connecting
        6005, 17142, 17197, // the server stops, is paused, or starts
        10928, 10929, 40143, 40197, 40501, 40540, 40549, 40550, 40613, 42108, 42109, 49918, 49919, 49920); // Azure SQL

    /// <summary>It does not pass by itself, but a person can mend it while the server runs.</summary>
    private static readonly FrozenSet<int> refused = FrozenSet.Create(
        229, 230, 262, 297, 300, 916, // permission
        18401, 18450, 18451, 18452, 18456, 18461, 18470, 18486, 18487, 18488, 40615, // login
        1101, 1105, 9002, // disk or log full
        823, 824, 825, 829, 945, // damaged or not accessible
        3906, 3908); // read-only

    private static readonly FrozenSet<int> connection = FrozenSet.Create(
        -1, 2, 20, 53, 64, 121, 232, 233, 258, 997, 10053, 10054, 10060, 10061, 10065, 11001);

    private static readonly FrozenSet<int> changed = FrozenSet.Create(
        207, // column
        208, 4902, // table
        213, // number of columns
        2705, 2812, // procedure
        4413, 4502); // a view over what is no longer there

    /// <summary>
    /// The exception to throw instead, or null where the error says nothing but that our own statement is wrong. Used as a filter, so that such an
    /// error keeps its stack: <c>catch (SqlException e) when (SqlServerErrors.Translate(e) is { } translated) { throw translated; }</c>.
    /// </summary>
    public static Exception? Translate(SqlException error) => Judge(error) switch
    {
        SqlServerFault.Undone => new DatabaseUnavailableException("The database let another transaction go first, several times.", error),
        SqlServerFault.TimedOut => new DatabaseUnavailableException("The database did not answer in time.", error),
        SqlServerFault.Passing => new DatabaseUnavailableException($"The database is busy or not there for the moment (error {error.Number}).", error),
        SqlServerFault.Connection => new DatabaseUnavailableException("The connection to the database server failed.", error),
        SqlServerFault.Refused => new DatabaseUnavailableException($"The database refuses: {error.Message}", error),
        SqlServerFault.Changed => new SchemaChangedException($"A table or column is no longer there: {error.Message}", error),
        _ => null,
    };

    /// <summary>What kind of fault it is; the first of its errors that says so decides.</summary>
    public static SqlServerFault Judge(SqlException error)
    {
        foreach (SqlError part in error.Errors)
        {
            if (Judge(part.Number, part.Class, part.Message) is var fault and not SqlServerFault.None)
                return fault;
        }

        return SqlServerFault.None;
    }

    /// <inheritdoc cref="Judge(SqlException)"/>
    internal static SqlServerFault Judge(int number, byte severity, string message) => number switch
    {
        _ when undone.Contains(number) => SqlServerFault.Undone,
        TimedOut => SqlServerFault.TimedOut,
        _ when passing.Contains(number) => SqlServerFault.Passing,
        _ when refused.Contains(number) => SqlServerFault.Refused,
        _ when changed.Contains(number) => SqlServerFault.Changed,
        _ when connection.Contains(number) => SqlServerFault.Connection,
        Unmapped => JudgeText(message),
        // From this severity on the server ends the connection.
        _ when severity >= 20 => SqlServerFault.Connection,
        _ => SqlServerFault.None,
    };

    private static SqlServerFault JudgeText(string message) => message switch
    {
        _ when message.Contains("deadlock detected", StringComparison.Ordinal)
            || message.Contains("could not serialize access", StringComparison.Ordinal)
            // Two sessions gave rights or made roles, perhaps in different databases: Babelfish keeps them in one place.
            || message.Contains("tuple concurrently updated", StringComparison.Ordinal) => SqlServerFault.Undone,
        _ when message.Contains("canceling statement due to lock timeout", StringComparison.Ordinal)
            || message.Contains("remaining connection slots", StringComparison.Ordinal)
            || message.Contains("too many clients", StringComparison.Ordinal)
            || message.Contains("is starting up", StringComparison.Ordinal)
            || message.Contains("is shutting down", StringComparison.Ordinal)
            || message.Contains("out of memory", StringComparison.Ordinal) => SqlServerFault.Passing,
        _ when message.Contains("terminating connection", StringComparison.Ordinal) => SqlServerFault.Connection,
        _ when message.StartsWith("permission denied", StringComparison.Ordinal)
            || message.Contains("No space left on device", StringComparison.Ordinal)
            || message.Contains("read-only transaction", StringComparison.Ordinal) => SqlServerFault.Refused,
        _ when message.Contains("does not exist", StringComparison.Ordinal)
            && (message.Contains("relation ", StringComparison.Ordinal) || message.Contains("column ", StringComparison.Ordinal)) => SqlServerFault.Changed,
        _ => SqlServerFault.None,
    };
}
