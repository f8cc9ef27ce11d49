using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>The statements that read one resource. Immutable; what does not depend on the query is written once.</summary>
internal sealed class SqlServerItemStatements(ResourceDefinition resource)
{
    private readonly string table = SqlServerName.Quote(resource.Table);
    private readonly string allColumns = ColumnList(resource.Columns);

    // A view's key is what the configuration says, and may hold NULL.
    private readonly string? hasKey = resource.Key.Any(column => column.Nullable)
        ? string.Join(" AND ", resource.Key.Where(column => column.Nullable).Select(column => $"{SqlServerColumn.Name(column)} IS NOT NULL"))
        : null;

    /// <summary>The row of a key.</summary>
    /// <param name="key">The key; its parts become parameters.</param>
    /// <param name="parameters">Where they go.</param>
    /// <param name="hints">Hints for the table, e.g. <c> WITH (UPDLOCK)</c>.</param>
    public string Find(ItemKey key, SqlServerParameters parameters, string hints = "") => $"SELECT {allColumns} FROM {table}{hints} WHERE {IsKey(key.Values, parameters)}";

    /// <summary>That a row has this key, by the columns' types and collations.</summary>
    public string IsKey(IReadOnlyList<FieldValue> key, SqlServerParameters parameters) => string.Join(" AND ", resource.Key.Select((column, i) =>
        $"{SqlServerColumn.Comparable(column)} = {parameters.Add(SqlServerStorage.Of(column), SqlServerProjection.Store(column, key[i]))}"));

    /// <summary>The number of matching items, where it is asked for, and the page: one result for the number and one or more for the page, in order.</summary>
    /// <param name="query">The query.</param>
    /// <param name="columns">The columns to read, as <see cref="ColumnsOf"/> names them.</param>
    /// <param name="rows">How many rows to read in all.</param>
    /// <param name="parameters">Where the values go.</param>
    public string List(ListQuery query, IReadOnlyList<ColumnDefinition> columns, int rows, SqlServerParameters parameters)
    {
        var lines = new List<string>();
        var filter = query.Filter is null ? null : new SqlServerFilterSql(parameters).Write(query.Filter);
        if (query.Count)
            lines.Add($"SELECT COUNT_BIG(*) FROM {table}{Where(filter, null)};");
        var list = columns == resource.Columns ? allColumns : ColumnList(columns);
        var orderBy = SqlServerSeek.OrderBy(query);
        var places = SqlServerSeek.After(query, parameters).ToList();
        // A parameter of the batch tells the optimizer how many rows are wanted, a variable does not.
        var limit = parameters.Add(rows);
        if (places is [var single])
            lines.Add($"SELECT TOP ({limit}) {list} FROM {table}{Where(single, filter)} ORDER BY {orderBy};");
        else
            lines.Add($"DECLARE @rows int = {limit};");
        for (var i = 0; places.Count > 1 && i < places.Count; i++)
        {
            if (i > 0)
                lines.Add("SET @rows = @rows - @@ROWCOUNT;\nIF @rows > 0");
            lines.Add($"SELECT TOP (@rows) {list} FROM {table}{Where(places[i], filter)} ORDER BY {orderBy};");
        }

        return string.Join('\n', lines);
    }

    /// <summary>The columns that a page needs: those selected, the key, and those of the order, by which the next page is found.</summary>
    public IReadOnlyList<ColumnDefinition> ColumnsOf(ListQuery query)
    {
        if (query.Select.IsAll)
            return resource.Columns;
        var needed = query.Select.Columns.Concat(resource.Key).Concat(query.OrderBy.Select(t => t.Column)).Select(c => c.Ordinal).ToHashSet();
        return [.. resource.Columns.Where(c => needed.Contains(c.Ordinal))];
    }

    private static string ColumnList(IEnumerable<ColumnDefinition> columns) => string.Join(", ", columns.Select(SqlServerColumn.Read));

    private string Where(string? first, string? second)
    {
        var conditions = string.Join(" AND ", new[] { hasKey, first, second }.Where(c => c is not null));
        return conditions.Length == 0 ? "" : " WHERE " + conditions;
    }
}
