using System.Globalization;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>How a column stands in the text of statements.</summary>
internal static class SqliteColumn
{
    /// <summary>The column's value.</summary>
    public static string Name(ColumnDefinition column) => SqliteName.Quote(column.Column);

    /// <summary>
    /// The column where it is compared or sorted: by its own collation, so that indexes serve. One that some program registered is not known to this
    /// connection, and no statement may use it; such a column compares by its bytes.
    /// </summary>
    public static string Comparable(ColumnDefinition column) =>
        SqliteTextRules.Find(SqliteStorage.Of(column).Collation) is null ? Name(column) + " COLLATE BINARY" : Name(column);

    /// <summary>
    /// The same for a comparison with <paramref name="value"/>. A column of numeric affinity would make a number of a text that reads as one (and no stored text
    /// of it does), so the affinity is taken away then, and the index with it.
    /// </summary>
    public static string ComparableTo(ColumnDefinition column, object? value) =>
        value is string text && SqliteStorage.Of(column).Affinity is not (SqliteAffinity.Text or SqliteAffinity.Blob) && ReadsAsNumber(text)
            ? "+" + Comparable(column)
            : Comparable(column);

    /// <summary>Whether the column has no NULL in the rows that are items.</summary>
    public static bool IsNeverNull(ResourceDefinition resource, ColumnDefinition column) => !column.Nullable || resource.Key.Any(k => k.Ordinal == column.Ordinal);

    private static bool ReadsAsNumber(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}
