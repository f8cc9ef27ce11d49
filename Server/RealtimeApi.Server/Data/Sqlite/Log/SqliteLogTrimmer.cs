using Microsoft.Data.Sqlite;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>Deletes old rows of the log, a few at a time.</summary>
/// <remarks>
/// The low-water mark is committed before the first row goes, so that a reader that looks at it after its rows knows of every hole. A
/// process that ends between the two leaves rows behind the mark, which the next one deletes. Several nodes may trim at once.
/// </remarks>
internal sealed class SqliteLogTrimmer(SqliteConnections connections, TimeProvider time)
{
    /// <summary>Rows that one transaction deletes: some ten milliseconds of the write lock.</summary>
    private const int BatchRows = 1000;

    /// <summary>Rows that are looked at for one rise of the mark.</summary>
    private const int StepRows = 20_000;

    // SQLite's lock is not fair: without a pause a waiting writer may find it taken each time it looks.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    public async Task<long> TrimAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var deleted = 0L;
        while (true)
        {
            using (var connection = await connections.OpenAsync(cancellationToken))
            {
                if (!SqliteLogTables.Exist(connection))
                    return deleted;
                var raised = RaiseMark(connection, before.ToUnixTimeMilliseconds());
                var rows = DeleteBatch(connection);
                deleted += rows;
                if (!raised && rows < BatchRows)
                    return deleted;
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    /// <summary>Raises the mark over rows that are old, if those below it are gone.</summary>
    private static bool RaiseMark(SqliteConnection connection, long before)
    {
        // The newest row stays. Clocks may have been set back, so the first row that is young ends the run, whatever follows.
        const string Find = """
            WITH step AS (
                SELECT position, tag, time FROM realtime_changelog
                WHERE position > (SELECT low_position FROM realtime_log) AND position < (SELECT max(position) FROM realtime_changelog)
                ORDER BY position LIMIT $rows)
            SELECT position, tag FROM step
            WHERE position < coalesce((SELECT min(position) FROM step WHERE time >= $before), 9223372036854775807)
            ORDER BY position DESC LIMIT 1
            """;
        if (connection.Scalar<long>("SELECT EXISTS (SELECT 1 FROM realtime_changelog WHERE position <= (SELECT low_position FROM realtime_log))") != 0)
            return false;
        var found = connection.Rows(
            Find, static reader => (Position: reader.GetInt64(0), Tag: reader.GetInt64(1)), ("$rows", StepRows), ("$before", before));
        if (found.Count == 0)
            return false;
        connection.Run(
            "UPDATE realtime_log SET low_position = $position, low_tag = $tag WHERE low_position < $position",
            ("$position", found[0].Position),
            ("$tag", found[0].Tag));
        return true;
    }

    private static int DeleteBatch(SqliteConnection connection) =>
        connection.Run(
            """
            DELETE FROM realtime_changelog WHERE position IN (
                SELECT position FROM realtime_changelog WHERE position <= (SELECT low_position FROM realtime_log) ORDER BY position LIMIT $rows)
            """,
            ("$rows", BatchRows));
}
