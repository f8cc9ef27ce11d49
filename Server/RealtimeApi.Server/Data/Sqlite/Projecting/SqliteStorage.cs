using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>How SQLite stores a column; <see cref="ColumnDefinition.Storage"/> of every SQLite column.</summary>
/// <param name="Affinity">The column's affinity, which decides the storage class of what is written and how it compares.</param>
/// <param name="Collation">The name of the column's collation: <c>BINARY</c>, <c>NOCASE</c>, <c>RTRIM</c> or one that a program registered.</param>
/// <param name="DateFormat">How the column holds dates and times; null where it is of no such type.</param>
internal sealed record SqliteStorage(SqliteAffinity Affinity, string Collation, SqliteDateFormat? DateFormat)
{
    /// <summary>The details of <see cref="DateFormat"/> where it is text.</summary>
    public SqliteTextTime TextTime { get; init; } = SqliteTextTime.Default;

    /// <summary>How GUIDs are held, where the column is of that type.</summary>
    public SqliteGuidFormat GuidFormat { get; init; }

    public static SqliteStorage Of(ColumnDefinition column) => (SqliteStorage)column.Storage!;
}
