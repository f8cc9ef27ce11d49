using System.Data;

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

    /// <summary>A condition that a column <c>i</c> of INFORMATION_SCHEMA is the column <c>c</c> of <c>sys.columns</c> in the same table.</summary>
    // Babelfish's sys has names of more than 63 bytes cut and with a hash at their end; the numbers are the same there, and not always on SQL Server.
    public string IsSameColumn => IsBabelfish ? "i.ORDINAL_POSITION = c.column_id" : "i.COLUMN_NAME = c.name";

    /// <summary>A condition that the check <c>k</c> has a name that its author gave it.</summary>
    // Babelfish says so of every check, and calls one without a name by its table, its column and the word: names of then, and cut where they are long.
    public string IsNamedByItsAuthor => IsBabelfish ? "CHARINDEX('_check', k.name) = 0" : "k.is_system_named = 0";

    /// <summary>Whether the error of a value that is there already names the table, whose index may be called as another table's is.</summary>
    public bool NamesTableOfDuplicate => !IsBabelfish;

    /// <summary>What lists the triggers that there are, whoever asks: with <c>object_id</c>, <c>parent_id</c>, <c>name</c> and <c>is_disabled</c>.</summary>
    // Babelfish's own view shows them only to those who own them.
    public string Triggers => IsBabelfish
        ? "(SELECT CAST(g.oid AS int) AS object_id, CAST(g.tgrelid AS int) AS parent_id, CAST(p.proname AS nvarchar(128)) AS name, "
            + "CAST(CASE WHEN CAST(g.tgenabled AS varchar(1)) = 'D' THEN 1 ELSE 0 END AS bit) AS is_disabled "
            + "FROM pg_catalog.pg_trigger AS g INNER JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid WHERE p.pronamespace IN (SELECT schema_id FROM sys.schemas))"
        : "sys.triggers";

    /// <summary>An expression for the text of a trigger, as it was made; NULL where it may not be read.</summary>
    /// <param name="id">The trigger's object id in SQL.</param>
    // Babelfish's own function fails for texts of more than 4,000 characters, and finds none in a schema, or a database, whose name has more than small letters and digits.
    public string DefinitionOf(string id) => IsBabelfish
        ? "(SELECT CAST(f.definition AS nvarchar(max)) FROM pg_catalog.pg_trigger AS g INNER JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid "
            + "INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace INNER JOIN sys.babelfish_function_ext AS f ON f.nspname = n.nspname AND f.funcname = p.proname "
            + $"WHERE g.oid = {id})"
        : $"OBJECT_DEFINITION({id})";

    /// <summary>The column in which the log keeps the position of a row, as it is declared.</summary>
    /// <remarks>
    /// SQL Server gives each row a <c>rowversion</c> of its own when it is written, so that two changes of one row have theirs in the order of their commits.
    /// Babelfish's is the number of the writer's transaction (and off unless someone turned it on): a transaction that began early and writes a row late
    /// would stand before the one that wrote it in between. There a sequence, drawn when the row is written, gives the order.
    /// </remarks>
    public string PositionColumn => IsBabelfish
        ? "[Position] bigint NOT NULL CONSTRAINT [DF_ChangeLog_Position] DEFAULT (NEXT VALUE FOR [realtime].[ChangeSequence])"
        : "[Position] rowversion NOT NULL";

    /// <summary>The type of a position that has been taken from there.</summary>
    public string PositionType => IsBabelfish ? "bigint" : "binary(8)";

    /// <summary>A <c>bigint</c> as the position's column compares with it, so that its index serves.</summary>
    public string Position(string expression) => IsBabelfish ? expression : $"CONVERT(binary(8), {expression})";

    /// <summary>The newest position that has been given out, as far as it can be seen; a <c>bigint</c>.</summary>
    public string NewestPosition => IsBabelfish ? "(SELECT MAX([Position]) FROM [realtime].[ChangeLog])" : "CONVERT(bigint, @@DBTS)";

    /// <summary>Whether a trigger can be told to fire before all others. Babelfish fires them in the order of their names.</summary>
    public bool HasTriggerOrder => !IsBabelfish;

    /// <summary>Whether there is MERGE, one statement that inserts, updates and deletes.</summary>
    public bool HasMerge => !IsBabelfish;

    /// <summary>
    /// Whether the triggers of a table that follows another one by a foreign key (<c>ON DELETE CASCADE</c> and the like) are fired once for each row of the other, each time with the
    /// rows of all of them, and not once for the statement.
    /// </summary>
    public bool RepeatsCascades => IsBabelfish;

    /// <summary>Whether rights can be given on the database as a whole, <c>VIEW DEFINITION</c> among them, without which definitions cannot be read.</summary>
    public bool HasDatabaseRights => !IsBabelfish;

    /// <summary>Whether a trigger may write what the owner of its table owns, too, whatever its writer may, and a user may own tables that others' triggers then have to write for.</summary>
    public bool HasOwnershipChains => !IsBabelfish;

    /// <summary>Whether a role cannot be dropped while it has rights.</summary>
    public bool KeepsRightsOfRoles => IsBabelfish;

    /// <summary>A statement that lets nobody write a table until the transaction ends, once those who are writing it have ended.</summary>
    /// <param name="table">The table's name, quoted.</param>
    /// <param name="trigger">The name of a trigger of it that is on, quoted.</param>
    // Babelfish takes no notice of hints; but whoever turns a trigger on has the table to himself, and one that is on stays as it is.
    public string LockTable(string table, string trigger) =>
        IsBabelfish ? $"ENABLE TRIGGER {trigger} ON {table};" : $"DECLARE @lock int = (SELECT TOP (1) 1 FROM {table} WITH (TABLOCK, HOLDLOCK));";

    /// <summary>Whether a table's locks grow from rows to the whole table unless it is told not to.</summary>
    public bool HasLockEscalation => !IsBabelfish;

    /// <summary>Which database this is since which restore: a value that is another one after a restore; null where nothing says so.</summary>
    public string? RecoveryFork => IsBabelfish || IsAzure ? null : "SELECT CONVERT(nvarchar(36), recovery_fork_guid) FROM sys.database_recovery_status WHERE database_id = DB_ID()";

    /// <summary>A number that is another one when a table, a key or a trigger has been made, altered, switched on or off, or dropped.</summary>
    public string SchemaVersion => IsBabelfish
        // It keeps no time of an alteration, but the number of the transaction that wrote each row of the catalog; and its own views take a hundred times as long.
        ? """
        SELECT
            (SELECT COALESCE(SUM(CAST(CAST(c.xmin AS varchar(20)) AS bigint)), 0)
            FROM pg_catalog.pg_class AS c WHERE c.relnamespace IN (SELECT schema_id FROM sys.schemas))
            + 3 * (SELECT COALESCE(SUM(CAST(CAST(a.xmin AS varchar(20)) AS bigint)), 0)
            FROM pg_catalog.pg_attribute AS a INNER JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid WHERE c.relnamespace IN (SELECT schema_id FROM sys.schemas))
            + 7 * (SELECT COALESCE(SUM(CAST(CAST(t.xmin AS varchar(20)) AS bigint)), 0)
            FROM pg_catalog.pg_trigger AS t INNER JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid WHERE c.relnamespace IN (SELECT schema_id FROM sys.schemas))
        """
        : """
        SELECT
            (SELECT COALESCE(SUM(CAST(BINARY_CHECKSUM(o.object_id, o.modify_date, o.name) AS bigint)), 0)
            FROM sys.objects AS o WHERE o.type IN ('U', 'V', 'TR', 'PK', 'UQ') AND o.is_ms_shipped = 0)
            + 3 * (SELECT COALESCE(SUM(CAST(BINARY_CHECKSUM(t.object_id, t.is_disabled) AS bigint)), 0) FROM sys.triggers AS t)
        """;

    /// <summary>The sessions with a transaction that has written and is open, oldest first: what one is called, and the seconds that it has been open.</summary>
    public string OpenTransactions => IsBabelfish
        ? """
        SELECT TOP (1)
            CAST(pid AS nvarchar(20)) + N' of ' + COALESCE(CAST(usename AS nvarchar(128)), N'') + N' (' + COALESCE(CAST(application_name AS nvarchar(128)), N'') + N')'
        FROM pg_stat_activity WHERE backend_xid IS NOT NULL ORDER BY xact_start
        """
        : """
        SELECT TOP (1)
            CAST(s.session_id AS nvarchar(20)) + N' of ' + COALESCE(s.login_name, N'') + N' on ' + COALESCE(s.host_name, N'') + N' (' + COALESCE(s.program_name, N'') + N')'
        FROM sys.dm_tran_database_transactions AS d
        INNER JOIN sys.dm_tran_session_transactions AS t ON t.transaction_id = d.transaction_id
        INNER JOIN sys.dm_exec_sessions AS s ON s.session_id = t.session_id
        WHERE d.database_id = DB_ID() AND d.database_transaction_begin_time IS NOT NULL
        ORDER BY d.database_transaction_begin_time
        """;

    /// <summary>
    /// What stands before reads of items so that they wait for no writer: where the database keeps versions of rows only for those who ask, they ask. Ends with the batch,
    /// which must have a parameter. Empty where nothing need be said.
    /// </summary>
    public string ReadsOfVersions => SnapshotIsolation && !ReadCommittedSnapshot && !IsBabelfish ? "SET TRANSACTION ISOLATION LEVEL SNAPSHOT;\n" : "";

    /// <summary>Whether a lock that a statement asks for by a hint is taken; otherwise only application locks (<c>sp_getapplock</c>) keep others away.</summary>
    public bool HeedsLockHints => !IsBabelfish;

    /// <summary>
    /// Whether a trigger is told rightly which columns are written (<c>UPDATE(column)</c>). Babelfish tells it the columns of the statement's own words, and so
    /// nothing of a key that is written through a view which calls it otherwise, or that follows another table's.
    /// </summary>
    public bool KnowsWrittenColumns => !IsBabelfish;

    /// <summary>The type of parameters for columns of <c>datetime</c>; null for that itself.</summary>
    /// <remarks>Babelfish keeps the milliseconds that were given, and makes 1/300 of a second of a parameter.</remarks>
    public SqlDbType? DateTimeParameter => IsBabelfish ? SqlDbType.DateTime2 : null;

    /// <summary>The most digits of a fraction of a second that are kept, whatever a column declares.</summary>
    public int FractionDigits => IsBabelfish ? 6 : 7;

    /// <summary>Whether texts are counted and sorted by whole characters in every collation, and not by the units of UTF-16 in those that do not say otherwise.</summary>
    public bool CountsCodePoints => IsBabelfish;

    /// <summary>Whether UPPER and LOWER map characters as Unicode's full mapping does, by which one may become several, and not one by one.</summary>
    public bool MapsCasesFully => IsBabelfish;

    /// <summary>An expression that renders binary data as hexadecimal digits in either case, as a text.</summary>
    /// <param name="expression">The data in SQL.</param>
    public string Hex(string expression) => IsBabelfish
        // It takes no notice of the style that says so, and makes no bytea of a binary.
        ? $"pg_catalog.encode(CAST(CAST({expression} AS varbinary(max)) AS pg_catalog.bytea), 'hex')"
        : $"CONVERT(varchar(max), {expression}, 2)";
}
