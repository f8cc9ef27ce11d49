using System.Globalization;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>The statements of a reconciliation of one resource. Immutable.</summary>
internal sealed class SqlServerReconciliationSql(ResourceDefinition resource, SqlServerEngine engine)
{
    public const string Begin =
        "SELECT c.[Start], c.[Whole], l.[LowPosition] FROM [realtime].[Capture] AS c CROSS JOIN [realtime].[Log] AS l WHERE c.[Capture] = @capture";

    public const string TakeTurn = "SET DEADLOCK_PRIORITY LOW; SET LOCK_TIMEOUT 30000; UPDATE [realtime].[Capture] SET [Active] = [Active] WHERE [Capture] = @capture;";

    public const string Write = "INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [After], [Actor]) VALUES (@capture, @op, @before, @after, N'reconcile');";

    /// <summary>Writers wait for one batch some ten milliseconds.</summary>
    private const int MostBatchKeys = 200;

    private readonly string table = SqlServerName.Quote(resource.Table);
    private readonly IReadOnlyList<string> key = [.. resource.Key.Select(static column => $"t.{SqlServerColumn.Name(column)}")];

    /// <summary>Keys that are compared in one transaction: fewer where each has so many parts that a statement could not hold the values of as many.</summary>
    public int BatchKeys => Math.Min(MostBatchKeys, SqlServerParameters.MostParameters / key.Count);

    public string Count => $"SELECT COUNT_BIG(*) FROM {table}";

    /// <summary>Keeps writers away until the transaction ends.</summary>
    public string Lock => engine.LockTable(table, SqlServerName.Quote(SqlServerCaptureId.TriggersOf(SqlServerCaptureId.Of(resource)) + "insert"));

    /// <summary>A mark, from which on the resource is captured.</summary>
    public string Mark => $"""
        DECLARE @mark TABLE ([Position] {engine.PositionType} NOT NULL);
        INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor]) OUTPUT INSERTED.[Position] INTO @mark VALUES (@capture, {SqlServerLogTables.Mark}, @name, N'reconcile');
        UPDATE [realtime].[Capture] SET [Start] = (SELECT CONVERT(bigint, [Position]) FROM @mark) WHERE [Capture] = @capture;
        """;

    private string Image => SqlServerImage.Expression(resource.Columns, "t", engine);

    /// <summary>The log's next rows about the resource.</summary>
    /// <param name="isSettled">Only those below the high-water mark.</param>
    public string Log(bool isSettled) => $"""
        SELECT TOP (@rows) CONVERT(bigint, [Position]), [Op], COALESCE([After], [Before])
        FROM [realtime].[ChangeLog] WITH (READPAST, READCOMMITTEDLOCK)
        WHERE [Position] > {engine.Position("@scanned")} AND [Capture] = @capture AND [Op] <> 0{(isSettled ? $" AND [Position] < {engine.Position("@mark")}" : "")}
        ORDER BY [Position];
        """;

    /// <summary>A page of the table's rows in the order of the key; after <c>@k0</c>, <c>@k1</c>, … if it is not the first.</summary>
    public string Keys(bool isFirst)
    {
        var conditions = resource.Key.Where(static column => column.Nullable).Select(static column => $"t.{SqlServerColumn.Name(column)} IS NOT NULL").ToList();
        if (!isFirst)
            conditions.Add($"({string.Join(" OR ", key.Select((name, i) => $"({string.Concat(key.Take(i).Select(static (before, j) => $"{before} = @k{j} AND "))}{name} > @k{i})"))})");
        return $"""
            SELECT TOP (@rows) {Image}
            FROM {table} AS t{(conditions.Count > 0 ? $" WHERE {string.Join(" AND ", conditions)}" : "")}
            ORDER BY {string.Join(", ", key)};
            """;
    }

    /// <summary>The rows of so many keys, whose parts are parameters (<see cref="KeyPart"/>).</summary>
    public string Rows(int keys)
    {
        var alternatives = Enumerable.Range(0, keys).Select(i => $"({string.Join(" AND ", key.Select((name, j) => $"{name} = {KeyPart(i, j)}"))})");
        return $"""
            SELECT {Image}
            FROM {table} AS t WHERE {string.Join("\n    OR ", alternatives)};
            """;
    }

    /// <summary>The images of these rows of the log.</summary>
    public string Images(IEnumerable<long> positions)
    {
        var list = string.Join(", ", positions.Select(position => engine.Position(string.Create(CultureInfo.InvariantCulture, $"CAST({position} AS bigint)"))));
        return $"SELECT CONVERT(bigint, [Position]), [After] FROM [realtime].[ChangeLog] WITH (READCOMMITTEDLOCK) WHERE [Position] IN ({list});";
    }

    public static string KeyPart(int key, int part) => string.Create(CultureInfo.InvariantCulture, $"@k{key}_{part}");
}
