namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>What answers at the other end: SQL Server, Azure SQL or Babelfish. All that differs between them is said here and nowhere else. Immutable.</summary>
/// <remarks>Wherever one form is understood by all of them, that form is used and no difference is made.</remarks>
internal sealed record SqlServerEngine
{
    /// <summary>Reads everything that this record holds; one row, the columns in the order of <see cref="SqlServerConnections"/>'s reading.</summary>
    public const string Query = """
        SELECT
            CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(128)),
            CAST(SERVERPROPERTY('EngineEdition') AS int),
            CAST(SERVERPROPERTY('Babelfish') AS int),
            d.name,
            CAST(d.compatibility_level AS int),
            CAST(d.snapshot_isolation_state AS int),
            CAST(d.is_read_committed_snapshot_on AS int)
        FROM sys.databases AS d
        WHERE d.database_id = DB_ID()
        """;

    /// <summary>Whether it is Babelfish for PostgreSQL.</summary>
    public required bool IsBabelfish { get; init; }

    /// <summary>Whether it is Azure SQL Database, of which the version says nothing: it is always the newest.</summary>
    public required bool IsAzure { get; init; }

    /// <summary>The version as the server states it, e.g. 14.0.3456.2 for SQL Server 2017.</summary>
    public required Version Version { get; init; }

    /// <summary>The name of the database.</summary>
    public required string Database { get; init; }

    /// <summary>The compatibility level of the database, e.g. 140 for SQL Server 2017.</summary>
    public required int CompatibilityLevel { get; init; }

    /// <summary>Whether a transaction may read as of its start (<c>ALLOW_SNAPSHOT_ISOLATION</c>).</summary>
    public required bool SnapshotIsolation { get; init; }

    /// <summary>Whether ordinary statements read row versions instead of waiting for writers (<c>READ_COMMITTED_SNAPSHOT</c>).</summary>
    public required bool ReadCommittedSnapshot { get; init; }

    /// <summary>
    /// An expression of type <c>bigint</c>: the high-water mark. Every change that is not yet committed, and every later one, has a position (<c>rowversion</c> as
    /// <c>bigint</c>) that is not below it.
    /// </summary>
    public string HighWaterMark => IsBabelfish
        // Its rowversion is the number of the writer's transaction, and it has no function of the name.
        ? "CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS varchar(30)) AS bigint)"
        : "CAST(MIN_ACTIVE_ROWVERSION() AS bigint)";

    /// <summary>An expression that renders binary data as hexadecimal digits in either case, as a text.</summary>
    /// <param name="expression">The data in SQL.</param>
    public string Hex(string expression) => IsBabelfish
        // It takes no notice of the style that says so.
        ? $"pg_catalog.encode(CAST({expression} AS pg_catalog.bytea), 'hex')"
        : $"CONVERT(varchar(max), {expression}, 2)";
}
