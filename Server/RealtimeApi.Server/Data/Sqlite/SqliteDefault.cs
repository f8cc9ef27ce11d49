using System.Text.RegularExpressions;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>The defaults of columns as expressions that mean the same anywhere in a statement.</summary>
internal static partial class SqliteDefault
{
    /// <param name="text">The default as the schema holds it.</param>
    public static string Expression(string text)
    {
        var word = Word().Match(text);
        if (!word.Success)
            return $"({text}\n)";
        // A bare or double-quoted word is a text in a default, and a column anywhere else.
        if (text[0] == '"')
            return SqliteName.Literal(text[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal));
        return text.ToUpperInvariant() switch
        {
            "NULL" or "CURRENT_TIME" or "CURRENT_DATE" or "CURRENT_TIMESTAMP" => text,
            // Older libraries do not know these words, and would take them for columns.
            "TRUE" => "1",
            "FALSE" => "0",
            _ => SqliteName.Literal(text),
        };
    }

    [GeneratedRegex("""^(?:[\p{L}_][\p{L}\p{Nd}_$]*|"(?:[^"]|"")*")$""")]
    private static partial Regex Word();
}
