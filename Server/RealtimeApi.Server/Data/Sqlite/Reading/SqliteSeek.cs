using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>The rows after a place in an order, as conditions for keyset paging.</summary>
/// <remarks>
/// The order is SQLite's own, over whatever is stored: NULL, numbers, texts by the column's collation, blobs. A place is compared in the same order,
/// so paging neither skips nor repeats a row, misfits included, and rows that come or go on the way do not move it.
/// </remarks>
internal static class SqliteSeek
{
    public static string OrderBy(ListQuery query) =>
        string.Join(", ", query.OrderBy.Select(t => SqliteColumn.Comparable(t.Column) + (t.Descending ? " DESC" : "")));

    /// <summary>
    /// Conditions whose rows, one after another, are those after the place; a null stands for all rows.
    /// </summary>
    /// <remarks>
    /// For an order of a and b they are "equal in a and after in b", then "after in a". Each is equalities and one range, to which SQLite can go
    /// in an index over the fields, however many rows share a value; of one condition with OR, or of a comparison of rows with the row's key in it, it
    /// uses the first field only, and each page would read again all that share its value.
    /// </remarks>
    public static IEnumerable<Func<SqliteParameters, string?>> After(ListQuery query)
    {
        if (query.After is not { } after)
        {
            yield return static _ => null;
            yield break;
        }
        for (var i = after.Count - 1; i >= 0; i--)
        {
            var index = i;
            var (column, descending) = query.OrderBy[i];
            if (after[i].IsNull)
            {
                // Ascending, null is the first value; descending, the last.
                if (!descending)
                    yield return parameters => $"{EqualUntil(index, parameters)}{SqliteColumn.Name(column)} IS NOT NULL";
                continue;
            }
            yield return parameters =>
                $"{EqualUntil(index, parameters)}{SqliteColumn.Comparable(column)} {(descending ? "<" : ">")} {Store(index, parameters)}";
            if (descending && !SqliteColumn.IsNeverNull(query.Resource, column))
                yield return parameters => $"{EqualUntil(index, parameters)}{SqliteColumn.Name(column)} IS NULL";
        }

        string EqualUntil(int end, SqliteParameters parameters) => string.Concat(query.OrderBy.Take(end).Select((term, i) => after[i].IsNull
            ? $"{SqliteColumn.Name(term.Column)} IS NULL AND "
            : $"{SqliteColumn.Comparable(term.Column)} = {Store(i, parameters)} AND "));

        string Store(int index, SqliteParameters parameters) => parameters.Add(SqliteProjection.Store(query.OrderBy[index].Column, after[index]));
    }
}
