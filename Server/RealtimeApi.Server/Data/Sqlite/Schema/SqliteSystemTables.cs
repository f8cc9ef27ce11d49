namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>Tables that are no data of the application: SQLite's, the product's and the migration tools'.</summary>
internal static class SqliteSystemTables
{
    /// <summary>What the names of the product's own tables begin with.</summary>
    public const string OwnPrefix = "realtime_";

    public static bool Contains(string table) =>
        table.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase)
        || table.StartsWith(OwnPrefix, StringComparison.OrdinalIgnoreCase)
        || SystemTables.IsMigrationHistory(table);
}
