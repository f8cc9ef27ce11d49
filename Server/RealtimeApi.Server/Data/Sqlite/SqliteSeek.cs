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
    /// Conditions whose rows, one after another, are those after the place. Usually one; two where the first field descends and may be null, so that each is
    /// one range of an index. A null stands for all rows.
    /// </summary>
    public static IEnumerable<Func<SqliteParameters, string?>> After(ListQuery query)
    {
        if (query.After is not { } after)
            return [static _ => null];
        var first = query.OrderBy[0];
        if (AllInOneDirection(query, after))
            return [parameters => Row(query.OrderBy, after, parameters)];
        return first.Descending && !after[0].IsNull && !SqliteColumn.IsNeverNull(query.Resource, first.Column)
            ?
            [
                parameters => $"{SqliteColumn.Comparable(first.Column)} <= {Store(first.Column, after[0], parameters)} AND {Expanded(query, after, 0, parameters)}",
                _ => $"{SqliteColumn.Name(first.Column)} IS NULL",
            ]
            : [parameters => Leading(query, after[0], parameters) + Expanded(query, after, 0, parameters)];
    }

    /// <summary>Whether one comparison of rows says it all: SQLite seeks to it in an index over the fields, however many rows share the first.</summary>
    private static bool AllInOneDirection(ListQuery query, IReadOnlyList<FieldValue> after)
    {
        var descending = query.OrderBy[0].Descending;
        for (var i = 0; i < after.Count; i++)
        {
            var term = query.OrderBy[i];
            // A null comes before what is asked for when ascending, so that it may be missing; after it when descending.
            if (after[i].IsNull || term.Descending != descending || (descending && !SqliteColumn.IsNeverNull(query.Resource, term.Column)))
                return false;
        }
        return true;
    }

    private static string Row(IReadOnlyList<OrderTerm> order, IReadOnlyList<FieldValue> after, SqliteParameters parameters)
    {
        var symbol = order[0].Descending ? "<" : ">";
        var values = order.Select((t, i) => Store(t.Column, after[i], parameters)).ToList();
        return order.Count == 1
            ? $"{SqliteColumn.Comparable(order[0].Column)} {symbol} {values[0]}"
            : $"({string.Join(", ", order.Select(t => SqliteColumn.Comparable(t.Column)))}) {symbol} ({string.Join(", ", values)})";
    }

    /// <summary>The range of the first field, which the whole condition implies; for the index.</summary>
    private static string Leading(ListQuery query, FieldValue after, SqliteParameters parameters)
    {
        var first = query.OrderBy[0];
        return after.IsNull
            ? first.Descending ? $"{SqliteColumn.Name(first.Column)} IS NULL AND " : ""
            : $"{SqliteColumn.Comparable(first.Column)} {(first.Descending ? "<=" : ">=")} {Store(first.Column, after, parameters)} AND ";
    }

    /// <summary>After in this field, or equal in it and after in the next ones.</summary>
    private static string Expanded(ListQuery query, IReadOnlyList<FieldValue> after, int index, SqliteParameters parameters)
    {
        var term = query.OrderBy[index];
        var column = SqliteColumn.Comparable(term.Column);
        var name = SqliteColumn.Name(term.Column);
        var mayBeNull = !SqliteColumn.IsNeverNull(query.Resource, term.Column);
        string beyond, equal;
        if (after[index].IsNull)
        {
            beyond = term.Descending ? "0" : $"{name} IS NOT NULL";
            equal = $"{name} IS NULL";
        }
        else
        {
            var value = Store(term.Column, after[index], parameters);
            beyond = !term.Descending ? $"{column} > {value}" : mayBeNull ? $"{column} < {value} OR {name} IS NULL" : $"{column} < {value}";
            equal = $"{column} = {value}";
        }
        return index == query.OrderBy.Count - 1
            ? $"({beyond})"
            : $"({beyond} OR ({equal} AND {Expanded(query, after, index + 1, parameters)}))";
    }

    private static string Store(ColumnDefinition column, FieldValue value, SqliteParameters parameters) =>
        parameters.Add(SqliteProjection.Store(column, value));
}
