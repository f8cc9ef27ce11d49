namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>Names of tables and columns in SQL text.</summary>
internal static class SqliteName
{
    /// <summary>The name as SQL takes it, whatever characters it has.</summary>
    /// <remarks>
    /// In backticks and not in double quotes: SQLite silently reads a double-quoted name that it does not know as text, so that a dropped column
    /// would come out as its own name instead of an error (sqlite.org/quirks.html, section 8).
    /// </remarks>
    public static string Quote(string name) => "`" + name.Replace("`", "``", StringComparison.Ordinal) + "`";

    /// <summary>Text as a SQL literal; for places where no parameter can stand, such as a trigger.</summary>
    public static string Literal(string text) => "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";
}
