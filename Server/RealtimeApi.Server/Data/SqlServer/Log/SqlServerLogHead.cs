using Microsoft.Data.SqlClient;
using RealtimeApi.Server.Feed;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>The newest point of the change log, read in a batch of other statements, or in the transaction of a write.</summary>
internal static class SqlServerLogHead
{
    /// <summary>
    /// The newest row below the high-water mark, or what stands for it where the log has none: every change at or before it can be seen by whatever is read after
    /// this. One result of one row: position and tag, NULLs where there is no log.
    /// </summary>
    /// <param name="engine">What the database is.</param>
    /// <param name="mark">From <see cref="SqlServerHighWater.DeclareAsync"/>, for this connection.</param>
    public static string Sql(SqlServerEngine engine, string mark) => $"""
        {mark}
        IF OBJECT_ID(N'[realtime].[ChangeLog]', N'U') IS NULL
            SELECT CAST(NULL AS bigint), CAST(NULL AS bigint);
        ELSE
            {Newest(engine)}
        """;

    /// <summary>The same without the question whether there is a log, after the declaration of <c>@mark</c>.</summary>
    public static string Newest(SqlServerEngine engine) => $"""
        SELECT TOP (1) h.[P], h.[Tag] FROM (
            SELECT n.[P], n.[Tag] FROM (
                SELECT TOP (1) CONVERT(bigint, [Position]) AS [P], [Tag] FROM [realtime].[ChangeLog] WITH (READCOMMITTEDLOCK)
                WHERE [Position] < {engine.Position("@mark")} ORDER BY [Position] DESC) AS n
            UNION ALL
            SELECT [LowPosition], [LowTag] FROM [realtime].[Log]) AS h
        ORDER BY h.[P] DESC;
        """;

    /// <summary>Reads the result of either; null where there is no log.</summary>
    public static async ValueTask<LogPoint?> ReadAsync(SqlDataReader row, CancellationToken cancellationToken) =>
        await row.ReadAsync(cancellationToken) && !await row.IsDBNullAsync(0, cancellationToken) ? new(new(row.GetInt64(0)), row.GetInt64(1)) : null;

    /// <summary>
    /// For the end of a write's transaction: a point that is not before any change of the write. One result of one row: the log's id, position and tag; NULLs where there is
    /// no log. The point need not be settled, and may even vanish when another transaction is rolled back: then an answer that must be as new is read from the database.
    /// </summary>
    // Not held up by what others have written and not yet committed.
    public const string OwnSql = """
        IF OBJECT_ID(N'[realtime].[ChangeLog]', N'U') IS NULL
            SELECT CAST(NULL AS nvarchar(32)), CAST(NULL AS bigint), CAST(NULL AS bigint);
        ELSE
            SELECT TOP (1) l.[Id], CONVERT(bigint, c.[Position]), c.[Tag]
            FROM [realtime].[ChangeLog] AS c WITH (NOLOCK) CROSS JOIN [realtime].[Log] AS l WITH (NOLOCK)
            ORDER BY c.[Position] DESC;
        """;

    /// <summary>Reads the result of <see cref="OwnSql"/>; null where there is no log.</summary>
    public static async ValueTask<LogMark?> ReadOwnAsync(SqlDataReader row, CancellationToken cancellationToken) =>
        await row.ReadAsync(cancellationToken) && !await row.IsDBNullAsync(0, cancellationToken)
            ? new LogMark(row.GetString(0), new(new(row.GetInt64(1)), row.GetInt64(2)))
            : null;
}
