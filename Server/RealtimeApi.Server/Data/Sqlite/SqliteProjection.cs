using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>The one projection: what SQLite holds becomes a <see cref="FieldValue"/> here and nowhere else, for reads and for the log's images.</summary>
internal static class SqliteProjection
{
    /// <summary>A stored value of any storage class (null, long, double, string, byte[]) as the column's field value.</summary>
    public static FieldValue Finish(ColumnDefinition column, object? stored) => throw new NotImplementedException();

    /// <summary>
    /// The value to compare the column with in SQL so that equal field values are equal and order is kept (null, long, double, string or byte[]; never applies to a misfit).
    /// </summary>
    public static object? Store(ColumnDefinition column, FieldValue value) => throw new NotImplementedException();
}
