using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>Names of tables and columns in T-SQL text.</summary>
internal static class SqlServerName
{
    /// <summary>The schema of tables that name none.</summary>
    public const string DefaultSchema = "dbo";

    /// <summary>The name as T-SQL takes it, whatever characters it has; where <c>QUOTED_IDENTIFIER</c> is on, as it is on every connection of the driver's.</summary>
    // Babelfish knows no bracket in brackets.
    public static string Quote(string name) =>
        name.Contains(']', StringComparison.Ordinal) ? $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : $"[{name}]";

    /// <summary>The same, of what an expression of T-SQL gives.</summary>
    public static string QuoteIn(string expression) => $"""N'"' + REPLACE(CAST({expression} AS nvarchar(128)), N'"', N'""') + N'"'""";

    public static string SchemaOf(TableName table) => table.Schema ?? DefaultSchema;

    /// <summary>The table with its schema.</summary>
    public static string Quote(TableName table) => $"{Quote(SchemaOf(table))}.{Quote(table.Name)}";

    /// <summary>Text as a Unicode literal; for places where no parameter can stand, such as a trigger.</summary>
    public static string Literal(string text) => "N'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";
}
