using System.Globalization;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>The batches that install and remove what the product needs, each idempotent: for the server's own migration and for a DBA's script alike.</summary>
/// <remarks>They run in one transaction that holds <see cref="Lock"/>; names are quoted, text is literal, so that they can be read, kept and run anywhere.</remarks>
internal static class SqlServerBatches
{
    private static readonly string[] reading = ["SELECT"];
    private static readonly string[] writing = ["SELECT", "INSERT", "UPDATE", "DELETE"];

    /// <summary>Who migrates waits for who migrates; a writer that holds a table for long is not waited for longer than half a minute, and wins a deadlock.</summary>
    public const string Lock = $"""
        SET LOCK_TIMEOUT 30000;
        SET DEADLOCK_PRIORITY LOW;
        DECLARE @locked int;
        EXEC @locked = sp_getapplock @Resource = N'{SqlServerLogTables.Lock}', @LockMode = 'Exclusive', @LockOwner = 'Transaction', @LockTimeout = 60000;
        IF @locked < 0
            THROW 51001, N'Another migration of the change log is under way and did not end in a minute.', 1;
        """;

    /// <summary>What the running server may do; it is given to no one else.</summary>
    public static IEnumerable<(string Comment, string Sql)> Rights(SqlServerEngine engine, IReadOnlyList<ResourceDefinition> resources)
    {
        yield return ("The role of the running server. Make its login's user a member: ALTER ROLE [realtime_server] ADD MEMBER [user];", """
            IF DATABASE_PRINCIPAL_ID(N'realtime_server') IS NULL
                CREATE ROLE [realtime_server];
            """);
        yield return ("It reads the log, trims it, and keeps the answers to repeated writes.", $"""
            GRANT SELECT, DELETE ON [realtime].[ChangeLog] TO [realtime_server];
            GRANT SELECT, UPDATE ON [realtime].[Log] TO [realtime_server];
            GRANT SELECT, UPDATE ON [realtime].[Capture] TO [realtime_server];
            GRANT SELECT, INSERT, UPDATE, DELETE ON [realtime].[Answer] TO [realtime_server];
            GRANT SELECT, INSERT, UPDATE, DELETE ON [realtime].[Lease] TO [realtime_server];
            {(engine.HasDatabaseRights ? "GRANT VIEW DEFINITION TO [realtime_server];" : "")}
            """.TrimEnd());
        if (!engine.HasOwnershipChains)
        {
            yield return ("A trigger may do here what the writer may, so every writer may add to the log, and nobody but the server may read it.", """
                GRANT INSERT ON [realtime].[ChangeLog] TO [public];
                GRANT UPDATE ON [realtime].[ChangeSequence] TO [public];
                """);
        }

        if (resources.Count > 0)
        {
            yield return ("It reads what it serves, and writes what may be written through it.", string.Join(
                '\n',
                resources.Select(static resource =>
                    $"GRANT {string.Join(", ", RightsOn(resource))} ON {SqlServerName.Quote(resource.Table)} TO [realtime_server];")));
        }
    }

    /// <summary>What the running server must be allowed on a resource's table or view.</summary>
    public static IReadOnlyList<string> RightsOn(ResourceDefinition resource) => resource.Writable ? writing : reading;

    /// <summary>Makes the triggers of a resource, and the mark in the log from which on they capture, unless they are there as they should be.</summary>
    public static (string Comment, string Sql) Capture(ResourceDefinition resource, SqlServerTableShape shape, SqlServerEngine engine)
    {
        var number = SqlServerCaptureId.Of(resource);
        var capture = number.ToString(CultureInfo.InvariantCulture);
        var name = SqlServerName.Literal(resource.Name);
        var table = SqlServerName.Quote(resource.Table);
        var triggers = SqlServerTriggers.For(resource, shape, engine);
        var version = SqlServerTriggers.Version.ToString(CultureInfo.InvariantCulture);
        string Id(SqlServerTrigger trigger) => $"OBJECT_ID({SqlServerName.Literal(trigger.Name)}, N'TR')";
        string Differs(SqlServerTrigger trigger) =>
            $"""
            OR COALESCE(REPLACE({engine.DefinitionOf(Id(trigger))}, NCHAR(13), N''), N'') <> REPLACE(@{trigger.Event}, NCHAR(13), N'') COLLATE {SqlServerColumn.ExactCollation}
                OR EXISTS (SELECT 1 FROM sys.triggers WHERE object_id = {Id(trigger)} AND is_disabled = 1)
            """;
        var sql = $"""
            DECLARE @mark TABLE ([Position] {engine.PositionType} NOT NULL);
            {string.Join('\n', triggers.Select(static trigger => $"DECLARE @{trigger.Event} nvarchar(max) = {SqlServerName.Literal(trigger.Sql)};"))}
            IF NOT EXISTS (SELECT 1 FROM [realtime].[Capture] WHERE [Resource] = {name} AND [Active] = 1 AND [Version] > {version})
                AND (NOT EXISTS (SELECT 1 FROM [realtime].[Capture] WHERE [Capture] = {capture} AND [Active] = 1)
                OR (SELECT [Start] FROM [realtime].[Capture] WHERE [Capture] = {capture}) > COALESCE((SELECT TOP (1) CONVERT(bigint, [Position]) FROM [realtime].[ChangeLog] WITH (NOLOCK) ORDER BY [Position] DESC), -1)
                {string.Join("\n    ", triggers.Select(Differs))})
            BEGIN
                {string.Join("\n    ", triggers.Select(static trigger => $"DROP TRIGGER IF EXISTS {trigger.Name};"))}
                UPDATE [realtime].[Capture] SET [Active] = 0 WHERE [Resource] = {name};
                DELETE FROM [realtime].[Capture] WHERE [Capture] = {capture};
                INSERT INTO [realtime].[Capture] ([Capture], [Resource], [TableSchema], [TableName], [Triggers], [Version], [Start], [Active], [Whole])
                VALUES ({capture}, {name}, {SqlServerName.Literal(SqlServerName.SchemaOf(resource.Table))}, {SqlServerName.Literal(resource.Table.Name)}, {SqlServerName.Literal(SqlServerCaptureId.TriggersOf(number))}, {version}, 0, 1, 0);
                EXEC sp_executesql @insert;
                EXEC sp_executesql @update;
                EXEC sp_executesql @delete;
                INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After])
                OUTPUT INSERTED.[Position] INTO @mark
                VALUES ({capture}, {SqlServerLogTables.Mark}, {name});
                UPDATE [realtime].[Capture]
                SET [Start] = (SELECT CONVERT(bigint, [Position]) FROM @mark), [Whole] = CASE WHEN EXISTS (SELECT 1 FROM {table}) THEN 0 ELSE 1 END
                WHERE [Capture] = {capture};
            END;
            """;
        if (shape.OtherOwner is { } owner)
            sql += $"\nGRANT INSERT ON [realtime].[ChangeLog] TO {SqlServerName.Quote(owner)};";
        if (engine.HasTriggerOrder)
        {
            sql += string.Concat(triggers.Select(trigger => $"""

                IF NOT EXISTS (SELECT 1 FROM sys.trigger_events AS e INNER JOIN sys.triggers AS t ON t.object_id = e.object_id
                    WHERE t.parent_id = OBJECT_ID({SqlServerName.Literal(table)}) AND e.type_desc = N'{trigger.Event.ToUpperInvariant()}' AND e.is_first = 1)
                    EXEC sp_settriggerorder @triggername = {SqlServerName.Literal(trigger.Name)}, @order = 'First', @stmttype = '{trigger.Event.ToUpperInvariant()}';
                """));
        }

        return ($"Captures the changes of {Line(resource.Table.ToString())} for the resource '{Line(resource.Name)}'.", sql);
    }

    /// <summary>Ends the captures of resources that are not watched any more; triggers of a later version are left alone.</summary>
    /// <param name="condition">Which of the active ones.</param>
    public static (string Comment, string Sql) End(string condition) =>
        ("Ends what is no longer watched.", $"UPDATE [realtime].[Capture] SET [Active] = 0 WHERE [Active] = 1 AND [Version] <= {SqlServerTriggers.Version} AND {condition};");

    /// <summary>Drops the triggers of all captures that have ended.</summary>
    // Wherever they are by now: a table that has gone to another schema has taken its triggers along.
    public static readonly (string Comment, string Sql) DropEnded = ("Drops the triggers of what has ended.", $"""
        DECLARE @trigger nvarchar(600), @drop nvarchar(700);
        WHILE 1 = 1
        BEGIN
            SET @trigger = NULL;
            SELECT TOP (1) @trigger = {SqlServerName.QuoteIn("s.name")} + N'.[' + c.[Triggers] + e.[Event] + N']'
            FROM [realtime].[Capture] AS c CROSS JOIN (VALUES (N'insert'), (N'update'), (N'delete')) AS e([Event])
            INNER JOIN sys.triggers AS t ON t.name = c.[Triggers] + e.[Event]
            INNER JOIN sys.objects AS o ON o.object_id = t.parent_id
            INNER JOIN sys.schemas AS s ON s.schema_id = o.schema_id
            WHERE c.[Active] = 0;
            IF @trigger IS NULL
                BREAK;
            SET @drop = N'DROP TRIGGER ' + @trigger;
            EXEC sp_executesql @drop;
        END;
        """);

    /// <summary>Removes everything.</summary>
    public static IReadOnlyList<(string Comment, string Sql)> Remove(SqlServerEngine engine)
    {
        List<(string, string)> batches =
        [
            ("Ends every capture.", "IF OBJECT_ID(N'[realtime].[Capture]', N'U') IS NOT NULL\n    UPDATE [realtime].[Capture] SET [Active] = 0;"),
            (DropEnded.Comment, $"IF OBJECT_ID(N'[realtime].[Capture]', N'U') IS NOT NULL\nBEGIN\n{DropEnded.Sql}\nEND;"),
            ("The change log and all that belongs to it.", string.Join('\n', SqlServerLogTables.Names.Select(static name => $"DROP TABLE IF EXISTS [realtime].[{name}];"))),
        ];
        if (engine.IsBabelfish)
            batches.Add(("The order of the changes.", "IF OBJECT_ID(N'[realtime].[ChangeSequence]') IS NOT NULL\n    DROP SEQUENCE [realtime].[ChangeSequence];"));
        if (engine.KeepsRightsOfRoles)
        {
            batches.Add(("What the role may do, without which it can be dropped.", $"""
                DECLARE @rights TABLE ([Number] int NOT NULL, [Text] nvarchar(700) NOT NULL);
                DECLARE @number int = 0, @revoke nvarchar(800);
                INSERT INTO @rights
                SELECT ROW_NUMBER() OVER (ORDER BY t.TABLE_SCHEMA, t.TABLE_NAME, r.[Right]), r.[Right] + N' ON ' + {SqlServerName.QuoteIn("t.TABLE_SCHEMA")} + N'.' + {SqlServerName.QuoteIn("t.TABLE_NAME")}
                FROM INFORMATION_SCHEMA.TABLES AS t CROSS JOIN (VALUES (N'SELECT'), (N'INSERT'), (N'UPDATE'), (N'DELETE')) AS r([Right]);
                WHILE DATABASE_PRINCIPAL_ID(N'realtime_server') IS NOT NULL AND @number < (SELECT COUNT(*) FROM @rights)
                BEGIN
                    SET @number = @number + 1;
                    SELECT @revoke = N'REVOKE ' + [Text] + N' FROM [realtime_server]' FROM @rights WHERE [Number] = @number;
                    EXEC sp_executesql @revoke;
                END;
                """));
        }

        batches.Add(("The role, which nobody may be a member of when it goes.", """
            DECLARE @member nvarchar(128), @sql nvarchar(400);
            WHILE 1 = 1
            BEGIN
                SET @member = NULL;
                SELECT TOP (1) @member = m.name
                FROM sys.database_role_members AS r INNER JOIN sys.database_principals AS m ON m.principal_id = r.member_principal_id
                WHERE r.role_principal_id = DATABASE_PRINCIPAL_ID(N'realtime_server') AND m.name <> N'dbo';
                IF @member IS NULL
                    BREAK;
                SET @sql = N'ALTER ROLE [realtime_server] DROP MEMBER ' + QUOTENAME(@member);
                EXEC sp_executesql @sql;
            END;
            IF DATABASE_PRINCIPAL_ID(N'realtime_server') IS NOT NULL
                EXEC (N'DROP ROLE [realtime_server]');
            """));
        batches.Add(("The schema.", "IF SCHEMA_ID(N'realtime') IS NOT NULL\n    EXEC (N'DROP SCHEMA [realtime]');"));
        return batches;
    }

    private static string Line(string text) => text.ReplaceLineEndings(" ");
}
