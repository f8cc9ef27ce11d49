using RealtimeApi.Server.Queries;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>The year, month and day of a stored date or point in time that fits its column.</summary>
internal static class SqliteTimePart
{
    private const string UnixEpochJulianMilliseconds = "210866760000000";

    /// <param name="storage">How the column holds it.</param>
    /// <param name="part"><see cref="FieldFunction.Year"/>, <see cref="FieldFunction.Month"/> or <see cref="FieldFunction.Day"/>.</param>
    /// <param name="expression">The column in SQL.</param>
    public static string Of(SqliteStorage storage, FieldFunction part, string expression)
    {
        var format = part switch
        {
            FieldFunction.Year => "%Y",
            FieldFunction.Month => "%m",
            _ => "%d",
        };
        return storage.DateFormat switch
        {
            SqliteDateFormat.UnixSeconds => FromSeconds(expression),
            SqliteDateFormat.UnixMilliseconds => FromSeconds(WholeSeconds(expression)),
            SqliteDateFormat.JulianDay => FromSeconds(WholeSeconds($"(CAST({expression} * 86400000.0 + 0.5 AS INTEGER) - {UnixEpochJulianMilliseconds})")),
            _ => part switch
            {
                FieldFunction.Year => $"CAST(substr({expression}, 1, 4) AS INTEGER)",
                FieldFunction.Month => $"CAST(substr({expression}, 6, 2) AS INTEGER)",
                _ => $"CAST(substr({expression}, 9, 2) AS INTEGER)",
            },
        };

        string FromSeconds(string seconds) => $"CAST(strftime('{format}', {seconds}, 'unixepoch') AS INTEGER)";
    }

    // SQLite's division rounds towards zero; the time before 1970 is to be rounded down.
    private static string WholeSeconds(string milliseconds) => $"(({milliseconds} - (({milliseconds} % 1000) + 1000) % 1000) / 1000)";
}
