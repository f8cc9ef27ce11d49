namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>The product's own tables, in a schema of their own: their names, how they are made, and what their rows mean.</summary>
/// <remarks>
/// The schema's owner is <c>dbo</c>, as that of most tables: a writer then needs no right on the log. The log has no index but its key, and none that is filtered or
/// computed, since the SET options of any writer must do. It has no identity column, because <c>@@IDENTITY</c> is the writer's.
/// </remarks>
internal static class SqlServerLogTables
{
    /// <summary>The version of the tables' form; a database with a later one is refused.</summary>
    public const int Version = 1;

    /// <summary>The schema of everything but the triggers, which must be in their tables' schemas.</summary>
    public const string Schema = "realtime";

    /// <summary>The role of a running server.</summary>
    public const string Role = "realtime_server";

    /// <summary>The lock that whoever changes any of this takes, in its transaction.</summary>
    public const string Lock = "realtime.Migration";

    /// <summary>A mark: here the capture of a resource begins. <c>After</c> is the resource's name.</summary>
    public const byte Mark = 0;

    public const byte Insert = 1;

    public const byte Update = 2;

    public const byte Delete = 3;

    /// <summary>The tables, as the database lists them.</summary>
    public static readonly IReadOnlyList<string> Names = ["Log", "Capture", "ChangeLog", "Answer", "Lease"];

    /// <summary>The batches that make what is missing, in their order, each with a line that says what it makes.</summary>
    public static IReadOnlyList<(string Comment, string Sql)> Create(SqlServerEngine engine)
    {
        List<(string, string)> batches =
        [
            ("The schema of everything but the triggers, which are in the schemas of their tables.", """
            IF SCHEMA_ID(N'realtime') IS NULL
                EXEC (N'CREATE SCHEMA [realtime] AUTHORIZATION [dbo]');
            """),
            ("One row: which log this is, and where it begins now that older changes have been trimmed.", """
            IF OBJECT_ID(N'[realtime].[Log]', N'U') IS NULL
                CREATE TABLE [realtime].[Log] (
                    [Id] nvarchar(32) NOT NULL CONSTRAINT [PK_Log] PRIMARY KEY,
                    [Version] int NOT NULL,
                    [Fork] nvarchar(36) NULL,
                    [LowPosition] bigint NOT NULL,
                    [LowTag] bigint NOT NULL);
            """),
            ("A log that a later version of the server has made is left to it.", $"""
            IF EXISTS (SELECT 1 FROM [realtime].[Log] WHERE [Version] > {Version})
                THROW 51000, N'The change log in this database was made by a newer version of the server.', 1;
            IF NOT EXISTS (SELECT 1 FROM [realtime].[Log])
                INSERT INTO [realtime].[Log] ([Id], [Version], [LowPosition], [LowTag])
                VALUES (LOWER(LEFT(REPLACE(CONVERT(nvarchar(36), NEWID()), N'-', N''), 16)), {Version}, 0, 0);
            """),
            ("Which resources are captured, by which triggers, from where in the log on.", """
            IF OBJECT_ID(N'[realtime].[Capture]', N'U') IS NULL
                CREATE TABLE [realtime].[Capture] (
                    [Capture] bigint NOT NULL CONSTRAINT [PK_Capture] PRIMARY KEY,
                    [Resource] nvarchar(400) NOT NULL,
                    [TableSchema] nvarchar(128) NOT NULL,
                    [TableName] nvarchar(128) NOT NULL,
                    [Triggers] nvarchar(100) NOT NULL,
                    [Version] int NOT NULL,
                    [Start] bigint NOT NULL,
                    [Active] bit NOT NULL,
                    [Whole] bit NOT NULL);
            """),
        ];
        if (engine.IsBabelfish)
        {
            batches.Add(("The order of the changes.", """
                IF OBJECT_ID(N'[realtime].[ChangeSequence]') IS NULL
                    CREATE SEQUENCE [realtime].[ChangeSequence] AS bigint START WITH 1 INCREMENT BY 1;
                """));
        }

        batches.Add(("The change log: one row for each change of a captured table, written by its triggers in the transaction that made the change.", $"""
            IF OBJECT_ID(N'[realtime].[ChangeLog]', N'U') IS NULL
                CREATE TABLE [realtime].[ChangeLog] (
                    {engine.PositionColumn},
                    [Capture] bigint NOT NULL,
                    [Op] tinyint NOT NULL,
                    [Tag] bigint NOT NULL CONSTRAINT [DF_ChangeLog_Tag] DEFAULT (CONVERT(bigint, CONVERT(binary(8), NEWID()))),
                    [Time] datetime2(3) NOT NULL CONSTRAINT [DF_ChangeLog_Time] DEFAULT (SYSUTCDATETIME()),
                    [Actor] nvarchar(128) NULL,
                    [Before] nvarchar(max) NULL,
                    [After] nvarchar(max) NULL,
                    CONSTRAINT [PK_ChangeLog] PRIMARY KEY CLUSTERED ([Position]));
            """));
        if (engine.HasLockEscalation)
        {
            batches.Add(("A statement that changes many rows must not lock the log as a whole, or every other writer and the server would wait for it.", """
                IF EXISTS (SELECT 1 FROM sys.tables WHERE object_id = OBJECT_ID(N'[realtime].[ChangeLog]', N'U') AND lock_escalation_desc <> N'DISABLE')
                    ALTER TABLE [realtime].[ChangeLog] SET (LOCK_ESCALATION = DISABLE);
                """));
        }

        batches.Add(("The answers to writes that carry an Idempotency-Key, kept for a day. The id is a hash of the caller, the resource and the key.", """
            IF OBJECT_ID(N'[realtime].[Answer]', N'U') IS NULL
            BEGIN
                CREATE TABLE [realtime].[Answer] (
                    [Id] binary(32) NOT NULL CONSTRAINT [PK_Answer] PRIMARY KEY,
                    [Time] datetime2(3) NOT NULL,
                    [Request] varbinary(64) NOT NULL,
                    [Answer] varbinary(max) NOT NULL);
                CREATE INDEX [IX_Answer_Time] ON [realtime].[Answer] ([Time]);
            END
            """));
        batches.Add(("Which of the servers does what only one needs to do, and until when.", """
            IF OBJECT_ID(N'[realtime].[Lease]', N'U') IS NULL
                CREATE TABLE [realtime].[Lease] (
                    [Name] nvarchar(100) NOT NULL CONSTRAINT [PK_Lease] PRIMARY KEY,
                    [Owner] nvarchar(100) NOT NULL,
                    [Taken] datetime2(3) NOT NULL,
                    [Until] datetime2(3) NOT NULL);
            """));
        return batches;
    }
}
