using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>The statements that read one resource. Immutable; what does not depend on the query is written once.</summary>
internal sealed class SqliteItemStatements
{
    private readonly ResourceDefinition resource;
    private readonly string table;
    private readonly string allColumns;
    private readonly string? hasKey;

    public SqliteItemStatements(ResourceDefinition resource)
    {
        this.resource = resource;
        table = SqliteName.Quote(resource.Table.Name);
        allColumns = ColumnList(resource.Columns);
        hasKey = resource.Key.Any(c => c.Nullable)
            ? string.Join(" AND ", resource.Key.Where(c => c.Nullable).Select(c => $"{SqliteColumn.Name(c)} IS NOT NULL"))
            : null;
        var ofKey = $"{allColumns} FROM {table} WHERE " + string.Join(" AND ", resource.Key.Select((c, i) => $"{SqliteColumn.Comparable(c)} = @p{i}"));
        Find = "SELECT " + ofKey;
        FindWithPoint =
            $"SELECT (SELECT max(position) FROM realtime_changelog), (SELECT tag FROM realtime_changelog ORDER BY position DESC LIMIT 1), {ofKey}";
    }

    /// <summary>The row of a key, whose parts are <c>@p0</c>, <c>@p1</c>, …</summary>
    public string Find { get; }

    /// <summary>The same, preceded by the newest point of the change log, where there is such a row. One statement costs less than two.</summary>
    public string FindWithPoint { get; }

    /// <summary>The parts of a key, as <see cref="Find"/> takes them.</summary>
    public static SqliteParameters ParametersOf(ResourceDefinition resource, ItemKey key)
    {
        var parameters = new SqliteParameters();
        for (var i = 0; i < resource.Key.Count; i++)
            parameters.Add(SqliteProjection.Store(resource.Key[i], key.Values[i]));
        return parameters;
    }

    public string Count(string? filter) => $"SELECT count(*) FROM {table}{Where(filter, null)}";

    public string List(IReadOnlyList<ColumnDefinition> columns, string? place, string? filter, string orderBy, string limit) =>
        $"SELECT {(columns == resource.Columns ? allColumns : ColumnList(columns))} FROM {table}{Where(place, filter)} ORDER BY {orderBy} LIMIT {limit}";

    /// <summary>The columns that a page needs: those selected, the key, and those of the order, by which the next page is found.</summary>
    public IReadOnlyList<ColumnDefinition> ColumnsOf(ListQuery query)
    {
        if (query.Select.IsAll)
            return resource.Columns;
        var needed = query.Select.Columns.Concat(resource.Key).Concat(query.OrderBy.Select(t => t.Column)).Select(c => c.Ordinal).ToHashSet();
        return [.. resource.Columns.Where(c => needed.Contains(c.Ordinal))];
    }

    private static string ColumnList(IEnumerable<ColumnDefinition> columns) => string.Join(", ", columns.Select(SqliteColumn.Name));

    private string Where(string? first, string? second)
    {
        var conditions = string.Join(" AND ", new[] { hasKey, first, second }.Where(c => c is not null));
        return conditions.Length == 0 ? "" : " WHERE " + conditions;
    }
}
