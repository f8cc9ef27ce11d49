using System.Data;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>How a column stands in the text of statements.</summary>
internal static class SqlServerColumn
{
    /// <summary>A collation that compares texts by their UTF-16 code units, whatever the column's own; both engines know it.</summary>
    public const string ExactCollation = "Latin1_General_100_BIN2";

    /// <summary>The column's name, quoted.</summary>
    public static string Name(ColumnDefinition column) => SqlServerName.Quote(column.Column);

    /// <summary>The column where it is compared or sorted: itself, so that indexes serve, but for the types that have no comparison.</summary>
    public static string Comparable(ColumnDefinition column) =>
        SqlServerStorage.Of(column).Type == SqlDbType.Xml ? $"CAST({Name(column)} AS nvarchar(max)) COLLATE {ExactCollation}" : Name(column);

    /// <summary>The column where it is read: itself, but for XML, which the driver writes anew, with other spaces, where it is not text already.</summary>
    public static string Read(ColumnDefinition column) =>
        SqlServerStorage.Of(column).Type == SqlDbType.Xml ? $"CAST({Name(column)} AS nvarchar(max))" : Name(column);

    /// <summary>A text column in UTF-16, so that every character of it can be compared with every other.</summary>
    public static string Wide(ColumnDefinition column)
    {
        var storage = SqlServerStorage.Of(column);
        return storage.IsWide ? Name(column)
            : storage.IsCoded && storage.Size is > 0 and <= 4000 ? $"CAST({Name(column)} AS nvarchar({storage.Size}))"
            : $"CAST({Name(column)} AS nvarchar(max))";
    }

    /// <summary>A date or time in UTC.</summary>
    public static string Universal(ColumnDefinition column) =>
        SqlServerStorage.Of(column).Type == SqlDbType.DateTimeOffset ? $"SWITCHOFFSET({Name(column)}, '+00:00')" : Name(column);

    /// <summary>
    /// An expression that renders the column exactly, and independent of the session's settings, as a text or a whole number that FOR JSON can carry. What it
    /// yields is what <see cref="SqlServerProjection.FinishText"/> reads.
    /// </summary>
    /// <param name="column">The column.</param>
    /// <param name="alias">The name of the rows that have the column, as it stands in the statement; e.g. <c>i</c>.</param>
    /// <param name="engine">Who is to render it.</param>
    public static string Image(ColumnDefinition column, string alias, SqlServerEngine engine)
    {
        var storage = SqlServerStorage.Of(column);
        var name = $"{alias}.{Name(column)}";
        return storage.Type switch
        {
            SqlDbType.Bit => $"CAST({name} AS tinyint)",
            SqlDbType.Decimal => $"CONVERT(varchar(41), {name})",
            SqlDbType.Money or SqlDbType.SmallMoney => $"CONVERT(varchar(41), CAST({name} AS decimal(19,4)))",
            // The style that has digits enough for every value to come back.
            SqlDbType.Float or SqlDbType.Real => $"CONVERT(varchar(40), {name}, 3)",
            SqlDbType.UniqueIdentifier => $"CONVERT(char(36), {name})",
            SqlDbType.Binary or SqlDbType.VarBinary => engine.Hex(name),
            SqlDbType.Timestamp => $"CAST({name} AS bigint)",
            SqlDbType.Date => $"CONVERT(char(10), {name}, 23)",
            SqlDbType.Time or SqlDbType.DateTime or SqlDbType.SmallDateTime or SqlDbType.DateTime2 or SqlDbType.DateTimeOffset => $"CONVERT(varchar(40), {name}, 121)",
            SqlDbType.Xml => $"CAST({name} AS nvarchar(max))",
            _ => name,
        };
    }
}
