using Microsoft.Data.SqlClient;
using RealtimeApi.Server.Feed;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>Deletes old rows of the log, a few at a time.</summary>
/// <remarks>
/// The low-water mark is committed before the first row goes, so that a reader that looks at it after its rows knows of every hole. A process that ends between the two
/// leaves rows behind the mark, which the next one deletes. Several nodes may trim at once: the mark only rises, and each passes over rows that another is deleting. Writers
/// append at the other end and are not held up.
/// </remarks>
internal sealed class SqlServerLogTrimmer(SqlServerConnections connections, SqlServerRetry retry, SqlServerHighWater highWater, TimeProvider time)
{
    /// <summary>Rows that one transaction deletes.</summary>
    private const int BatchRows = 1000;

    /// <summary>Rows that are looked at for one rise of the mark.</summary>
    private const int StepRows = 20_000;

    private const string RaiseSql = "UPDATE [realtime].[Log] SET [LowPosition] = @position, [LowTag] = @tag WHERE [LowPosition] < @position;";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    public async Task<long> TrimAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var deleted = 0L;
        while (true)
        {
            var (raised, rows) = await retry.ReadAsync((connection, token) => StepAsync(connection, before, token), cancellationToken);
            deleted += rows;
            if (!raised && rows < BatchRows)
                return deleted;
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private async ValueTask<(bool Raised, int Rows)> StepAsync(SqlConnection connection, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var engine = await connections.EngineAsync(cancellationToken);
        var raised = await RaiseMarkAsync(connection, engine, before, cancellationToken);
        var rows = await connection.RunAsync(
            null,
            DeleteSql(engine),
            cancellationToken,
            ("@rows", BatchRows));
        return (raised, Math.Max(rows, 0));
    }

    /// <summary>Raises the mark over rows that are old, if those below it are gone.</summary>
    private async ValueTask<bool> RaiseMarkAsync(SqlConnection connection, SqlServerEngine engine, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var found = await connection.RowsAsync(
            null,
            FindSql(engine, await highWater.DeclareAsync(connection, cancellationToken)),
            static reader => new LogPoint(new(reader.GetInt64(0)), reader.GetInt64(1)),
            cancellationToken,
            ("@rows", StepRows),
            ("@before", before.UtcDateTime));
        if (found.Count == 0)
            return false;
        await connection.RunAsync(
            null,
            RaiseSql,
            cancellationToken,
            ("@position", found[0].Position.Major),
            ("@tag", found[0].Tag));
        return true;
    }

    /// <summary>Every statement, for a parser.</summary>
    internal static IEnumerable<string> Statements(SqlServerEngine engine) => [DeleteSql(engine), FindSql(engine, "DECLARE @mark bigint = 1;"), RaiseSql];

    private static string DeleteSql(SqlServerEngine engine) =>
        $"""
            DECLARE @low bigint = (SELECT [LowPosition] FROM [realtime].[Log]);
            DELETE FROM [realtime].[ChangeLog] WHERE [Position] IN (
                SELECT TOP (@rows) [Position] FROM [realtime].[ChangeLog] WITH (READPAST, READCOMMITTEDLOCK, ROWLOCK)
                WHERE [Position] <= {engine.Position("@low")} ORDER BY [Position]);
            """;

    private static string FindSql(SqlServerEngine engine, string mark)
    {
        // The newest row stays. Clocks may have been set back, so the first row that is young ends the run, whatever follows.
        return $"""
            {mark}
            DECLARE @low bigint = (SELECT [LowPosition] FROM [realtime].[Log]);
            DECLARE @newest bigint = (
                SELECT TOP (1) CONVERT(bigint, [Position]) FROM [realtime].[ChangeLog] WITH (READCOMMITTEDLOCK)
                WHERE [Position] < {engine.Position("@mark")} ORDER BY [Position] DESC);
            IF NOT EXISTS (SELECT 1 FROM [realtime].[ChangeLog] WITH (READPAST, READCOMMITTEDLOCK) WHERE [Position] <= {engine.Position("@low")})
            BEGIN
                WITH [step] AS (
                    SELECT TOP (@rows) CONVERT(bigint, [Position]) AS [P], [Tag], [Time] FROM [realtime].[ChangeLog] WITH (READCOMMITTEDLOCK)
                    WHERE [Position] > {engine.Position("@low")} AND [Position] < {engine.Position("@newest")}
                    ORDER BY [Position])
                SELECT TOP (1) [P], [Tag] FROM [step]
                WHERE [P] < COALESCE((SELECT MIN([P]) FROM [step] WHERE [Time] >= @before), 9223372036854775807)
                ORDER BY [P] DESC;
            END;
            """;
    }
}
