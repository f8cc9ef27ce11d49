namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>Finds views of which it is certain that each row of one table appears at most once, so that the table's key is the view's.</summary>
/// <remarks>
/// Certain is a single SELECT from one table, or from such a view, with at most WHERE, ORDER BY and LIMIT after it. Everything else (joins, unions, grouping,
/// common table expressions, table functions) may repeat a row or make new ones.
/// </remarks>
internal static class SqliteViewSource
{
    /// <summary>The table whose rows a view shows at most once each, or null where that is not certain.</summary>
    /// <param name="view">The view's name.</param>
    /// <param name="views">The <c>CREATE VIEW</c> statements of all views, by name.</param>
    public static string? FindTable(string view, IReadOnlyDictionary<string, string> views)
    {
        var name = view;
        // A view of itself cannot be made, but a damaged schema may hold anything.
        for (var depth = 0; depth < 16; depth++)
        {
            if (!views.TryGetValue(name, out var sql))
                return name;
            if (FindSource(sql) is not { } source)
                return null;
            name = source;
        }

        return null;
    }

    private static string? FindSource(string sql)
    {
        var words = SqliteWords.OutsideParentheses(sql);
        var select = words.FindIndex(word => word.Is("SELECT"));
        var from = words.FindIndex(word => word.Is("FROM"));
        if (select < 1 || !words[select - 1].Is("AS") || from < select)
            return null;
        if (words[(select + 1)..].Any(word => word.IsAny("UNION", "INTERSECT", "EXCEPT", "GROUP", "WINDOW")))
            return null;
        // SQLite says of (SELECT id FROM t LIMIT 1) that it is the column t.id, which it is, but for every row the same.
        if (words[select..from].Any(word => word.Is("(SELECT)")))
            return null;
        var source = words[(from + 1)..];
        if (source.Count >= 3 && source[1].Text == "." && !source[1].Quoted)
        {
            if (!source[0].Text.Equals("main", StringComparison.OrdinalIgnoreCase))
                return null;
            source.RemoveRange(0, 2);
        }

        if (source.Count == 0 || !source[0].IsName)
            return null;
        var next = 1;
        if (next < source.Count && source[next].Is("AS"))
            next += 2;
        else if (next < source.Count && source[next].IsName && !source[next].IsAny("WHERE", "ORDER", "LIMIT"))
            next += 1;
        return next >= source.Count || source[next].IsAny("WHERE", "ORDER", "LIMIT") ? source[0].Text : null;
    }
}
