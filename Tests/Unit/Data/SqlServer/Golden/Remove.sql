-- RealtimeApi: removes the triggers, the change log with all its rows, and the role of the running server. The tables that were captured stay as they are.
-- Every cursor that a client holds is expired after this. All of it is one transaction, and it may be run again.

SET XACT_ABORT, QUOTED_IDENTIFIER, ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL ON;
SET NUMERIC_ROUNDABORT OFF;
GO
BEGIN TRANSACTION;
SET LOCK_TIMEOUT 30000;
SET DEADLOCK_PRIORITY LOW;
DECLARE @locked int;
EXEC @locked = sp_getapplock @Resource = N'realtime.Migration', @LockMode = 'Exclusive', @LockOwner = 'Transaction', @LockTimeout = 60000;
IF @locked < 0
    THROW 51001, N'Another migration of the change log is under way and did not end in a minute.', 1;
GO

-- Ends every capture.
IF @@TRANCOUNT = 0
    THROW 51002, N'A step before this one failed, and nothing has been changed.', 1;
IF OBJECT_ID(N'[realtime].[Capture]', N'U') IS NOT NULL
    UPDATE [realtime].[Capture] SET [Active] = 0;
GO

-- Drops the triggers of what has ended.
IF @@TRANCOUNT = 0
    THROW 51002, N'A step before this one failed, and nothing has been changed.', 1;
IF OBJECT_ID(N'[realtime].[Capture]', N'U') IS NOT NULL
BEGIN
DECLARE @trigger nvarchar(600), @drop nvarchar(700);
WHILE 1 = 1
BEGIN
    SET @trigger = NULL;
    SELECT TOP (1) @trigger = N'"' + REPLACE(CAST(s.name AS nvarchar(128)), N'"', N'""') + N'"' + N'.[' + c.[Triggers] + e.[Event] + N']'
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
END;
GO

-- The change log and all that belongs to it.
IF @@TRANCOUNT = 0
    THROW 51002, N'A step before this one failed, and nothing has been changed.', 1;
DROP TABLE IF EXISTS [realtime].[Log];
DROP TABLE IF EXISTS [realtime].[Capture];
DROP TABLE IF EXISTS [realtime].[ChangeLog];
DROP TABLE IF EXISTS [realtime].[Answer];
DROP TABLE IF EXISTS [realtime].[Lease];
GO

-- The role, which nobody may be a member of when it goes.
IF @@TRANCOUNT = 0
    THROW 51002, N'A step before this one failed, and nothing has been changed.', 1;
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
GO

-- The schema.
IF @@TRANCOUNT = 0
    THROW 51002, N'A step before this one failed, and nothing has been changed.', 1;
IF SCHEMA_ID(N'realtime') IS NOT NULL
    EXEC (N'DROP SCHEMA [realtime]');
GO

IF @@TRANCOUNT > 0
    COMMIT;
GO
