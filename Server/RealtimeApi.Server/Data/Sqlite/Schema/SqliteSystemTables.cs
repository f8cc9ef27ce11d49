using System.Collections.Frozen;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>Tables that are no data of the application: SQLite's, the product's and the migration tools'.</summary>
internal static class SqliteSystemTables
{
    /// <summary>What the names of the product's own tables begin with.</summary>
    public const string OwnPrefix = "realtime_";

    private static readonly FrozenSet<string> MigrationHistory = new[]
    {
        "__EFMigrationsHistory", "__EFMigrationsLock", "__MigrationHistory", "_prisma_migrations", "__drizzle_migrations", "alembic_version", "ar_internal_metadata",
        "DATABASECHANGELOG", "DATABASECHANGELOGLOCK", "django_migrations", "flyway_schema_history", "goose_db_version", "knex_migrations", "knex_migrations_lock",
        "schema_migrations", "SequelizeMeta",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static bool Contains(string table) =>
        table.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase)
        || table.StartsWith(OwnPrefix, StringComparison.OrdinalIgnoreCase)
        || MigrationHistory.Contains(table);
}
