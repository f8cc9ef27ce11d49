namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>The parts of a <c>CREATE INDEX</c> statement that SQLite gives out only as text: its expressions and its condition.</summary>
/// <param name="Terms">What is indexed, without <c>ASC</c> and <c>DESC</c>.</param>
/// <param name="Where">The condition of a partial index, or null.</param>
internal sealed record SqliteIndexText(IReadOnlyList<string> Terms, string? Where)
{
    /// <param name="sql">The statement as <c>sqlite_schema</c> holds it, so known to be well formed.</param>
    public static SqliteIndexText Parse(string sql)
    {
        var terms = new List<string>();
        var depth = 0;
        var start = 0;
        var seenOn = false;
        (int Start, int End) last = default;
        for (var i = 0; i < sql.Length;)
        {
            var end = TokenEnd(sql, i);
            var token = sql.AsSpan(i, end - i);
            if (depth == 0 && !seenOn)
            {
                seenOn = token.Equals("ON", StringComparison.OrdinalIgnoreCase);
            }
            else if (token is "(")
            {
                if (depth++ == 0)
                    start = end;
            }
            else if ((token is ")" && --depth == 0) || (token is "," && depth == 1))
            {
                terms.Add(sql[start..TermEnd(sql, i, last)].Trim());
                start = end;
                if (depth == 0)
                    return new(terms, Condition(sql, end));
            }

            if (!IsBlank(sql, i))
                last = (i, end);
            i = end;
        }

        throw new FormatException("Not the text of a CREATE INDEX statement.");
    }

    private static int TermEnd(string sql, int end, (int Start, int End) last)
    {
        var word = sql.AsSpan(last.Start, last.End - last.Start);
        return word.Equals("ASC", StringComparison.OrdinalIgnoreCase) || word.Equals("DESC", StringComparison.OrdinalIgnoreCase) ? last.Start : end;
    }

    private static string? Condition(string sql, int start)
    {
        for (var i = start; i < sql.Length; i = TokenEnd(sql, i))
            if (sql.AsSpan(i, TokenEnd(sql, i) - i).Equals("WHERE", StringComparison.OrdinalIgnoreCase))
                return sql[TokenEnd(sql, i)..].Trim();
        return null;
    }

    private static bool IsBlank(string sql, int at) =>
        char.IsWhiteSpace(sql[at]) || sql.AsSpan(at).StartsWith("--") || sql.AsSpan(at).StartsWith("/*");

    private static int TokenEnd(string sql, int start)
    {
        var first = sql[start];
        if (first is '\'' or '"' or '`')
            return QuotedEnd(sql, start, first);
        if (first == '[')
            return After(sql, start, "]");
        if (sql.AsSpan(start).StartsWith("--"))
            return After(sql, start, "\n");
        if (sql.AsSpan(start).StartsWith("/*"))
            return After(sql, start, "*/");
        if (!IsWord(first))
            return start + 1;
        var end = start + 1;
        while (end < sql.Length && IsWord(sql[end]))
            end++;
        return end;
    }

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '$' || c > 127;

    private static int After(string sql, int start, string end)
    {
        var found = sql.IndexOf(end, start + 1, StringComparison.Ordinal);
        return found < 0 ? sql.Length : found + end.Length;
    }

    // A quote within quotes is written twice.
    private static int QuotedEnd(string sql, int start, char quote)
    {
        for (var i = start + 1; i < sql.Length; i++)
        {
            if (sql[i] != quote)
                continue;
            if (i + 1 < sql.Length && sql[i + 1] == quote)
                i++;
            else
                return i + 1;
        }

        return sql.Length;
    }
}
