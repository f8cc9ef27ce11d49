namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>Tables that are no data of the application: the server's, its tools', the product's and the migration tools'.</summary>
internal static class SqlServerSystemTables
{
    public static bool Contains(string schema, string table) =>
        schema.Equals(SqlServerLogTables.Schema, StringComparison.OrdinalIgnoreCase)
        || schema.Equals("sys", StringComparison.OrdinalIgnoreCase)
        || schema.Equals("cdc", StringComparison.OrdinalIgnoreCase)
        || table.Equals("sysdiagrams", StringComparison.OrdinalIgnoreCase)
        // Database projects, DbUp, FluentMigrator.
        || table.Equals("__RefactorLog", StringComparison.OrdinalIgnoreCase)
        || table.Equals("SchemaVersions", StringComparison.OrdinalIgnoreCase)
        || table.Equals("VersionInfo", StringComparison.OrdinalIgnoreCase)
        || SystemTables.IsMigrationHistory(table);
}
