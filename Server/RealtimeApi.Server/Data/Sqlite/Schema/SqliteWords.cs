namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>SQL text cut into words, as far as finding a view's source needs it.</summary>
internal static class SqliteWords
{
    /// <summary>The words of the statement's own level; each pair of parentheses is one word, <c>()</c>, or <c>(SELECT)</c> where a query stands in it.</summary>
    public static List<Word> OutsideParentheses(string sql)
    {
        var words = new List<Word>();
        var depth = 0;
        for (var i = 0; i < sql.Length;)
        {
            var start = i;
            switch (sql[i])
            {
                case '-' when Next(sql, i) == '-':
                    i = End(sql, "\n", i);
                    continue;
                case '/' when Next(sql, i) == '*':
                    i = End(sql, "*/", i + 2);
                    continue;
                case '\'' or '"' or '`' or '[':
                    var text = Quoted(sql, ref i);
                    if (depth == 0)
                        words.Add(new(text, Quoted: true, IsName: sql[start] != '\''));
                    continue;
                case '(':
                    if (depth++ == 0)
                        words.Add(new("()", Quoted: false, IsName: false));
                    break;
                case ')':
                    depth--;
                    break;
                case ' ' or '\t' or '\r' or '\n' or '\f' or ';':
                    break;
                case var c when IsWord(c):
                    while (i < sql.Length && IsWord(sql[i]))
                        i++;
                    if (depth == 0)
                        words.Add(new(sql[start..i], Quoted: false, IsName: !char.IsAsciiDigit(sql[start])));
                    else if (sql.AsSpan(start, i - start).Equals("SELECT", StringComparison.OrdinalIgnoreCase))
                        words[^1] = new("(SELECT)", Quoted: false, IsName: false);
                    continue;
                default:
                    if (depth == 0)
                        words.Add(new(sql[i].ToString(), Quoted: false, IsName: false));
                    break;
            }

            i++;
        }

        return words;
    }

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '$' || c >= '\u0080';

    private static char Next(string sql, int at) => at + 1 < sql.Length ? sql[at + 1] : '\0';

    private static int End(string sql, string mark, int from) => sql.IndexOf(mark, from, StringComparison.Ordinal) is >= 0 and var at ? at + mark.Length : sql.Length;

    private static string Quoted(string sql, ref int i)
    {
        var close = sql[i] == '[' ? ']' : sql[i];
        var start = ++i;
        while (i < sql.Length && (sql[i] != close || (close != ']' && Next(sql, i) == close)))
            i += sql[i] == close ? 2 : 1;
        var end = Math.Min(i, sql.Length);
        i++;
        return sql[start..end].Replace(new string(close, 2), close.ToString(), StringComparison.Ordinal);
    }

    /// <param name="Text">The word, or the name within its quotes.</param>
    /// <param name="Quoted">Whether it stood in quotes, and so is no keyword.</param>
    /// <param name="IsName">Whether it may be a name.</param>
    internal sealed record Word(string Text, bool Quoted, bool IsName)
    {
        public bool Is(string keyword) => !Quoted && Text.Equals(keyword, StringComparison.OrdinalIgnoreCase);

        public bool IsAny(params ReadOnlySpan<string> keywords)
        {
            foreach (var keyword in keywords)
                if (Is(keyword))
                    return true;
            return false;
        }
    }
}
