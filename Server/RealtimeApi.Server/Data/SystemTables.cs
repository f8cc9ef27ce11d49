using System.Collections.Frozen;

namespace RealtimeApi.Server.Data;

/// <summary>Tables of the tools with which applications are made, by the names that they have in every database.</summary>
internal static class SystemTables
{
    private static readonly FrozenSet<string> MigrationHistory = new[]
    {
        "__EFMigrationsHistory", "__EFMigrationsLock", "__MigrationHistory", "_prisma_migrations", "__drizzle_migrations", "alembic_version", "ar_internal_metadata",
        "DATABASECHANGELOG", "DATABASECHANGELOGLOCK", "django_migrations", "flyway_schema_history", "goose_db_version", "knex_migrations", "knex_migrations_lock",
        "schema_migrations", "SequelizeMeta",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static bool IsMigrationHistory(string table) => MigrationHistory.Contains(table);
}
