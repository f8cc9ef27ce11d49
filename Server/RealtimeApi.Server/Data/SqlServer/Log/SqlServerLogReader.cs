using System.Collections.Frozen;
using System.Globalization;
using Microsoft.Data.SqlClient;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>Reads the log's rows and state below the high-water mark; no transaction is open in between.</summary>
/// <remarks>
/// Rows below the mark are settled, so what several statements find fits together, but for trimming: the low-water mark is therefore read after the rows. Rows are read
/// by the lock of the statement (<c>READCOMMITTEDLOCK</c>), never from an older version of theirs; below the mark nobody holds one.
/// </remarks>
internal sealed class SqlServerLogReader(SqlServerConnections connections, SqlServerHighWater highWater, SqlServerSchemaVersion schema, SqlServerHoldUp holdUp)
{
    /// <summary>Rows that a page looks at when few of them are of its resource.</summary>
    private const int MaxRows = 20_000;

    /// <summary>What a row takes beside its images.</summary>
    private const int RowOverhead = 40;

    private const string DeclaredMark = "DECLARE @mark bigint = 1;";

    private volatile Known? known;

    /// <summary>Reads a page.</summary>
    public async ValueTask<LogPage> ReadPageAsync(
        SqlConnection connection, ResourceCatalog catalog, LogPosition after, int maxBytes, string? resourceName, CancellationToken cancellationToken)
    {
        var engine = await connections.EngineAsync(cancellationToken);
        var definitions = Definitions(catalog);
        long? one = resourceName is null ? null : catalog.Find(resourceName) is { } wantedResource ? SqlServerCaptureId.Of(wantedResource) : 0;
        var sql = PageSql(engine, await highWater.DeclareAsync(connection, cancellationToken), one is not null);
        var changes = new List<Change>();
        var resets = new List<CaptureReset>();
        var last = new Dictionary<(ResourceDefinition, string), Change>();
        LogPoint? through = null, head, found;
        LogRow log;
        long mark, top;
        await using (var command = connection.Command(
            null,
            sql,
            ("@after", after.Major),
            ("@rows", one is null ? Math.Clamp(maxBytes / 64, 16, 5000) : MaxRows),
            ("@bytes", 2L * maxBytes),
            ("@capture", one ?? 0)))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                var point = new LogPoint(new(reader.GetInt64(0)), reader.GetInt64(1));
                through = point;
                var op = reader.GetByte(2);
                if (op == SqlServerLogTables.Mark)
                {
                    // What stands before it is not known to those who watch from here on, and says nothing of what comes.
                    last.Clear();
                    if (!reader.IsDBNull(6) && catalog.Find(reader.GetString(6)) is { } marked && (resourceName is null || Same(marked.Name, resourceName)))
                        resets.Add(new(point, marked.Name));
                }
                else if (definitions.TryGetValue(reader.GetInt64(3), out var definition) && (one is null || one == reader.GetInt64(3)))
                {
                    var change = ReadChange(reader, definition, point);
                    if (last.TryGetValue((definition, change.Item.Key.Text), out var earlier) && IsRepetition(earlier, change))
                        continue;
                    last[(definition, change.Item.Key.Text)] = change;
                    changes.Add(change);
                }
            }

            head = await NextPointAsync(reader, cancellationToken);
            found = await NextPointAsync(reader, cancellationToken);
            log = await NextLogAsync(reader, cancellationToken);
            await reader.NextResultAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            mark = reader.GetInt64(0);
            top = reader.IsDBNull(1) ? 0 : reader.GetInt64(1);
        }

        var version = await schema.ReadAsync(connection, cancellationToken);
        var newest = At(head, LogPosition.Max, log.LowWater)!.Value;
        var before = At(found, after, log.LowWater);
        return new()
        {
            LogId = log.IdIn(version.Fork),
            Changes = changes,
            Resets = resets,
            Through = through ?? new(after, before?.Tag ?? log.LowWater.Tag),
            After = before,
            HasMore = (through?.Position ?? after) < newest.Position,
            IsHeldBack = await holdUp.ObserveAsync(connection, mark, top, cancellationToken),
            LowWater = log.LowWater.Position,
            SchemaVersion = version.Version,
        };
    }

    /// <summary>The log's state, with the starts of all active captures.</summary>
    /// <param name="connection">Outside of a transaction.</param>
    /// <param name="find">A position that the state is asked for.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<LogState> ReadStateAsync(SqlConnection connection, LogPosition? find, CancellationToken cancellationToken)
    {
        var engine = await connections.EngineAsync(cancellationToken);
        // A point that another node gave out is settled, even where this one's mark is behind.
        var least = engine.IsBabelfish && find is { } asked && asked < LogPosition.Max
            ? string.Create(CultureInfo.InvariantCulture, $"\nIF @mark <= {asked.Major} SET @mark = {asked.Major} + 1;")
            : "";
        var sql = StateSql(engine, await highWater.DeclareAsync(connection, cancellationToken) + least);
        LogPoint? head, found;
        LogRow log;
        var starts = new Dictionary<string, LogPosition>(StringComparer.Ordinal);
        await using (var command = connection.Command(null, sql, ("@find", find?.Major ?? 0)))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            head = await ReadPointAsync(reader, cancellationToken);
            found = await NextPointAsync(reader, cancellationToken);
            log = await NextLogAsync(reader, cancellationToken);
            await reader.NextResultAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                starts[reader.GetString(0)] = new(reader.GetInt64(1));
        }

        var version = await schema.ReadAsync(connection, cancellationToken);
        return new()
        {
            LogId = log.IdIn(version.Fork),
            Head = At(head, LogPosition.Max, log.LowWater)!.Value,
            LowWater = log.LowWater,
            Found = find is { } position ? At(found, position, log.LowWater) : null,
            CaptureStarts = starts,
            SchemaVersion = version.Version,
        };
    }

    /// <summary>The position of the newest settled row, 0 where there is none.</summary>
    public async ValueTask<long> ReadHeadAsync(SqlConnection connection, CancellationToken cancellationToken)
    {
        var engine = await connections.EngineAsync(cancellationToken);
        return await connection.ScalarAsync<long>(null, $"{await highWater.DeclareAsync(connection, cancellationToken)}\n{SqlServerLogHead.Newest(engine)}", cancellationToken);
    }

    /// <summary>The newest position that has been given out, settled or not; 0 where there is none.</summary>
    public async ValueTask<long> ReadNewestAsync(SqlConnection connection, CancellationToken cancellationToken) =>
        await connection.ScalarAsync<long>(null, NewestSql(await connections.EngineAsync(cancellationToken)), cancellationToken);

    /// <summary>Every statement, for a parser.</summary>
    internal static IEnumerable<string> Statements(SqlServerEngine engine) =>
        [PageSql(engine, DeclaredMark, ofOne: false), PageSql(engine, DeclaredMark, ofOne: true), StateSql(engine, DeclaredMark), NewestSql(engine)];

    private static string NewestSql(SqlServerEngine engine) => $"SELECT {engine.NewestPosition};";

    private static string PageSql(SqlServerEngine engine, string mark, bool ofOne)
    {
        // The images' sizes are known without reading them, so that a page ends before the server has sent too much.
        var wanted = ofOne ? "[Capture] = @capture OR [Op] = 0" : "1 = 1";
        return $"""
            {mark}
            SELECT p.[P], p.[Tag], p.[Op], p.[Capture], p.[Time], p.[Before], p.[After]
            FROM (
                SELECT r.*, SUM(r.[Bytes]) OVER (ORDER BY r.[P] ROWS UNBOUNDED PRECEDING) AS [Total]
                FROM (
                    SELECT TOP (@rows)
                        CONVERT(bigint, [Position]) AS [P], [Tag], [Op], [Capture], [Time],
                        CASE WHEN {wanted} THEN [Before] END AS [Before],
                        CASE WHEN {wanted} THEN [After] END AS [After],
                        CASE WHEN {wanted} THEN CONVERT(bigint, COALESCE(DATALENGTH([Before]), 0) + COALESCE(DATALENGTH([After]), 0)) ELSE 0 END AS [Bytes]
                    FROM [realtime].[ChangeLog] WITH (READCOMMITTEDLOCK)
                    WHERE [Position] > {engine.Position("@after")} AND [Position] < {engine.Position("@mark")}
                    ORDER BY [Position]) AS r) AS p
            WHERE p.[Total] - p.[Bytes] < @bytes
            ORDER BY p.[P];
            {SqlServerLogHead.Newest(engine)}
            {Newest(engine, "@after")}
            SELECT [Id], [Fork], [LowPosition], [LowTag] FROM [realtime].[Log];
            SELECT @mark, {engine.NewestPosition};
            """;
    }

    private static string StateSql(SqlServerEngine engine, string mark) =>
        $"""
            {mark}
            {SqlServerLogHead.Newest(engine)}
            {Newest(engine, "@find")}
            SELECT [Id], [Fork], [LowPosition], [LowTag] FROM [realtime].[Log];
            SELECT [Resource], [Start] FROM [realtime].[Capture] WHERE [Active] = 1 ORDER BY [Start];
            """;

    private static string Newest(SqlServerEngine engine, string parameter) => $"""
        SELECT TOP (1) CONVERT(bigint, [Position]), [Tag] FROM [realtime].[ChangeLog] WITH (READCOMMITTEDLOCK)
        WHERE [Position] <= {engine.Position(parameter)} AND [Position] < {engine.Position("@mark")} ORDER BY [Position] DESC;
        """;

    private static Change ReadChange(SqlDataReader reader, ResourceDefinition definition, LogPoint point)
    {
        var before = reader.IsDBNull(5) ? null : reader.GetString(5);
        var after = reader.IsDBNull(6) ? null : reader.GetString(6);
        var first = before is null ? null : SqlServerImage.Read(definition, before);
        var second = after is null ? null : SqlServerImage.Read(definition, after);
        if (first is not null && second is not null)
            first.ShareContentOf(second);
        return new()
        {
            Point = point,
            Resource = definition,
            Before = first,
            After = second,
            Time = new(DateTime.SpecifyKind(reader.GetDateTime(4), DateTimeKind.Utc)),
            Size = RowOverhead + (before?.Length ?? 0) + (after?.Length ?? 0),
        };
    }

    /// <summary>
    /// Whether a row's change says once more what its change before has said. None can happen twice in a row; but a trigger that does not know what MERGE has done says a
    /// creation again.
    /// </summary>
    private static bool IsRepetition(Change earlier, Change change) =>
        IsSame(earlier.Before, change.Before) && IsSame(earlier.After, change.After);

    private static bool IsSame(Item? left, Item? right) =>
        left is null || right is null ? left is null && right is null : ImageEquality.AreEqual(left.Values, right.Values);

    /// <summary>The definitions by the captures that the log's rows name; kept for as long as the catalog is the same.</summary>
    private FrozenDictionary<long, ResourceDefinition> Definitions(ResourceCatalog catalog)
    {
        if (known is { } last && ReferenceEquals(last.Catalog, catalog))
            return last.Definitions;
        var definitions = catalog.Resources.Where(static resource => resource is { Watchable: true, IsView: false }).ToFrozenDictionary(SqlServerCaptureId.Of);
        known = new(catalog, definitions);
        return definitions;
    }

    private static async ValueTask<LogPoint?> NextPointAsync(SqlDataReader reader, CancellationToken cancellationToken)
    {
        await reader.NextResultAsync(cancellationToken);
        return await ReadPointAsync(reader, cancellationToken);
    }

    private static async ValueTask<LogPoint?> ReadPointAsync(SqlDataReader reader, CancellationToken cancellationToken) =>
        await reader.ReadAsync(cancellationToken) ? new(new(reader.GetInt64(0)), reader.GetInt64(1)) : null;

    private static async ValueTask<LogRow> NextLogAsync(SqlDataReader reader, CancellationToken cancellationToken)
    {
        await reader.NextResultAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new(reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1), new(new(reader.GetInt64(2)), reader.GetInt64(3)))
            : throw new SchemaChangedException("The change log has lost its row.");
    }

    /// <summary>What was found at or before a position; the low-water mark stands for the newest of the rows that are gone, and nothing is known before it.</summary>
    private static LogPoint? At(LogPoint? found, LogPosition position, LogPoint lowWater) =>
        position < lowWater.Position ? null : found is { } point && point.Position > lowWater.Position ? point : lowWater;

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private sealed record Known(ResourceCatalog Catalog, FrozenDictionary<long, ResourceDefinition> Definitions);

    private readonly record struct LogRow(string Id, string? Fork, LogPoint LowWater)
    {
        /// <summary>The log's id; another one in a database that was restored and whose log has not been renamed yet.</summary>
        public string IdIn(string? fork) => fork is null || Fork is null || fork == Fork ? Id : Id + "'";
    }
}
