using Microsoft.Data.SqlClient;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>What of the product's there is in a database, and what the tables of a catalog are like. Immutable.</summary>
internal sealed record SqlServerSurvey
{
    private const string NestingSql = "SELECT CAST(value_in_use AS int) FROM sys.configurations WHERE name = N'nested triggers'";

    private const string SightSql = "SELECT HAS_PERMS_BY_NAME(DB_NAME(), N'DATABASE', N'VIEW DEFINITION')";

    private const string LogSql = "SELECT [Version], [Fork] FROM [realtime].[Log]";

    private const string NewestSql = "SELECT TOP (1) CONVERT(bigint, [Position]) FROM [realtime].[ChangeLog] WITH (NOLOCK) ORDER BY [Position] DESC";

    private const string CapturesSql = "SELECT [Capture], [Resource], [Triggers], [Version], [Active], [Start] FROM [realtime].[Capture]";

    private static readonly string TablesSql =
        $"SELECT DATABASE_PRINCIPAL_ID(N'{SqlServerLogTables.Role}'), {string.Join(", ", SqlServerLogTables.Names.Select(static name => $"OBJECT_ID(N'[realtime].[{name}]', N'U')"))}";

    private static readonly string OthersFirstSql = $"""
        SELECT t.parent_id, e.type_desc, t.name
        FROM sys.trigger_events AS e INNER JOIN sys.triggers AS t ON t.object_id = e.object_id
        WHERE e.is_first = 1 AND t.parent_class = 1 AND LEFT(t.name, {SqlServerCaptureId.Prefix.Length}) <> N'{SqlServerCaptureId.Prefix}'
        """;

    /// <summary>The product's tables that are not there.</summary>
    public required IReadOnlyList<string> MissingTables { get; init; }

    /// <summary>The version of the tables' form; 0 where there is no log.</summary>
    public int Version { get; init; }

    /// <summary>The recovery fork in which the log's id was drawn; null where that is not known.</summary>
    public string? Fork { get; init; }

    public bool HasRole { get; init; }

    /// <summary>Every capture, those that have ended included.</summary>
    public IReadOnlyList<Capture> Captures { get; init; } = [];

    /// <summary>The product's triggers, by their table's object id and their own name.</summary>
    public IReadOnlyDictionary<(int Table, string Name), Trigger> Triggers { get; init; } = new Dictionary<(int, string), Trigger>();

    /// <summary>The tables of the catalog, by resource; those that are not there are missing.</summary>
    public IReadOnlyDictionary<ResourceDefinition, (int Id, SqlServerTableShape Shape)> Tables { get; init; } =
        new Dictionary<ResourceDefinition, (int, SqlServerTableShape)>();

    /// <summary>Other programs' triggers that fire before all others: by table, what they fire on, and their names.</summary>
    public IReadOnlyList<(int Table, string Event, string Name)> OthersFirst { get; init; } = [];

    /// <summary>Whether the server lets triggers' writes fire triggers.</summary>
    public bool FiresNestedTriggers { get; init; } = true;

    /// <summary>Whether definitions can be read; if not, triggers that are there may not be seen.</summary>
    public bool SeesDefinitions { get; init; } = true;

    public bool HasLog => MissingTables.Count == 0 && Version > 0;

    /// <param name="Number">See <see cref="SqlServerCaptureId"/>.</param>
    /// <param name="Resource">The resource.</param>
    /// <param name="Triggers">How the names of its triggers begin.</param>
    /// <param name="Version">The version of its triggers.</param>
    /// <param name="IsActive">Whether it has not ended.</param>
    /// <param name="IsInLog">Whether the log reaches its start; not so where somebody has emptied it.</param>
    internal sealed record Capture(long Number, string Resource, string Triggers, int Version, bool IsActive, bool IsInLog);

    /// <param name="Definition">Its text; null where it cannot be read.</param>
    /// <param name="IsDisabled">Whether somebody has switched it off.</param>
    internal sealed record Trigger(string? Definition, bool IsDisabled);

    /// <summary>Looks at the database.</summary>
    public static async ValueTask<SqlServerSurvey> TakeAsync(
        SqlConnection connection, SqlTransaction? transaction, SqlServerEngine engine, IReadOnlyList<ResourceDefinition> wanted, CancellationToken cancellationToken)
    {
        var names = SqlServerLogTables.Names;
        var there = await connection.RowsAsync(
            transaction,
            TablesSql,
            reader => (HasRole: !reader.IsDBNull(0), Missing: names.Where((_, i) => reader.IsDBNull(i + 1)).ToList()),
            cancellationToken);
        var survey = new SqlServerSurvey { MissingTables = there[0].Missing, HasRole = there[0].HasRole };
        if (there[0].Missing.Count == 0)
            survey = await ReadLogAsync(survey, connection, transaction, cancellationToken);
        survey = survey with
        {
            Tables = await SqlServerTableShapes.ReadAsync(connection, transaction, engine, wanted, cancellationToken),
            Triggers = (await connection.RowsAsync(
                transaction,
                TriggersSql(engine),
                static reader => ((reader.GetInt32(0), reader.GetString(1)), new Trigger(reader.IsDBNull(3) ? null : reader.GetString(3), reader.GetBoolean(2))),
                cancellationToken)).ToDictionary(static found => found.Item1, static found => found.Item2),
            FiresNestedTriggers = await connection.ScalarAsync<int?>(
                transaction, NestingSql, cancellationToken) != 0,
        };
        if (!engine.HasDatabaseRights)
            return survey;
        return survey with
        {
            SeesDefinitions = await connection.ScalarAsync<int?>(transaction, SightSql, cancellationToken) != 0,
            OthersFirst = await connection.RowsAsync(
                transaction,
                OthersFirstSql,
                static reader => (reader.GetInt32(0), reader.GetString(1), reader.GetString(2)),
                cancellationToken),
        };
    }

    /// <summary>Every statement, for a parser.</summary>
    internal static IEnumerable<string> Statements(SqlServerEngine engine) =>
        [TablesSql, TriggersSql(engine), NestingSql, SightSql, OthersFirstSql, LogSql, NewestSql, CapturesSql];

    private static string TriggersSql(SqlServerEngine engine) => $"""
        SELECT t.parent_id, t.name, t.is_disabled, {engine.DefinitionOf("t.object_id")}
        FROM {engine.Triggers} AS t
        WHERE LEFT(t.name, {SqlServerCaptureId.Prefix.Length}) = N'{SqlServerCaptureId.Prefix}'
        """;

    private static async ValueTask<SqlServerSurvey> ReadLogAsync(
        SqlServerSurvey survey, SqlConnection connection, SqlTransaction? transaction, CancellationToken cancellationToken)
    {
        var log = await connection.RowsAsync(
            transaction,
            LogSql,
            static reader => (Version: reader.GetInt32(0), Fork: reader.IsDBNull(1) ? null : reader.GetString(1)),
            cancellationToken);
        var newest = await connection.ScalarAsync<long?>(
            transaction, NewestSql, cancellationToken) ?? -1;
        return survey with
        {
            Version = log.Count > 0 ? log.Max(static row => row.Version) : 0,
            Fork = log.Count > 0 ? log[0].Fork : null,
            Captures = await connection.RowsAsync(
                transaction,
                CapturesSql,
                reader => new Capture(
                    reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3), reader.GetBoolean(4), reader.GetInt64(5) <= newest),
                cancellationToken),
        };
    }
}
