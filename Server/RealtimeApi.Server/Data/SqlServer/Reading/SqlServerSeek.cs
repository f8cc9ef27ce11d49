using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>The rows after a place in an order, as conditions for keyset paging.</summary>
/// <remarks>
/// The order is the server's own: NULL first, texts by the column's collation, GUIDs from their last group to their first. A place is compared in the same order, so
/// paging neither skips nor repeats a row, and rows that come or go on the way do not move it.
/// </remarks>
internal static class SqlServerSeek
{
    public static string OrderBy(ListQuery query) =>
        string.Join(", ", query.OrderBy.Select(t => SqlServerColumn.Comparable(t.Column) + (t.Descending ? " DESC" : "")));

    /// <summary>Conditions whose rows, one after another, are those after the place; a null stands for all rows.</summary>
    /// <remarks>
    /// For an order of a and b they are "equal in a and after in b", then "after in a". Each is equalities and one range, to which the server can go in an index over
    /// the fields, however many rows share a value; one condition with OR makes it read from the start.
    /// </remarks>
    public static IEnumerable<string?> After(ListQuery query, SqlServerParameters parameters)
    {
        if (query.After is not { } after)
            return [null];
        var conditions = new List<string?>();
        var values = after.Select((value, i) => value.IsNull ? null : parameters.Add(SqlServerStorage.Of(query.OrderBy[i].Column), SqlServerProjection.Store(query.OrderBy[i].Column, value))).ToList();
        for (var i = after.Count - 1; i >= 0; i--)
        {
            var (column, descending) = query.OrderBy[i];
            var equal = string.Concat(query.OrderBy.Take(i).Select((term, j) => values[j] is { } value
                ? $"{SqlServerColumn.Comparable(term.Column)} = {value} AND "
                : $"{SqlServerColumn.Name(term.Column)} IS NULL AND "));
            if (values[i] is not { } place)
            {
                // Ascending, null is the first value; descending, the last.
                if (!descending)
                    conditions.Add($"{equal}{SqlServerColumn.Name(column)} IS NOT NULL");
                continue;
            }

            conditions.Add($"{equal}{SqlServerColumn.Comparable(column)} {(descending ? "<" : ">")} {place}");
            if (descending && column.Nullable)
                conditions.Add($"{equal}{SqlServerColumn.Name(column)} IS NULL");
        }

        return conditions;
    }
}
