-- RealtimeApi: the change log, its triggers and the role of the running server (log 1, triggers 1).
--
-- Run it in the database that the server serves, as a member of db_owner; where the schema realtime is there already, db_ddladmin, db_securityadmin and
-- db_datareader with CONTROL on it are enough. It may be run again at any time: what is there as it should be stays, and the log goes on. All of it is one transaction.
-- Making the triggers of a table waits for the transactions that use it, half a minute at most. After that every change of the captured tables
-- is also written to realtime.ChangeLog, by any program, in its own transaction. The server's command 'migrate --script --remove' prints what takes all of it away.

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

-- The schema of everything but the triggers, which are in the schemas of their tables.
IF @@TRANCOUNT = 0
    THROW 51002, N'A step before this one failed, and nothing has been changed.', 1;
IF SCHEMA_ID(N'realtime') IS NULL
    EXEC (N'CREATE SCHEMA [realtime] AUTHORIZATION [dbo]');
GO

-- One row: which log this is, and where it begins now that older changes have been trimmed.
IF @@TRANCOUNT = 0
    THROW 51002, N'A step before this one failed, and nothing has been changed.', 1;
IF OBJECT_ID(N'[realtime].[Log]', N'U') IS NULL
    CREATE TABLE [realtime].[Log] (
        [Id] nvarchar(32) NOT NULL CONSTRAINT [PK_Log] PRIMARY KEY,
        [Version] int NOT NULL,
        [Fork] nvarchar(36) NULL,
        [LowPosition] bigint NOT NULL,
        [LowTag] bigint NOT NULL);
GO

-- A log that a later version of the server has made is left to it.
IF @@TRANCOUNT = 0
    THROW 51002, N'A step before this one failed, and nothing has been changed.', 1;
IF EXISTS (SELECT 1 FROM [realtime].[Log] WHERE [Version] > 1)
    THROW 51000, N'The change log in this database was made by a newer version of the server.', 1;
IF NOT EXISTS (SELECT 1 FROM [realtime].[Log])
    INSERT INTO [realtime].[Log] ([Id], [Version], [LowPosition], [LowTag])
    VALUES (LOWER(LEFT(REPLACE(CONVERT(nvarchar(36), NEWID()), N'-', N''), 16)), 1, 0, 0);
GO

-- Which resources are captured, by which triggers, from where in the log on.
IF @@TRANCOUNT = 0
    THROW 51002, N'A step before this one failed, and nothing has been changed.', 1;
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
GO

-- The order of the changes.
IF @@TRANCOUNT = 0
    THROW 51002, N'A step before this one failed, and nothing has been changed.', 1;
IF OBJECT_ID(N'[realtime].[ChangeSequence]') IS NULL
    CREATE SEQUENCE [realtime].[ChangeSequence] AS bigint START WITH 1 INCREMENT BY 1;
GO

-- The change log: one row for each change of a captured table, written by its triggers in the transaction that made the change.
IF @@TRANCOUNT = 0
    THROW 51002, N'A step before this one failed, and nothing has been changed.', 1;
IF OBJECT_ID(N'[realtime].[ChangeLog]', N'U') IS NULL
    CREATE TABLE [realtime].[ChangeLog] (
        [Position] bigint NOT NULL CONSTRAINT [DF_ChangeLog_Position] DEFAULT (NEXT VALUE FOR [realtime].[ChangeSequence]),
        [Capture] bigint NOT NULL,
        [Op] tinyint NOT NULL,
        [Tag] bigint NOT NULL CONSTRAINT [DF_ChangeLog_Tag] DEFAULT (CONVERT(bigint, CONVERT(binary(8), NEWID()))),
        [Time] datetime2(3) NOT NULL CONSTRAINT [DF_ChangeLog_Time] DEFAULT (SYSUTCDATETIME()),
        [Actor] nvarchar(128) NULL,
        [Before] nvarchar(max) NULL,
        [After] nvarchar(max) NULL,
        CONSTRAINT [PK_ChangeLog] PRIMARY KEY CLUSTERED ([Position]));
GO

-- The answers to writes that carry an Idempotency-Key, kept for a day. The id is a hash of the caller, the resource and the key.
IF @@TRANCOUNT = 0
    THROW 51002, N'A step before this one failed, and nothing has been changed.', 1;
IF OBJECT_ID(N'[realtime].[Answer]', N'U') IS NULL
BEGIN
    CREATE TABLE [realtime].[Answer] (
        [Id] binary(32) NOT NULL CONSTRAINT [PK_Answer] PRIMARY KEY,
        [Time] datetime2(3) NOT NULL,
        [Request] varbinary(64) NOT NULL,
        [Answer] varbinary(max) NOT NULL);
    CREATE INDEX [IX_Answer_Time] ON [realtime].[Answer] ([Time]);
END
GO

-- Which of the servers does what only one needs to do, and until when.
IF @@TRANCOUNT = 0
    THROW 51002, N'A step before this one failed, and nothing has been changed.', 1;
IF OBJECT_ID(N'[realtime].[Lease]', N'U') IS NULL
    CREATE TABLE [realtime].[Lease] (
        [Name] nvarchar(100) NOT NULL CONSTRAINT [PK_Lease] PRIMARY KEY,
        [Owner] nvarchar(100) NOT NULL,
        [Taken] datetime2(3) NOT NULL,
        [Until] datetime2(3) NOT NULL);
GO

-- The role of the running server. Make its login's user a member: ALTER ROLE [realtime_server] ADD MEMBER [user];
IF @@TRANCOUNT = 0
    THROW 51002, N'A step before this one failed, and nothing has been changed.', 1;
IF DATABASE_PRINCIPAL_ID(N'realtime_server') IS NULL
    CREATE ROLE [realtime_server];
GO

-- It reads the log, trims it, and keeps the answers to repeated writes.
IF @@TRANCOUNT = 0
    THROW 51002, N'A step before this one failed, and nothing has been changed.', 1;
GRANT SELECT, DELETE ON [realtime].[ChangeLog] TO [realtime_server];
GRANT SELECT, UPDATE ON [realtime].[Log] TO [realtime_server];
GRANT SELECT, UPDATE ON [realtime].[Capture] TO [realtime_server];
GRANT SELECT, INSERT, UPDATE, DELETE ON [realtime].[Answer] TO [realtime_server];
GRANT SELECT, INSERT, UPDATE, DELETE ON [realtime].[Lease] TO [realtime_server];
GO

-- A trigger may do here what the writer may, so every writer may add to the log, and nobody but the server may read it.
IF @@TRANCOUNT = 0
    THROW 51002, N'A step before this one failed, and nothing has been changed.', 1;
GRANT INSERT ON [realtime].[ChangeLog] TO [public];
GRANT UPDATE ON [realtime].[ChangeSequence] TO [public];
GO

-- It reads what it serves, and writes what may be written through it.
IF @@TRANCOUNT = 0
    THROW 51002, N'A step before this one failed, and nothing has been changed.', 1;
GRANT SELECT ON [dbo].[Album] TO [realtime_server];
GRANT SELECT ON [dbo].[Artist] TO [realtime_server];
GRANT SELECT ON [dbo].[Customer] TO [realtime_server];
GRANT SELECT ON [dbo].[Employee] TO [realtime_server];
GRANT SELECT ON [dbo].[Genre] TO [realtime_server];
GRANT SELECT ON [dbo].[InvoiceLine] TO [realtime_server];
GRANT SELECT, INSERT, UPDATE, DELETE ON [dbo].[Invoice] TO [realtime_server];
GRANT SELECT ON [dbo].[MediaType] TO [realtime_server];
GRANT SELECT ON [dbo].[PlaylistTrack] TO [realtime_server];
GRANT SELECT ON [dbo].[Playlist] TO [realtime_server];
GRANT SELECT ON [dbo].[Track] TO [realtime_server];
GO

-- Captures the changes of dbo.Album for the resource 'albums'.
IF @@TRANCOUNT = 0
    THROW 51002, N'A step before this one failed, and nothing has been changed.', 1;
DECLARE @mark TABLE ([Position] bigint NOT NULL);
DECLARE @insert nvarchar(max) = N'CREATE TRIGGER [dbo].[_realtime_c8bf210245991b68_insert] ON [dbo].[Album] AFTER INSERT AS
/* RealtimeApi 1: writes the changes of ''albums'' into the change log. Made by the server''s migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM inserted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT -3981427251930915992, 1, (SELECT i.[AlbumId] AS [c0], i.[Title] AS [c1], i.[ArtistId] AS [c2] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM inserted AS i;';
DECLARE @update nvarchar(max) = N'CREATE TRIGGER [dbo].[_realtime_c8bf210245991b68_update] ON [dbo].[Album] AFTER UPDATE AS
/* RealtimeApi 1: writes the changes of ''albums'' into the change log. Made by the server''s migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT -3981427251930915992, 3, (SELECT d.[AlbumId] AS [c0], d.[Title] AS [c1], d.[ArtistId] AS [c2] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM deleted AS d
WHERE NOT EXISTS (SELECT 1 FROM inserted AS i WHERE i.[AlbumId] = d.[AlbumId]);
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [After], [Actor])
SELECT -3981427251930915992, CASE WHEN d.[AlbumId] IS NULL THEN 1 ELSE 2 END, CASE WHEN d.[AlbumId] IS NULL THEN NULL ELSE b.[Image] END, a.[Image], TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM inserted AS i
LEFT JOIN deleted AS d ON i.[AlbumId] = d.[AlbumId]
CROSS APPLY (SELECT (SELECT i.[AlbumId] AS [c0], i.[Title] AS [c1], i.[ArtistId] AS [c2] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS a
CROSS APPLY (SELECT (SELECT d.[AlbumId] AS [c0], d.[Title] AS [c1], d.[ArtistId] AS [c2] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS b
WHERE (d.[AlbumId] IS NULL OR a.[Image] <> b.[Image] COLLATE Latin1_General_100_BIN2);';
DECLARE @delete nvarchar(max) = N'CREATE TRIGGER [dbo].[_realtime_c8bf210245991b68_delete] ON [dbo].[Album] AFTER DELETE AS
/* RealtimeApi 1: writes the changes of ''albums'' into the change log. Made by the server''s migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT -3981427251930915992, 3, (SELECT d.[AlbumId] AS [c0], d.[Title] AS [c1], d.[ArtistId] AS [c2] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM deleted AS d;';
IF NOT EXISTS (SELECT 1 FROM [realtime].[Capture] WHERE [Resource] = N'albums' AND [Active] = 1 AND [Version] > 1)
    AND (NOT EXISTS (SELECT 1 FROM [realtime].[Capture] WHERE [Capture] = -3981427251930915992 AND [Active] = 1)
    OR (SELECT [Start] FROM [realtime].[Capture] WHERE [Capture] = -3981427251930915992) > COALESCE((SELECT TOP (1) CONVERT(bigint, [Position]) FROM [realtime].[ChangeLog] WITH (NOLOCK) ORDER BY [Position] DESC), -1)
    OR COALESCE(REPLACE((SELECT CAST(f.definition AS nvarchar(max)) FROM pg_catalog.pg_trigger AS g INNER JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace INNER JOIN sys.babelfish_function_ext AS f ON f.nspname = n.nspname AND f.funcname = p.proname WHERE g.oid = OBJECT_ID(N'[dbo].[_realtime_c8bf210245991b68_insert]', N'TR')), NCHAR(13), N''), N'') <> REPLACE(@insert, NCHAR(13), N'') COLLATE Latin1_General_100_BIN2
    OR EXISTS (SELECT 1 FROM sys.triggers WHERE object_id = OBJECT_ID(N'[dbo].[_realtime_c8bf210245991b68_insert]', N'TR') AND is_disabled = 1)
    OR COALESCE(REPLACE((SELECT CAST(f.definition AS nvarchar(max)) FROM pg_catalog.pg_trigger AS g INNER JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace INNER JOIN sys.babelfish_function_ext AS f ON f.nspname = n.nspname AND f.funcname = p.proname WHERE g.oid = OBJECT_ID(N'[dbo].[_realtime_c8bf210245991b68_update]', N'TR')), NCHAR(13), N''), N'') <> REPLACE(@update, NCHAR(13), N'') COLLATE Latin1_General_100_BIN2
    OR EXISTS (SELECT 1 FROM sys.triggers WHERE object_id = OBJECT_ID(N'[dbo].[_realtime_c8bf210245991b68_update]', N'TR') AND is_disabled = 1)
    OR COALESCE(REPLACE((SELECT CAST(f.definition AS nvarchar(max)) FROM pg_catalog.pg_trigger AS g INNER JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace INNER JOIN sys.babelfish_function_ext AS f ON f.nspname = n.nspname AND f.funcname = p.proname WHERE g.oid = OBJECT_ID(N'[dbo].[_realtime_c8bf210245991b68_delete]', N'TR')), NCHAR(13), N''), N'') <> REPLACE(@delete, NCHAR(13), N'') COLLATE Latin1_General_100_BIN2
    OR EXISTS (SELECT 1 FROM sys.triggers WHERE object_id = OBJECT_ID(N'[dbo].[_realtime_c8bf210245991b68_delete]', N'TR') AND is_disabled = 1))
BEGIN
    DROP TRIGGER IF EXISTS [dbo].[_realtime_c8bf210245991b68_insert];
    DROP TRIGGER IF EXISTS [dbo].[_realtime_c8bf210245991b68_update];
    DROP TRIGGER IF EXISTS [dbo].[_realtime_c8bf210245991b68_delete];
    UPDATE [realtime].[Capture] SET [Active] = 0 WHERE [Resource] = N'albums';
    DELETE FROM [realtime].[Capture] WHERE [Capture] = -3981427251930915992;
    INSERT INTO [realtime].[Capture] ([Capture], [Resource], [TableSchema], [TableName], [Triggers], [Version], [Start], [Active], [Whole])
    VALUES (-3981427251930915992, N'albums', N'dbo', N'Album', N'_realtime_c8bf210245991b68_', 1, 0, 1, 0);
    EXEC sp_executesql @insert;
    EXEC sp_executesql @update;
    EXEC sp_executesql @delete;
    INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After])
    OUTPUT INSERTED.[Position] INTO @mark
    VALUES (-3981427251930915992, 0, N'albums');
    UPDATE [realtime].[Capture]
    SET [Start] = (SELECT CONVERT(bigint, [Position]) FROM @mark), [Whole] = CASE WHEN EXISTS (SELECT 1 FROM [dbo].[Album]) THEN 0 ELSE 1 END
    WHERE [Capture] = -3981427251930915992;
END;
GO

-- Captures the changes of dbo.Artist for the resource 'artists'.
IF @@TRANCOUNT = 0
    THROW 51002, N'A step before this one failed, and nothing has been changed.', 1;
DECLARE @mark TABLE ([Position] bigint NOT NULL);
DECLARE @insert nvarchar(max) = N'CREATE TRIGGER [dbo].[_realtime_4f9613c3dccb9d2a_insert] ON [dbo].[Artist] AFTER INSERT AS
/* RealtimeApi 1: writes the changes of ''artists'' into the change log. Made by the server''s migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM inserted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT 5734792907446787370, 1, (SELECT i.[ArtistId] AS [c0], i.[Name] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM inserted AS i;';
DECLARE @update nvarchar(max) = N'CREATE TRIGGER [dbo].[_realtime_4f9613c3dccb9d2a_update] ON [dbo].[Artist] AFTER UPDATE AS
/* RealtimeApi 1: writes the changes of ''artists'' into the change log. Made by the server''s migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT 5734792907446787370, 3, (SELECT d.[ArtistId] AS [c0], d.[Name] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM deleted AS d
WHERE NOT EXISTS (SELECT 1 FROM inserted AS i WHERE i.[ArtistId] = d.[ArtistId]);
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [After], [Actor])
SELECT 5734792907446787370, CASE WHEN d.[ArtistId] IS NULL THEN 1 ELSE 2 END, CASE WHEN d.[ArtistId] IS NULL THEN NULL ELSE b.[Image] END, a.[Image], TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM inserted AS i
LEFT JOIN deleted AS d ON i.[ArtistId] = d.[ArtistId]
CROSS APPLY (SELECT (SELECT i.[ArtistId] AS [c0], i.[Name] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS a
CROSS APPLY (SELECT (SELECT d.[ArtistId] AS [c0], d.[Name] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS b
WHERE (d.[ArtistId] IS NULL OR a.[Image] <> b.[Image] COLLATE Latin1_General_100_BIN2);';
DECLARE @delete nvarchar(max) = N'CREATE TRIGGER [dbo].[_realtime_4f9613c3dccb9d2a_delete] ON [dbo].[Artist] AFTER DELETE AS
/* RealtimeApi 1: writes the changes of ''artists'' into the change log. Made by the server''s migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT 5734792907446787370, 3, (SELECT d.[ArtistId] AS [c0], d.[Name] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM deleted AS d;';
IF NOT EXISTS (SELECT 1 FROM [realtime].[Capture] WHERE [Resource] = N'artists' AND [Active] = 1 AND [Version] > 1)
    AND (NOT EXISTS (SELECT 1 FROM [realtime].[Capture] WHERE [Capture] = 5734792907446787370 AND [Active] = 1)
    OR (SELECT [Start] FROM [realtime].[Capture] WHERE [Capture] = 5734792907446787370) > COALESCE((SELECT TOP (1) CONVERT(bigint, [Position]) FROM [realtime].[ChangeLog] WITH (NOLOCK) ORDER BY [Position] DESC), -1)
    OR COALESCE(REPLACE((SELECT CAST(f.definition AS nvarchar(max)) FROM pg_catalog.pg_trigger AS g INNER JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace INNER JOIN sys.babelfish_function_ext AS f ON f.nspname = n.nspname AND f.funcname = p.proname WHERE g.oid = OBJECT_ID(N'[dbo].[_realtime_4f9613c3dccb9d2a_insert]', N'TR')), NCHAR(13), N''), N'') <> REPLACE(@insert, NCHAR(13), N'') COLLATE Latin1_General_100_BIN2
    OR EXISTS (SELECT 1 FROM sys.triggers WHERE object_id = OBJECT_ID(N'[dbo].[_realtime_4f9613c3dccb9d2a_insert]', N'TR') AND is_disabled = 1)
    OR COALESCE(REPLACE((SELECT CAST(f.definition AS nvarchar(max)) FROM pg_catalog.pg_trigger AS g INNER JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace INNER JOIN sys.babelfish_function_ext AS f ON f.nspname = n.nspname AND f.funcname = p.proname WHERE g.oid = OBJECT_ID(N'[dbo].[_realtime_4f9613c3dccb9d2a_update]', N'TR')), NCHAR(13), N''), N'') <> REPLACE(@update, NCHAR(13), N'') COLLATE Latin1_General_100_BIN2
    OR EXISTS (SELECT 1 FROM sys.triggers WHERE object_id = OBJECT_ID(N'[dbo].[_realtime_4f9613c3dccb9d2a_update]', N'TR') AND is_disabled = 1)
    OR COALESCE(REPLACE((SELECT CAST(f.definition AS nvarchar(max)) FROM pg_catalog.pg_trigger AS g INNER JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace INNER JOIN sys.babelfish_function_ext AS f ON f.nspname = n.nspname AND f.funcname = p.proname WHERE g.oid = OBJECT_ID(N'[dbo].[_realtime_4f9613c3dccb9d2a_delete]', N'TR')), NCHAR(13), N''), N'') <> REPLACE(@delete, NCHAR(13), N'') COLLATE Latin1_General_100_BIN2
    OR EXISTS (SELECT 1 FROM sys.triggers WHERE object_id = OBJECT_ID(N'[dbo].[_realtime_4f9613c3dccb9d2a_delete]', N'TR') AND is_disabled = 1))
BEGIN
    DROP TRIGGER IF EXISTS [dbo].[_realtime_4f9613c3dccb9d2a_insert];
    DROP TRIGGER IF EXISTS [dbo].[_realtime_4f9613c3dccb9d2a_update];
    DROP TRIGGER IF EXISTS [dbo].[_realtime_4f9613c3dccb9d2a_delete];
    UPDATE [realtime].[Capture] SET [Active] = 0 WHERE [Resource] = N'artists';
    DELETE FROM [realtime].[Capture] WHERE [Capture] = 5734792907446787370;
    INSERT INTO [realtime].[Capture] ([Capture], [Resource], [TableSchema], [TableName], [Triggers], [Version], [Start], [Active], [Whole])
    VALUES (5734792907446787370, N'artists', N'dbo', N'Artist', N'_realtime_4f9613c3dccb9d2a_', 1, 0, 1, 0);
    EXEC sp_executesql @insert;
    EXEC sp_executesql @update;
    EXEC sp_executesql @delete;
    INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After])
    OUTPUT INSERTED.[Position] INTO @mark
    VALUES (5734792907446787370, 0, N'artists');
    UPDATE [realtime].[Capture]
    SET [Start] = (SELECT CONVERT(bigint, [Position]) FROM @mark), [Whole] = CASE WHEN EXISTS (SELECT 1 FROM [dbo].[Artist]) THEN 0 ELSE 1 END
    WHERE [Capture] = 5734792907446787370;
END;
GO

-- Captures the changes of dbo.Customer for the resource 'customers'.
IF @@TRANCOUNT = 0
    THROW 51002, N'A step before this one failed, and nothing has been changed.', 1;
DECLARE @mark TABLE ([Position] bigint NOT NULL);
DECLARE @insert nvarchar(max) = N'CREATE TRIGGER [dbo].[_realtime_af0cd53894ddfb80_insert] ON [dbo].[Customer] AFTER INSERT AS
/* RealtimeApi 1: writes the changes of ''customers'' into the change log. Made by the server''s migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM inserted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT -5833052978359174272, 1, (SELECT i.[CustomerId] AS [c0], i.[FirstName] AS [c1], i.[LastName] AS [c2], i.[Company] AS [c3], i.[Address] AS [c4], i.[City] AS [c5], i.[State] AS [c6], i.[Country] AS [c7], i.[PostalCode] AS [c8], i.[Phone] AS [c9], i.[Fax] AS [c10], i.[Email] AS [c11], i.[SupportRepId] AS [c12] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM inserted AS i;';
DECLARE @update nvarchar(max) = N'CREATE TRIGGER [dbo].[_realtime_af0cd53894ddfb80_update] ON [dbo].[Customer] AFTER UPDATE AS
/* RealtimeApi 1: writes the changes of ''customers'' into the change log. Made by the server''s migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT -5833052978359174272, 3, (SELECT d.[CustomerId] AS [c0], d.[FirstName] AS [c1], d.[LastName] AS [c2], d.[Company] AS [c3], d.[Address] AS [c4], d.[City] AS [c5], d.[State] AS [c6], d.[Country] AS [c7], d.[PostalCode] AS [c8], d.[Phone] AS [c9], d.[Fax] AS [c10], d.[Email] AS [c11], d.[SupportRepId] AS [c12] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM deleted AS d
WHERE NOT EXISTS (SELECT 1 FROM inserted AS i WHERE i.[CustomerId] = d.[CustomerId]);
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [After], [Actor])
SELECT -5833052978359174272, CASE WHEN d.[CustomerId] IS NULL THEN 1 ELSE 2 END, CASE WHEN d.[CustomerId] IS NULL THEN NULL ELSE b.[Image] END, a.[Image], TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM inserted AS i
LEFT JOIN deleted AS d ON i.[CustomerId] = d.[CustomerId]
CROSS APPLY (SELECT (SELECT i.[CustomerId] AS [c0], i.[FirstName] AS [c1], i.[LastName] AS [c2], i.[Company] AS [c3], i.[Address] AS [c4], i.[City] AS [c5], i.[State] AS [c6], i.[Country] AS [c7], i.[PostalCode] AS [c8], i.[Phone] AS [c9], i.[Fax] AS [c10], i.[Email] AS [c11], i.[SupportRepId] AS [c12] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS a
CROSS APPLY (SELECT (SELECT d.[CustomerId] AS [c0], d.[FirstName] AS [c1], d.[LastName] AS [c2], d.[Company] AS [c3], d.[Address] AS [c4], d.[City] AS [c5], d.[State] AS [c6], d.[Country] AS [c7], d.[PostalCode] AS [c8], d.[Phone] AS [c9], d.[Fax] AS [c10], d.[Email] AS [c11], d.[SupportRepId] AS [c12] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS b
WHERE (d.[CustomerId] IS NULL OR a.[Image] <> b.[Image] COLLATE Latin1_General_100_BIN2);';
DECLARE @delete nvarchar(max) = N'CREATE TRIGGER [dbo].[_realtime_af0cd53894ddfb80_delete] ON [dbo].[Customer] AFTER DELETE AS
/* RealtimeApi 1: writes the changes of ''customers'' into the change log. Made by the server''s migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT -5833052978359174272, 3, (SELECT d.[CustomerId] AS [c0], d.[FirstName] AS [c1], d.[LastName] AS [c2], d.[Company] AS [c3], d.[Address] AS [c4], d.[City] AS [c5], d.[State] AS [c6], d.[Country] AS [c7], d.[PostalCode] AS [c8], d.[Phone] AS [c9], d.[Fax] AS [c10], d.[Email] AS [c11], d.[SupportRepId] AS [c12] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM deleted AS d;';
IF NOT EXISTS (SELECT 1 FROM [realtime].[Capture] WHERE [Resource] = N'customers' AND [Active] = 1 AND [Version] > 1)
    AND (NOT EXISTS (SELECT 1 FROM [realtime].[Capture] WHERE [Capture] = -5833052978359174272 AND [Active] = 1)
    OR (SELECT [Start] FROM [realtime].[Capture] WHERE [Capture] = -5833052978359174272) > COALESCE((SELECT TOP (1) CONVERT(bigint, [Position]) FROM [realtime].[ChangeLog] WITH (NOLOCK) ORDER BY [Position] DESC), -1)
    OR COALESCE(REPLACE((SELECT CAST(f.definition AS nvarchar(max)) FROM pg_catalog.pg_trigger AS g INNER JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace INNER JOIN sys.babelfish_function_ext AS f ON f.nspname = n.nspname AND f.funcname = p.proname WHERE g.oid = OBJECT_ID(N'[dbo].[_realtime_af0cd53894ddfb80_insert]', N'TR')), NCHAR(13), N''), N'') <> REPLACE(@insert, NCHAR(13), N'') COLLATE Latin1_General_100_BIN2
    OR EXISTS (SELECT 1 FROM sys.triggers WHERE object_id = OBJECT_ID(N'[dbo].[_realtime_af0cd53894ddfb80_insert]', N'TR') AND is_disabled = 1)
    OR COALESCE(REPLACE((SELECT CAST(f.definition AS nvarchar(max)) FROM pg_catalog.pg_trigger AS g INNER JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace INNER JOIN sys.babelfish_function_ext AS f ON f.nspname = n.nspname AND f.funcname = p.proname WHERE g.oid = OBJECT_ID(N'[dbo].[_realtime_af0cd53894ddfb80_update]', N'TR')), NCHAR(13), N''), N'') <> REPLACE(@update, NCHAR(13), N'') COLLATE Latin1_General_100_BIN2
    OR EXISTS (SELECT 1 FROM sys.triggers WHERE object_id = OBJECT_ID(N'[dbo].[_realtime_af0cd53894ddfb80_update]', N'TR') AND is_disabled = 1)
    OR COALESCE(REPLACE((SELECT CAST(f.definition AS nvarchar(max)) FROM pg_catalog.pg_trigger AS g INNER JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace INNER JOIN sys.babelfish_function_ext AS f ON f.nspname = n.nspname AND f.funcname = p.proname WHERE g.oid = OBJECT_ID(N'[dbo].[_realtime_af0cd53894ddfb80_delete]', N'TR')), NCHAR(13), N''), N'') <> REPLACE(@delete, NCHAR(13), N'') COLLATE Latin1_General_100_BIN2
    OR EXISTS (SELECT 1 FROM sys.triggers WHERE object_id = OBJECT_ID(N'[dbo].[_realtime_af0cd53894ddfb80_delete]', N'TR') AND is_disabled = 1))
BEGIN
    DROP TRIGGER IF EXISTS [dbo].[_realtime_af0cd53894ddfb80_insert];
    DROP TRIGGER IF EXISTS [dbo].[_realtime_af0cd53894ddfb80_update];
    DROP TRIGGER IF EXISTS [dbo].[_realtime_af0cd53894ddfb80_delete];
    UPDATE [realtime].[Capture] SET [Active] = 0 WHERE [Resource] = N'customers';
    DELETE FROM [realtime].[Capture] WHERE [Capture] = -5833052978359174272;
    INSERT INTO [realtime].[Capture] ([Capture], [Resource], [TableSchema], [TableName], [Triggers], [Version], [Start], [Active], [Whole])
    VALUES (-5833052978359174272, N'customers', N'dbo', N'Customer', N'_realtime_af0cd53894ddfb80_', 1, 0, 1, 0);
    EXEC sp_executesql @insert;
    EXEC sp_executesql @update;
    EXEC sp_executesql @delete;
    INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After])
    OUTPUT INSERTED.[Position] INTO @mark
    VALUES (-5833052978359174272, 0, N'customers');
    UPDATE [realtime].[Capture]
    SET [Start] = (SELECT CONVERT(bigint, [Position]) FROM @mark), [Whole] = CASE WHEN EXISTS (SELECT 1 FROM [dbo].[Customer]) THEN 0 ELSE 1 END
    WHERE [Capture] = -5833052978359174272;
END;
GO

-- Captures the changes of dbo.Employee for the resource 'employees'.
IF @@TRANCOUNT = 0
    THROW 51002, N'A step before this one failed, and nothing has been changed.', 1;
DECLARE @mark TABLE ([Position] bigint NOT NULL);
DECLARE @insert nvarchar(max) = N'CREATE TRIGGER [dbo].[_realtime_7db28d718bbb3f1e_insert] ON [dbo].[Employee] AFTER INSERT AS
/* RealtimeApi 1: writes the changes of ''employees'' into the change log. Made by the server''s migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM inserted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT 9057457319410614046, 1, (SELECT i.[EmployeeId] AS [c0], i.[LastName] AS [c1], i.[FirstName] AS [c2], i.[Title] AS [c3], i.[ReportsTo] AS [c4], CONVERT(varchar(40), i.[BirthDate], 121) AS [c5], CONVERT(varchar(40), i.[HireDate], 121) AS [c6], i.[Address] AS [c7], i.[City] AS [c8], i.[State] AS [c9], i.[Country] AS [c10], i.[PostalCode] AS [c11], i.[Phone] AS [c12], i.[Fax] AS [c13], i.[Email] AS [c14] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM inserted AS i;';
DECLARE @update nvarchar(max) = N'CREATE TRIGGER [dbo].[_realtime_7db28d718bbb3f1e_update] ON [dbo].[Employee] AFTER UPDATE AS
/* RealtimeApi 1: writes the changes of ''employees'' into the change log. Made by the server''s migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT 9057457319410614046, 3, (SELECT d.[EmployeeId] AS [c0], d.[LastName] AS [c1], d.[FirstName] AS [c2], d.[Title] AS [c3], d.[ReportsTo] AS [c4], CONVERT(varchar(40), d.[BirthDate], 121) AS [c5], CONVERT(varchar(40), d.[HireDate], 121) AS [c6], d.[Address] AS [c7], d.[City] AS [c8], d.[State] AS [c9], d.[Country] AS [c10], d.[PostalCode] AS [c11], d.[Phone] AS [c12], d.[Fax] AS [c13], d.[Email] AS [c14] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM deleted AS d
WHERE NOT EXISTS (SELECT 1 FROM inserted AS i WHERE i.[EmployeeId] = d.[EmployeeId]);
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [After], [Actor])
SELECT 9057457319410614046, CASE WHEN d.[EmployeeId] IS NULL THEN 1 ELSE 2 END, CASE WHEN d.[EmployeeId] IS NULL THEN NULL ELSE b.[Image] END, a.[Image], TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM inserted AS i
LEFT JOIN deleted AS d ON i.[EmployeeId] = d.[EmployeeId]
CROSS APPLY (SELECT (SELECT i.[EmployeeId] AS [c0], i.[LastName] AS [c1], i.[FirstName] AS [c2], i.[Title] AS [c3], i.[ReportsTo] AS [c4], CONVERT(varchar(40), i.[BirthDate], 121) AS [c5], CONVERT(varchar(40), i.[HireDate], 121) AS [c6], i.[Address] AS [c7], i.[City] AS [c8], i.[State] AS [c9], i.[Country] AS [c10], i.[PostalCode] AS [c11], i.[Phone] AS [c12], i.[Fax] AS [c13], i.[Email] AS [c14] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS a
CROSS APPLY (SELECT (SELECT d.[EmployeeId] AS [c0], d.[LastName] AS [c1], d.[FirstName] AS [c2], d.[Title] AS [c3], d.[ReportsTo] AS [c4], CONVERT(varchar(40), d.[BirthDate], 121) AS [c5], CONVERT(varchar(40), d.[HireDate], 121) AS [c6], d.[Address] AS [c7], d.[City] AS [c8], d.[State] AS [c9], d.[Country] AS [c10], d.[PostalCode] AS [c11], d.[Phone] AS [c12], d.[Fax] AS [c13], d.[Email] AS [c14] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS b
WHERE (d.[EmployeeId] IS NULL OR a.[Image] <> b.[Image] COLLATE Latin1_General_100_BIN2);';
DECLARE @delete nvarchar(max) = N'CREATE TRIGGER [dbo].[_realtime_7db28d718bbb3f1e_delete] ON [dbo].[Employee] AFTER DELETE AS
/* RealtimeApi 1: writes the changes of ''employees'' into the change log. Made by the server''s migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT 9057457319410614046, 3, (SELECT d.[EmployeeId] AS [c0], d.[LastName] AS [c1], d.[FirstName] AS [c2], d.[Title] AS [c3], d.[ReportsTo] AS [c4], CONVERT(varchar(40), d.[BirthDate], 121) AS [c5], CONVERT(varchar(40), d.[HireDate], 121) AS [c6], d.[Address] AS [c7], d.[City] AS [c8], d.[State] AS [c9], d.[Country] AS [c10], d.[PostalCode] AS [c11], d.[Phone] AS [c12], d.[Fax] AS [c13], d.[Email] AS [c14] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM deleted AS d;';
IF NOT EXISTS (SELECT 1 FROM [realtime].[Capture] WHERE [Resource] = N'employees' AND [Active] = 1 AND [Version] > 1)
    AND (NOT EXISTS (SELECT 1 FROM [realtime].[Capture] WHERE [Capture] = 9057457319410614046 AND [Active] = 1)
    OR (SELECT [Start] FROM [realtime].[Capture] WHERE [Capture] = 9057457319410614046) > COALESCE((SELECT TOP (1) CONVERT(bigint, [Position]) FROM [realtime].[ChangeLog] WITH (NOLOCK) ORDER BY [Position] DESC), -1)
    OR COALESCE(REPLACE((SELECT CAST(f.definition AS nvarchar(max)) FROM pg_catalog.pg_trigger AS g INNER JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace INNER JOIN sys.babelfish_function_ext AS f ON f.nspname = n.nspname AND f.funcname = p.proname WHERE g.oid = OBJECT_ID(N'[dbo].[_realtime_7db28d718bbb3f1e_insert]', N'TR')), NCHAR(13), N''), N'') <> REPLACE(@insert, NCHAR(13), N'') COLLATE Latin1_General_100_BIN2
    OR EXISTS (SELECT 1 FROM sys.triggers WHERE object_id = OBJECT_ID(N'[dbo].[_realtime_7db28d718bbb3f1e_insert]', N'TR') AND is_disabled = 1)
    OR COALESCE(REPLACE((SELECT CAST(f.definition AS nvarchar(max)) FROM pg_catalog.pg_trigger AS g INNER JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace INNER JOIN sys.babelfish_function_ext AS f ON f.nspname = n.nspname AND f.funcname = p.proname WHERE g.oid = OBJECT_ID(N'[dbo].[_realtime_7db28d718bbb3f1e_update]', N'TR')), NCHAR(13), N''), N'') <> REPLACE(@update, NCHAR(13), N'') COLLATE Latin1_General_100_BIN2
    OR EXISTS (SELECT 1 FROM sys.triggers WHERE object_id = OBJECT_ID(N'[dbo].[_realtime_7db28d718bbb3f1e_update]', N'TR') AND is_disabled = 1)
    OR COALESCE(REPLACE((SELECT CAST(f.definition AS nvarchar(max)) FROM pg_catalog.pg_trigger AS g INNER JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace INNER JOIN sys.babelfish_function_ext AS f ON f.nspname = n.nspname AND f.funcname = p.proname WHERE g.oid = OBJECT_ID(N'[dbo].[_realtime_7db28d718bbb3f1e_delete]', N'TR')), NCHAR(13), N''), N'') <> REPLACE(@delete, NCHAR(13), N'') COLLATE Latin1_General_100_BIN2
    OR EXISTS (SELECT 1 FROM sys.triggers WHERE object_id = OBJECT_ID(N'[dbo].[_realtime_7db28d718bbb3f1e_delete]', N'TR') AND is_disabled = 1))
BEGIN
    DROP TRIGGER IF EXISTS [dbo].[_realtime_7db28d718bbb3f1e_insert];
    DROP TRIGGER IF EXISTS [dbo].[_realtime_7db28d718bbb3f1e_update];
    DROP TRIGGER IF EXISTS [dbo].[_realtime_7db28d718bbb3f1e_delete];
    UPDATE [realtime].[Capture] SET [Active] = 0 WHERE [Resource] = N'employees';
    DELETE FROM [realtime].[Capture] WHERE [Capture] = 9057457319410614046;
    INSERT INTO [realtime].[Capture] ([Capture], [Resource], [TableSchema], [TableName], [Triggers], [Version], [Start], [Active], [Whole])
    VALUES (9057457319410614046, N'employees', N'dbo', N'Employee', N'_realtime_7db28d718bbb3f1e_', 1, 0, 1, 0);
    EXEC sp_executesql @insert;
    EXEC sp_executesql @update;
    EXEC sp_executesql @delete;
    INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After])
    OUTPUT INSERTED.[Position] INTO @mark
    VALUES (9057457319410614046, 0, N'employees');
    UPDATE [realtime].[Capture]
    SET [Start] = (SELECT CONVERT(bigint, [Position]) FROM @mark), [Whole] = CASE WHEN EXISTS (SELECT 1 FROM [dbo].[Employee]) THEN 0 ELSE 1 END
    WHERE [Capture] = 9057457319410614046;
END;
GO

-- Captures the changes of dbo.Genre for the resource 'genres'.
IF @@TRANCOUNT = 0
    THROW 51002, N'A step before this one failed, and nothing has been changed.', 1;
DECLARE @mark TABLE ([Position] bigint NOT NULL);
DECLARE @insert nvarchar(max) = N'CREATE TRIGGER [dbo].[_realtime_b90280d246de734a_insert] ON [dbo].[Genre] AFTER INSERT AS
/* RealtimeApi 1: writes the changes of ''genres'' into the change log. Made by the server''s migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM inserted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT -5115384586118991030, 1, (SELECT i.[GenreId] AS [c0], i.[Name] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM inserted AS i;';
DECLARE @update nvarchar(max) = N'CREATE TRIGGER [dbo].[_realtime_b90280d246de734a_update] ON [dbo].[Genre] AFTER UPDATE AS
/* RealtimeApi 1: writes the changes of ''genres'' into the change log. Made by the server''s migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT -5115384586118991030, 3, (SELECT d.[GenreId] AS [c0], d.[Name] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM deleted AS d
WHERE NOT EXISTS (SELECT 1 FROM inserted AS i WHERE i.[GenreId] = d.[GenreId]);
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [After], [Actor])
SELECT -5115384586118991030, CASE WHEN d.[GenreId] IS NULL THEN 1 ELSE 2 END, CASE WHEN d.[GenreId] IS NULL THEN NULL ELSE b.[Image] END, a.[Image], TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM inserted AS i
LEFT JOIN deleted AS d ON i.[GenreId] = d.[GenreId]
CROSS APPLY (SELECT (SELECT i.[GenreId] AS [c0], i.[Name] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS a
CROSS APPLY (SELECT (SELECT d.[GenreId] AS [c0], d.[Name] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS b
WHERE (d.[GenreId] IS NULL OR a.[Image] <> b.[Image] COLLATE Latin1_General_100_BIN2);';
DECLARE @delete nvarchar(max) = N'CREATE TRIGGER [dbo].[_realtime_b90280d246de734a_delete] ON [dbo].[Genre] AFTER DELETE AS
/* RealtimeApi 1: writes the changes of ''genres'' into the change log. Made by the server''s migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT -5115384586118991030, 3, (SELECT d.[GenreId] AS [c0], d.[Name] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM deleted AS d;';
IF NOT EXISTS (SELECT 1 FROM [realtime].[Capture] WHERE [Resource] = N'genres' AND [Active] = 1 AND [Version] > 1)
    AND (NOT EXISTS (SELECT 1 FROM [realtime].[Capture] WHERE [Capture] = -5115384586118991030 AND [Active] = 1)
    OR (SELECT [Start] FROM [realtime].[Capture] WHERE [Capture] = -5115384586118991030) > COALESCE((SELECT TOP (1) CONVERT(bigint, [Position]) FROM [realtime].[ChangeLog] WITH (NOLOCK) ORDER BY [Position] DESC), -1)
    OR COALESCE(REPLACE((SELECT CAST(f.definition AS nvarchar(max)) FROM pg_catalog.pg_trigger AS g INNER JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace INNER JOIN sys.babelfish_function_ext AS f ON f.nspname = n.nspname AND f.funcname = p.proname WHERE g.oid = OBJECT_ID(N'[dbo].[_realtime_b90280d246de734a_insert]', N'TR')), NCHAR(13), N''), N'') <> REPLACE(@insert, NCHAR(13), N'') COLLATE Latin1_General_100_BIN2
    OR EXISTS (SELECT 1 FROM sys.triggers WHERE object_id = OBJECT_ID(N'[dbo].[_realtime_b90280d246de734a_insert]', N'TR') AND is_disabled = 1)
    OR COALESCE(REPLACE((SELECT CAST(f.definition AS nvarchar(max)) FROM pg_catalog.pg_trigger AS g INNER JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace INNER JOIN sys.babelfish_function_ext AS f ON f.nspname = n.nspname AND f.funcname = p.proname WHERE g.oid = OBJECT_ID(N'[dbo].[_realtime_b90280d246de734a_update]', N'TR')), NCHAR(13), N''), N'') <> REPLACE(@update, NCHAR(13), N'') COLLATE Latin1_General_100_BIN2
    OR EXISTS (SELECT 1 FROM sys.triggers WHERE object_id = OBJECT_ID(N'[dbo].[_realtime_b90280d246de734a_update]', N'TR') AND is_disabled = 1)
    OR COALESCE(REPLACE((SELECT CAST(f.definition AS nvarchar(max)) FROM pg_catalog.pg_trigger AS g INNER JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace INNER JOIN sys.babelfish_function_ext AS f ON f.nspname = n.nspname AND f.funcname = p.proname WHERE g.oid = OBJECT_ID(N'[dbo].[_realtime_b90280d246de734a_delete]', N'TR')), NCHAR(13), N''), N'') <> REPLACE(@delete, NCHAR(13), N'') COLLATE Latin1_General_100_BIN2
    OR EXISTS (SELECT 1 FROM sys.triggers WHERE object_id = OBJECT_ID(N'[dbo].[_realtime_b90280d246de734a_delete]', N'TR') AND is_disabled = 1))
BEGIN
    DROP TRIGGER IF EXISTS [dbo].[_realtime_b90280d246de734a_insert];
    DROP TRIGGER IF EXISTS [dbo].[_realtime_b90280d246de734a_update];
    DROP TRIGGER IF EXISTS [dbo].[_realtime_b90280d246de734a_delete];
    UPDATE [realtime].[Capture] SET [Active] = 0 WHERE [Resource] = N'genres';
    DELETE FROM [realtime].[Capture] WHERE [Capture] = -5115384586118991030;
    INSERT INTO [realtime].[Capture] ([Capture], [Resource], [TableSchema], [TableName], [Triggers], [Version], [Start], [Active], [Whole])
    VALUES (-5115384586118991030, N'genres', N'dbo', N'Genre', N'_realtime_b90280d246de734a_', 1, 0, 1, 0);
    EXEC sp_executesql @insert;
    EXEC sp_executesql @update;
    EXEC sp_executesql @delete;
    INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After])
    OUTPUT INSERTED.[Position] INTO @mark
    VALUES (-5115384586118991030, 0, N'genres');
    UPDATE [realtime].[Capture]
    SET [Start] = (SELECT CONVERT(bigint, [Position]) FROM @mark), [Whole] = CASE WHEN EXISTS (SELECT 1 FROM [dbo].[Genre]) THEN 0 ELSE 1 END
    WHERE [Capture] = -5115384586118991030;
END;
GO

-- Captures the changes of dbo.InvoiceLine for the resource 'invoiceLines'.
IF @@TRANCOUNT = 0
    THROW 51002, N'A step before this one failed, and nothing has been changed.', 1;
DECLARE @mark TABLE ([Position] bigint NOT NULL);
DECLARE @insert nvarchar(max) = N'CREATE TRIGGER [dbo].[_realtime_0252f0ccf1ca0192_insert] ON [dbo].[InvoiceLine] AFTER INSERT AS
/* RealtimeApi 1: writes the changes of ''invoiceLines'' into the change log. Made by the server''s migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM inserted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT 167460899186672018, 1, (SELECT i.[InvoiceLineId] AS [c0], i.[InvoiceId] AS [c1], i.[TrackId] AS [c2], CONVERT(varchar(41), i.[UnitPrice]) AS [c3], i.[Quantity] AS [c4] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM inserted AS i;';
DECLARE @update nvarchar(max) = N'CREATE TRIGGER [dbo].[_realtime_0252f0ccf1ca0192_update] ON [dbo].[InvoiceLine] AFTER UPDATE AS
/* RealtimeApi 1: writes the changes of ''invoiceLines'' into the change log. Made by the server''s migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT 167460899186672018, 3, (SELECT d.[InvoiceLineId] AS [c0], d.[InvoiceId] AS [c1], d.[TrackId] AS [c2], CONVERT(varchar(41), d.[UnitPrice]) AS [c3], d.[Quantity] AS [c4] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM deleted AS d
WHERE NOT EXISTS (SELECT 1 FROM inserted AS i WHERE i.[InvoiceLineId] = d.[InvoiceLineId]);
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [After], [Actor])
SELECT 167460899186672018, CASE WHEN d.[InvoiceLineId] IS NULL THEN 1 ELSE 2 END, CASE WHEN d.[InvoiceLineId] IS NULL THEN NULL ELSE b.[Image] END, a.[Image], TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM inserted AS i
LEFT JOIN deleted AS d ON i.[InvoiceLineId] = d.[InvoiceLineId]
CROSS APPLY (SELECT (SELECT i.[InvoiceLineId] AS [c0], i.[InvoiceId] AS [c1], i.[TrackId] AS [c2], CONVERT(varchar(41), i.[UnitPrice]) AS [c3], i.[Quantity] AS [c4] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS a
CROSS APPLY (SELECT (SELECT d.[InvoiceLineId] AS [c0], d.[InvoiceId] AS [c1], d.[TrackId] AS [c2], CONVERT(varchar(41), d.[UnitPrice]) AS [c3], d.[Quantity] AS [c4] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS b
WHERE (d.[InvoiceLineId] IS NULL OR a.[Image] <> b.[Image] COLLATE Latin1_General_100_BIN2);';
DECLARE @delete nvarchar(max) = N'CREATE TRIGGER [dbo].[_realtime_0252f0ccf1ca0192_delete] ON [dbo].[InvoiceLine] AFTER DELETE AS
/* RealtimeApi 1: writes the changes of ''invoiceLines'' into the change log. Made by the server''s migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT 167460899186672018, 3, (SELECT d.[InvoiceLineId] AS [c0], d.[InvoiceId] AS [c1], d.[TrackId] AS [c2], CONVERT(varchar(41), d.[UnitPrice]) AS [c3], d.[Quantity] AS [c4] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM deleted AS d;';
IF NOT EXISTS (SELECT 1 FROM [realtime].[Capture] WHERE [Resource] = N'invoiceLines' AND [Active] = 1 AND [Version] > 1)
    AND (NOT EXISTS (SELECT 1 FROM [realtime].[Capture] WHERE [Capture] = 167460899186672018 AND [Active] = 1)
    OR (SELECT [Start] FROM [realtime].[Capture] WHERE [Capture] = 167460899186672018) > COALESCE((SELECT TOP (1) CONVERT(bigint, [Position]) FROM [realtime].[ChangeLog] WITH (NOLOCK) ORDER BY [Position] DESC), -1)
    OR COALESCE(REPLACE((SELECT CAST(f.definition AS nvarchar(max)) FROM pg_catalog.pg_trigger AS g INNER JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace INNER JOIN sys.babelfish_function_ext AS f ON f.nspname = n.nspname AND f.funcname = p.proname WHERE g.oid = OBJECT_ID(N'[dbo].[_realtime_0252f0ccf1ca0192_insert]', N'TR')), NCHAR(13), N''), N'') <> REPLACE(@insert, NCHAR(13), N'') COLLATE Latin1_General_100_BIN2
    OR EXISTS (SELECT 1 FROM sys.triggers WHERE object_id = OBJECT_ID(N'[dbo].[_realtime_0252f0ccf1ca0192_insert]', N'TR') AND is_disabled = 1)
    OR COALESCE(REPLACE((SELECT CAST(f.definition AS nvarchar(max)) FROM pg_catalog.pg_trigger AS g INNER JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace INNER JOIN sys.babelfish_function_ext AS f ON f.nspname = n.nspname AND f.funcname = p.proname WHERE g.oid = OBJECT_ID(N'[dbo].[_realtime_0252f0ccf1ca0192_update]', N'TR')), NCHAR(13), N''), N'') <> REPLACE(@update, NCHAR(13), N'') COLLATE Latin1_General_100_BIN2
    OR EXISTS (SELECT 1 FROM sys.triggers WHERE object_id = OBJECT_ID(N'[dbo].[_realtime_0252f0ccf1ca0192_update]', N'TR') AND is_disabled = 1)
    OR COALESCE(REPLACE((SELECT CAST(f.definition AS nvarchar(max)) FROM pg_catalog.pg_trigger AS g INNER JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace INNER JOIN sys.babelfish_function_ext AS f ON f.nspname = n.nspname AND f.funcname = p.proname WHERE g.oid = OBJECT_ID(N'[dbo].[_realtime_0252f0ccf1ca0192_delete]', N'TR')), NCHAR(13), N''), N'') <> REPLACE(@delete, NCHAR(13), N'') COLLATE Latin1_General_100_BIN2
    OR EXISTS (SELECT 1 FROM sys.triggers WHERE object_id = OBJECT_ID(N'[dbo].[_realtime_0252f0ccf1ca0192_delete]', N'TR') AND is_disabled = 1))
BEGIN
    DROP TRIGGER IF EXISTS [dbo].[_realtime_0252f0ccf1ca0192_insert];
    DROP TRIGGER IF EXISTS [dbo].[_realtime_0252f0ccf1ca0192_update];
    DROP TRIGGER IF EXISTS [dbo].[_realtime_0252f0ccf1ca0192_delete];
    UPDATE [realtime].[Capture] SET [Active] = 0 WHERE [Resource] = N'invoiceLines';
    DELETE FROM [realtime].[Capture] WHERE [Capture] = 167460899186672018;
    INSERT INTO [realtime].[Capture] ([Capture], [Resource], [TableSchema], [TableName], [Triggers], [Version], [Start], [Active], [Whole])
    VALUES (167460899186672018, N'invoiceLines', N'dbo', N'InvoiceLine', N'_realtime_0252f0ccf1ca0192_', 1, 0, 1, 0);
    EXEC sp_executesql @insert;
    EXEC sp_executesql @update;
    EXEC sp_executesql @delete;
    INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After])
    OUTPUT INSERTED.[Position] INTO @mark
    VALUES (167460899186672018, 0, N'invoiceLines');
    UPDATE [realtime].[Capture]
    SET [Start] = (SELECT CONVERT(bigint, [Position]) FROM @mark), [Whole] = CASE WHEN EXISTS (SELECT 1 FROM [dbo].[InvoiceLine]) THEN 0 ELSE 1 END
    WHERE [Capture] = 167460899186672018;
END;
GO

-- Captures the changes of dbo.Invoice for the resource 'invoices'.
IF @@TRANCOUNT = 0
    THROW 51002, N'A step before this one failed, and nothing has been changed.', 1;
DECLARE @mark TABLE ([Position] bigint NOT NULL);
DECLARE @insert nvarchar(max) = N'CREATE TRIGGER [dbo].[_realtime_9c876956b92fca48_insert] ON [dbo].[Invoice] AFTER INSERT AS
/* RealtimeApi 1: writes the changes of ''invoices'' into the change log. Made by the server''s migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM inserted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT -7167644460741834168, 1, (SELECT i.[InvoiceId] AS [c0], i.[CustomerId] AS [c1], CONVERT(varchar(40), i.[InvoiceDate], 121) AS [c2], i.[BillingAddress] AS [c3], i.[BillingCity] AS [c4], i.[BillingState] AS [c5], i.[BillingCountry] AS [c6], i.[BillingPostalCode] AS [c7], CONVERT(varchar(41), i.[Total]) AS [c8] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM inserted AS i;';
DECLARE @update nvarchar(max) = N'CREATE TRIGGER [dbo].[_realtime_9c876956b92fca48_update] ON [dbo].[Invoice] AFTER UPDATE AS
/* RealtimeApi 1: writes the changes of ''invoices'' into the change log. Made by the server''s migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT -7167644460741834168, 3, (SELECT d.[InvoiceId] AS [c0], d.[CustomerId] AS [c1], CONVERT(varchar(40), d.[InvoiceDate], 121) AS [c2], d.[BillingAddress] AS [c3], d.[BillingCity] AS [c4], d.[BillingState] AS [c5], d.[BillingCountry] AS [c6], d.[BillingPostalCode] AS [c7], CONVERT(varchar(41), d.[Total]) AS [c8] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM deleted AS d
WHERE NOT EXISTS (SELECT 1 FROM inserted AS i WHERE i.[InvoiceId] = d.[InvoiceId]);
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [After], [Actor])
SELECT -7167644460741834168, CASE WHEN d.[InvoiceId] IS NULL THEN 1 ELSE 2 END, CASE WHEN d.[InvoiceId] IS NULL THEN NULL ELSE b.[Image] END, a.[Image], TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM inserted AS i
LEFT JOIN deleted AS d ON i.[InvoiceId] = d.[InvoiceId]
CROSS APPLY (SELECT (SELECT i.[InvoiceId] AS [c0], i.[CustomerId] AS [c1], CONVERT(varchar(40), i.[InvoiceDate], 121) AS [c2], i.[BillingAddress] AS [c3], i.[BillingCity] AS [c4], i.[BillingState] AS [c5], i.[BillingCountry] AS [c6], i.[BillingPostalCode] AS [c7], CONVERT(varchar(41), i.[Total]) AS [c8] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS a
CROSS APPLY (SELECT (SELECT d.[InvoiceId] AS [c0], d.[CustomerId] AS [c1], CONVERT(varchar(40), d.[InvoiceDate], 121) AS [c2], d.[BillingAddress] AS [c3], d.[BillingCity] AS [c4], d.[BillingState] AS [c5], d.[BillingCountry] AS [c6], d.[BillingPostalCode] AS [c7], CONVERT(varchar(41), d.[Total]) AS [c8] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS b
WHERE (d.[InvoiceId] IS NULL OR a.[Image] <> b.[Image] COLLATE Latin1_General_100_BIN2);';
DECLARE @delete nvarchar(max) = N'CREATE TRIGGER [dbo].[_realtime_9c876956b92fca48_delete] ON [dbo].[Invoice] AFTER DELETE AS
/* RealtimeApi 1: writes the changes of ''invoices'' into the change log. Made by the server''s migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT -7167644460741834168, 3, (SELECT d.[InvoiceId] AS [c0], d.[CustomerId] AS [c1], CONVERT(varchar(40), d.[InvoiceDate], 121) AS [c2], d.[BillingAddress] AS [c3], d.[BillingCity] AS [c4], d.[BillingState] AS [c5], d.[BillingCountry] AS [c6], d.[BillingPostalCode] AS [c7], CONVERT(varchar(41), d.[Total]) AS [c8] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM deleted AS d;';
IF NOT EXISTS (SELECT 1 FROM [realtime].[Capture] WHERE [Resource] = N'invoices' AND [Active] = 1 AND [Version] > 1)
    AND (NOT EXISTS (SELECT 1 FROM [realtime].[Capture] WHERE [Capture] = -7167644460741834168 AND [Active] = 1)
    OR (SELECT [Start] FROM [realtime].[Capture] WHERE [Capture] = -7167644460741834168) > COALESCE((SELECT TOP (1) CONVERT(bigint, [Position]) FROM [realtime].[ChangeLog] WITH (NOLOCK) ORDER BY [Position] DESC), -1)
    OR COALESCE(REPLACE((SELECT CAST(f.definition AS nvarchar(max)) FROM pg_catalog.pg_trigger AS g INNER JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace INNER JOIN sys.babelfish_function_ext AS f ON f.nspname = n.nspname AND f.funcname = p.proname WHERE g.oid = OBJECT_ID(N'[dbo].[_realtime_9c876956b92fca48_insert]', N'TR')), NCHAR(13), N''), N'') <> REPLACE(@insert, NCHAR(13), N'') COLLATE Latin1_General_100_BIN2
    OR EXISTS (SELECT 1 FROM sys.triggers WHERE object_id = OBJECT_ID(N'[dbo].[_realtime_9c876956b92fca48_insert]', N'TR') AND is_disabled = 1)
    OR COALESCE(REPLACE((SELECT CAST(f.definition AS nvarchar(max)) FROM pg_catalog.pg_trigger AS g INNER JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace INNER JOIN sys.babelfish_function_ext AS f ON f.nspname = n.nspname AND f.funcname = p.proname WHERE g.oid = OBJECT_ID(N'[dbo].[_realtime_9c876956b92fca48_update]', N'TR')), NCHAR(13), N''), N'') <> REPLACE(@update, NCHAR(13), N'') COLLATE Latin1_General_100_BIN2
    OR EXISTS (SELECT 1 FROM sys.triggers WHERE object_id = OBJECT_ID(N'[dbo].[_realtime_9c876956b92fca48_update]', N'TR') AND is_disabled = 1)
    OR COALESCE(REPLACE((SELECT CAST(f.definition AS nvarchar(max)) FROM pg_catalog.pg_trigger AS g INNER JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace INNER JOIN sys.babelfish_function_ext AS f ON f.nspname = n.nspname AND f.funcname = p.proname WHERE g.oid = OBJECT_ID(N'[dbo].[_realtime_9c876956b92fca48_delete]', N'TR')), NCHAR(13), N''), N'') <> REPLACE(@delete, NCHAR(13), N'') COLLATE Latin1_General_100_BIN2
    OR EXISTS (SELECT 1 FROM sys.triggers WHERE object_id = OBJECT_ID(N'[dbo].[_realtime_9c876956b92fca48_delete]', N'TR') AND is_disabled = 1))
BEGIN
    DROP TRIGGER IF EXISTS [dbo].[_realtime_9c876956b92fca48_insert];
    DROP TRIGGER IF EXISTS [dbo].[_realtime_9c876956b92fca48_update];
    DROP TRIGGER IF EXISTS [dbo].[_realtime_9c876956b92fca48_delete];
    UPDATE [realtime].[Capture] SET [Active] = 0 WHERE [Resource] = N'invoices';
    DELETE FROM [realtime].[Capture] WHERE [Capture] = -7167644460741834168;
    INSERT INTO [realtime].[Capture] ([Capture], [Resource], [TableSchema], [TableName], [Triggers], [Version], [Start], [Active], [Whole])
    VALUES (-7167644460741834168, N'invoices', N'dbo', N'Invoice', N'_realtime_9c876956b92fca48_', 1, 0, 1, 0);
    EXEC sp_executesql @insert;
    EXEC sp_executesql @update;
    EXEC sp_executesql @delete;
    INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After])
    OUTPUT INSERTED.[Position] INTO @mark
    VALUES (-7167644460741834168, 0, N'invoices');
    UPDATE [realtime].[Capture]
    SET [Start] = (SELECT CONVERT(bigint, [Position]) FROM @mark), [Whole] = CASE WHEN EXISTS (SELECT 1 FROM [dbo].[Invoice]) THEN 0 ELSE 1 END
    WHERE [Capture] = -7167644460741834168;
END;
GO

-- Captures the changes of dbo.MediaType for the resource 'mediaTypes'.
IF @@TRANCOUNT = 0
    THROW 51002, N'A step before this one failed, and nothing has been changed.', 1;
DECLARE @mark TABLE ([Position] bigint NOT NULL);
DECLARE @insert nvarchar(max) = N'CREATE TRIGGER [dbo].[_realtime_c06f642cf226b54f_insert] ON [dbo].[MediaType] AFTER INSERT AS
/* RealtimeApi 1: writes the changes of ''mediaTypes'' into the change log. Made by the server''s migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM inserted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT -4580332151808543409, 1, (SELECT i.[MediaTypeId] AS [c0], i.[Name] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM inserted AS i;';
DECLARE @update nvarchar(max) = N'CREATE TRIGGER [dbo].[_realtime_c06f642cf226b54f_update] ON [dbo].[MediaType] AFTER UPDATE AS
/* RealtimeApi 1: writes the changes of ''mediaTypes'' into the change log. Made by the server''s migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT -4580332151808543409, 3, (SELECT d.[MediaTypeId] AS [c0], d.[Name] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM deleted AS d
WHERE NOT EXISTS (SELECT 1 FROM inserted AS i WHERE i.[MediaTypeId] = d.[MediaTypeId]);
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [After], [Actor])
SELECT -4580332151808543409, CASE WHEN d.[MediaTypeId] IS NULL THEN 1 ELSE 2 END, CASE WHEN d.[MediaTypeId] IS NULL THEN NULL ELSE b.[Image] END, a.[Image], TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM inserted AS i
LEFT JOIN deleted AS d ON i.[MediaTypeId] = d.[MediaTypeId]
CROSS APPLY (SELECT (SELECT i.[MediaTypeId] AS [c0], i.[Name] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS a
CROSS APPLY (SELECT (SELECT d.[MediaTypeId] AS [c0], d.[Name] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS b
WHERE (d.[MediaTypeId] IS NULL OR a.[Image] <> b.[Image] COLLATE Latin1_General_100_BIN2);';
DECLARE @delete nvarchar(max) = N'CREATE TRIGGER [dbo].[_realtime_c06f642cf226b54f_delete] ON [dbo].[MediaType] AFTER DELETE AS
/* RealtimeApi 1: writes the changes of ''mediaTypes'' into the change log. Made by the server''s migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT -4580332151808543409, 3, (SELECT d.[MediaTypeId] AS [c0], d.[Name] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM deleted AS d;';
IF NOT EXISTS (SELECT 1 FROM [realtime].[Capture] WHERE [Resource] = N'mediaTypes' AND [Active] = 1 AND [Version] > 1)
    AND (NOT EXISTS (SELECT 1 FROM [realtime].[Capture] WHERE [Capture] = -4580332151808543409 AND [Active] = 1)
    OR (SELECT [Start] FROM [realtime].[Capture] WHERE [Capture] = -4580332151808543409) > COALESCE((SELECT TOP (1) CONVERT(bigint, [Position]) FROM [realtime].[ChangeLog] WITH (NOLOCK) ORDER BY [Position] DESC), -1)
    OR COALESCE(REPLACE((SELECT CAST(f.definition AS nvarchar(max)) FROM pg_catalog.pg_trigger AS g INNER JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace INNER JOIN sys.babelfish_function_ext AS f ON f.nspname = n.nspname AND f.funcname = p.proname WHERE g.oid = OBJECT_ID(N'[dbo].[_realtime_c06f642cf226b54f_insert]', N'TR')), NCHAR(13), N''), N'') <> REPLACE(@insert, NCHAR(13), N'') COLLATE Latin1_General_100_BIN2
    OR EXISTS (SELECT 1 FROM sys.triggers WHERE object_id = OBJECT_ID(N'[dbo].[_realtime_c06f642cf226b54f_insert]', N'TR') AND is_disabled = 1)
    OR COALESCE(REPLACE((SELECT CAST(f.definition AS nvarchar(max)) FROM pg_catalog.pg_trigger AS g INNER JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace INNER JOIN sys.babelfish_function_ext AS f ON f.nspname = n.nspname AND f.funcname = p.proname WHERE g.oid = OBJECT_ID(N'[dbo].[_realtime_c06f642cf226b54f_update]', N'TR')), NCHAR(13), N''), N'') <> REPLACE(@update, NCHAR(13), N'') COLLATE Latin1_General_100_BIN2
    OR EXISTS (SELECT 1 FROM sys.triggers WHERE object_id = OBJECT_ID(N'[dbo].[_realtime_c06f642cf226b54f_update]', N'TR') AND is_disabled = 1)
    OR COALESCE(REPLACE((SELECT CAST(f.definition AS nvarchar(max)) FROM pg_catalog.pg_trigger AS g INNER JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace INNER JOIN sys.babelfish_function_ext AS f ON f.nspname = n.nspname AND f.funcname = p.proname WHERE g.oid = OBJECT_ID(N'[dbo].[_realtime_c06f642cf226b54f_delete]', N'TR')), NCHAR(13), N''), N'') <> REPLACE(@delete, NCHAR(13), N'') COLLATE Latin1_General_100_BIN2
    OR EXISTS (SELECT 1 FROM sys.triggers WHERE object_id = OBJECT_ID(N'[dbo].[_realtime_c06f642cf226b54f_delete]', N'TR') AND is_disabled = 1))
BEGIN
    DROP TRIGGER IF EXISTS [dbo].[_realtime_c06f642cf226b54f_insert];
    DROP TRIGGER IF EXISTS [dbo].[_realtime_c06f642cf226b54f_update];
    DROP TRIGGER IF EXISTS [dbo].[_realtime_c06f642cf226b54f_delete];
    UPDATE [realtime].[Capture] SET [Active] = 0 WHERE [Resource] = N'mediaTypes';
    DELETE FROM [realtime].[Capture] WHERE [Capture] = -4580332151808543409;
    INSERT INTO [realtime].[Capture] ([Capture], [Resource], [TableSchema], [TableName], [Triggers], [Version], [Start], [Active], [Whole])
    VALUES (-4580332151808543409, N'mediaTypes', N'dbo', N'MediaType', N'_realtime_c06f642cf226b54f_', 1, 0, 1, 0);
    EXEC sp_executesql @insert;
    EXEC sp_executesql @update;
    EXEC sp_executesql @delete;
    INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After])
    OUTPUT INSERTED.[Position] INTO @mark
    VALUES (-4580332151808543409, 0, N'mediaTypes');
    UPDATE [realtime].[Capture]
    SET [Start] = (SELECT CONVERT(bigint, [Position]) FROM @mark), [Whole] = CASE WHEN EXISTS (SELECT 1 FROM [dbo].[MediaType]) THEN 0 ELSE 1 END
    WHERE [Capture] = -4580332151808543409;
END;
GO

-- Captures the changes of dbo.PlaylistTrack for the resource 'playlistTracks'.
IF @@TRANCOUNT = 0
    THROW 51002, N'A step before this one failed, and nothing has been changed.', 1;
DECLARE @mark TABLE ([Position] bigint NOT NULL);
DECLARE @insert nvarchar(max) = N'CREATE TRIGGER [dbo].[_realtime_448237d386340689_insert] ON [dbo].[PlaylistTrack] AFTER INSERT AS
/* RealtimeApi 1: writes the changes of ''playlistTracks'' into the change log. Made by the server''s migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM inserted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT 4936569523180668553, 1, (SELECT i.[PlaylistId] AS [c0], i.[TrackId] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM inserted AS i;';
DECLARE @update nvarchar(max) = N'CREATE TRIGGER [dbo].[_realtime_448237d386340689_update] ON [dbo].[PlaylistTrack] AFTER UPDATE AS
/* RealtimeApi 1: writes the changes of ''playlistTracks'' into the change log. Made by the server''s migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT 4936569523180668553, 3, (SELECT d.[PlaylistId] AS [c0], d.[TrackId] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM deleted AS d
WHERE NOT EXISTS (SELECT 1 FROM inserted AS i WHERE i.[PlaylistId] = d.[PlaylistId] AND i.[TrackId] = d.[TrackId]);
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [After], [Actor])
SELECT 4936569523180668553, CASE WHEN d.[PlaylistId] IS NULL THEN 1 ELSE 2 END, CASE WHEN d.[PlaylistId] IS NULL THEN NULL ELSE b.[Image] END, a.[Image], TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM inserted AS i
LEFT JOIN deleted AS d ON i.[PlaylistId] = d.[PlaylistId] AND i.[TrackId] = d.[TrackId]
CROSS APPLY (SELECT (SELECT i.[PlaylistId] AS [c0], i.[TrackId] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS a
CROSS APPLY (SELECT (SELECT d.[PlaylistId] AS [c0], d.[TrackId] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS b
WHERE (d.[PlaylistId] IS NULL OR a.[Image] <> b.[Image] COLLATE Latin1_General_100_BIN2);';
DECLARE @delete nvarchar(max) = N'CREATE TRIGGER [dbo].[_realtime_448237d386340689_delete] ON [dbo].[PlaylistTrack] AFTER DELETE AS
/* RealtimeApi 1: writes the changes of ''playlistTracks'' into the change log. Made by the server''s migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT 4936569523180668553, 3, (SELECT d.[PlaylistId] AS [c0], d.[TrackId] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM deleted AS d;';
IF NOT EXISTS (SELECT 1 FROM [realtime].[Capture] WHERE [Resource] = N'playlistTracks' AND [Active] = 1 AND [Version] > 1)
    AND (NOT EXISTS (SELECT 1 FROM [realtime].[Capture] WHERE [Capture] = 4936569523180668553 AND [Active] = 1)
    OR (SELECT [Start] FROM [realtime].[Capture] WHERE [Capture] = 4936569523180668553) > COALESCE((SELECT TOP (1) CONVERT(bigint, [Position]) FROM [realtime].[ChangeLog] WITH (NOLOCK) ORDER BY [Position] DESC), -1)
    OR COALESCE(REPLACE((SELECT CAST(f.definition AS nvarchar(max)) FROM pg_catalog.pg_trigger AS g INNER JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace INNER JOIN sys.babelfish_function_ext AS f ON f.nspname = n.nspname AND f.funcname = p.proname WHERE g.oid = OBJECT_ID(N'[dbo].[_realtime_448237d386340689_insert]', N'TR')), NCHAR(13), N''), N'') <> REPLACE(@insert, NCHAR(13), N'') COLLATE Latin1_General_100_BIN2
    OR EXISTS (SELECT 1 FROM sys.triggers WHERE object_id = OBJECT_ID(N'[dbo].[_realtime_448237d386340689_insert]', N'TR') AND is_disabled = 1)
    OR COALESCE(REPLACE((SELECT CAST(f.definition AS nvarchar(max)) FROM pg_catalog.pg_trigger AS g INNER JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace INNER JOIN sys.babelfish_function_ext AS f ON f.nspname = n.nspname AND f.funcname = p.proname WHERE g.oid = OBJECT_ID(N'[dbo].[_realtime_448237d386340689_update]', N'TR')), NCHAR(13), N''), N'') <> REPLACE(@update, NCHAR(13), N'') COLLATE Latin1_General_100_BIN2
    OR EXISTS (SELECT 1 FROM sys.triggers WHERE object_id = OBJECT_ID(N'[dbo].[_realtime_448237d386340689_update]', N'TR') AND is_disabled = 1)
    OR COALESCE(REPLACE((SELECT CAST(f.definition AS nvarchar(max)) FROM pg_catalog.pg_trigger AS g INNER JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace INNER JOIN sys.babelfish_function_ext AS f ON f.nspname = n.nspname AND f.funcname = p.proname WHERE g.oid = OBJECT_ID(N'[dbo].[_realtime_448237d386340689_delete]', N'TR')), NCHAR(13), N''), N'') <> REPLACE(@delete, NCHAR(13), N'') COLLATE Latin1_General_100_BIN2
    OR EXISTS (SELECT 1 FROM sys.triggers WHERE object_id = OBJECT_ID(N'[dbo].[_realtime_448237d386340689_delete]', N'TR') AND is_disabled = 1))
BEGIN
    DROP TRIGGER IF EXISTS [dbo].[_realtime_448237d386340689_insert];
    DROP TRIGGER IF EXISTS [dbo].[_realtime_448237d386340689_update];
    DROP TRIGGER IF EXISTS [dbo].[_realtime_448237d386340689_delete];
    UPDATE [realtime].[Capture] SET [Active] = 0 WHERE [Resource] = N'playlistTracks';
    DELETE FROM [realtime].[Capture] WHERE [Capture] = 4936569523180668553;
    INSERT INTO [realtime].[Capture] ([Capture], [Resource], [TableSchema], [TableName], [Triggers], [Version], [Start], [Active], [Whole])
    VALUES (4936569523180668553, N'playlistTracks', N'dbo', N'PlaylistTrack', N'_realtime_448237d386340689_', 1, 0, 1, 0);
    EXEC sp_executesql @insert;
    EXEC sp_executesql @update;
    EXEC sp_executesql @delete;
    INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After])
    OUTPUT INSERTED.[Position] INTO @mark
    VALUES (4936569523180668553, 0, N'playlistTracks');
    UPDATE [realtime].[Capture]
    SET [Start] = (SELECT CONVERT(bigint, [Position]) FROM @mark), [Whole] = CASE WHEN EXISTS (SELECT 1 FROM [dbo].[PlaylistTrack]) THEN 0 ELSE 1 END
    WHERE [Capture] = 4936569523180668553;
END;
GO

-- Captures the changes of dbo.Track for the resource 'tracks'.
IF @@TRANCOUNT = 0
    THROW 51002, N'A step before this one failed, and nothing has been changed.', 1;
DECLARE @mark TABLE ([Position] bigint NOT NULL);
DECLARE @insert nvarchar(max) = N'CREATE TRIGGER [dbo].[_realtime_905ff3bf66c9ea76_insert] ON [dbo].[Track] AFTER INSERT AS
/* RealtimeApi 1: writes the changes of ''tracks'' into the change log. Made by the server''s migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM inserted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT -8043442406071604618, 1, (SELECT i.[TrackId] AS [c0], i.[Name] AS [c1], i.[AlbumId] AS [c2], i.[MediaTypeId] AS [c3], i.[GenreId] AS [c4], i.[Composer] AS [c5], i.[Milliseconds] AS [c6], i.[Bytes] AS [c7], CONVERT(varchar(41), i.[UnitPrice]) AS [c8] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM inserted AS i;';
DECLARE @update nvarchar(max) = N'CREATE TRIGGER [dbo].[_realtime_905ff3bf66c9ea76_update] ON [dbo].[Track] AFTER UPDATE AS
/* RealtimeApi 1: writes the changes of ''tracks'' into the change log. Made by the server''s migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT -8043442406071604618, 3, (SELECT d.[TrackId] AS [c0], d.[Name] AS [c1], d.[AlbumId] AS [c2], d.[MediaTypeId] AS [c3], d.[GenreId] AS [c4], d.[Composer] AS [c5], d.[Milliseconds] AS [c6], d.[Bytes] AS [c7], CONVERT(varchar(41), d.[UnitPrice]) AS [c8] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM deleted AS d
WHERE NOT EXISTS (SELECT 1 FROM inserted AS i WHERE i.[TrackId] = d.[TrackId]);
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [After], [Actor])
SELECT -8043442406071604618, CASE WHEN d.[TrackId] IS NULL THEN 1 ELSE 2 END, CASE WHEN d.[TrackId] IS NULL THEN NULL ELSE b.[Image] END, a.[Image], TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM inserted AS i
LEFT JOIN deleted AS d ON i.[TrackId] = d.[TrackId]
CROSS APPLY (SELECT (SELECT i.[TrackId] AS [c0], i.[Name] AS [c1], i.[AlbumId] AS [c2], i.[MediaTypeId] AS [c3], i.[GenreId] AS [c4], i.[Composer] AS [c5], i.[Milliseconds] AS [c6], i.[Bytes] AS [c7], CONVERT(varchar(41), i.[UnitPrice]) AS [c8] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS a
CROSS APPLY (SELECT (SELECT d.[TrackId] AS [c0], d.[Name] AS [c1], d.[AlbumId] AS [c2], d.[MediaTypeId] AS [c3], d.[GenreId] AS [c4], d.[Composer] AS [c5], d.[Milliseconds] AS [c6], d.[Bytes] AS [c7], CONVERT(varchar(41), d.[UnitPrice]) AS [c8] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS b
WHERE (d.[TrackId] IS NULL OR a.[Image] <> b.[Image] COLLATE Latin1_General_100_BIN2);';
DECLARE @delete nvarchar(max) = N'CREATE TRIGGER [dbo].[_realtime_905ff3bf66c9ea76_delete] ON [dbo].[Track] AFTER DELETE AS
/* RealtimeApi 1: writes the changes of ''tracks'' into the change log. Made by the server''s migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT -8043442406071604618, 3, (SELECT d.[TrackId] AS [c0], d.[Name] AS [c1], d.[AlbumId] AS [c2], d.[MediaTypeId] AS [c3], d.[GenreId] AS [c4], d.[Composer] AS [c5], d.[Milliseconds] AS [c6], d.[Bytes] AS [c7], CONVERT(varchar(41), d.[UnitPrice]) AS [c8] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N''realtime.actor''))
FROM deleted AS d;';
IF NOT EXISTS (SELECT 1 FROM [realtime].[Capture] WHERE [Resource] = N'tracks' AND [Active] = 1 AND [Version] > 1)
    AND (NOT EXISTS (SELECT 1 FROM [realtime].[Capture] WHERE [Capture] = -8043442406071604618 AND [Active] = 1)
    OR (SELECT [Start] FROM [realtime].[Capture] WHERE [Capture] = -8043442406071604618) > COALESCE((SELECT TOP (1) CONVERT(bigint, [Position]) FROM [realtime].[ChangeLog] WITH (NOLOCK) ORDER BY [Position] DESC), -1)
    OR COALESCE(REPLACE((SELECT CAST(f.definition AS nvarchar(max)) FROM pg_catalog.pg_trigger AS g INNER JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace INNER JOIN sys.babelfish_function_ext AS f ON f.nspname = n.nspname AND f.funcname = p.proname WHERE g.oid = OBJECT_ID(N'[dbo].[_realtime_905ff3bf66c9ea76_insert]', N'TR')), NCHAR(13), N''), N'') <> REPLACE(@insert, NCHAR(13), N'') COLLATE Latin1_General_100_BIN2
    OR EXISTS (SELECT 1 FROM sys.triggers WHERE object_id = OBJECT_ID(N'[dbo].[_realtime_905ff3bf66c9ea76_insert]', N'TR') AND is_disabled = 1)
    OR COALESCE(REPLACE((SELECT CAST(f.definition AS nvarchar(max)) FROM pg_catalog.pg_trigger AS g INNER JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace INNER JOIN sys.babelfish_function_ext AS f ON f.nspname = n.nspname AND f.funcname = p.proname WHERE g.oid = OBJECT_ID(N'[dbo].[_realtime_905ff3bf66c9ea76_update]', N'TR')), NCHAR(13), N''), N'') <> REPLACE(@update, NCHAR(13), N'') COLLATE Latin1_General_100_BIN2
    OR EXISTS (SELECT 1 FROM sys.triggers WHERE object_id = OBJECT_ID(N'[dbo].[_realtime_905ff3bf66c9ea76_update]', N'TR') AND is_disabled = 1)
    OR COALESCE(REPLACE((SELECT CAST(f.definition AS nvarchar(max)) FROM pg_catalog.pg_trigger AS g INNER JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace INNER JOIN sys.babelfish_function_ext AS f ON f.nspname = n.nspname AND f.funcname = p.proname WHERE g.oid = OBJECT_ID(N'[dbo].[_realtime_905ff3bf66c9ea76_delete]', N'TR')), NCHAR(13), N''), N'') <> REPLACE(@delete, NCHAR(13), N'') COLLATE Latin1_General_100_BIN2
    OR EXISTS (SELECT 1 FROM sys.triggers WHERE object_id = OBJECT_ID(N'[dbo].[_realtime_905ff3bf66c9ea76_delete]', N'TR') AND is_disabled = 1))
BEGIN
    DROP TRIGGER IF EXISTS [dbo].[_realtime_905ff3bf66c9ea76_insert];
    DROP TRIGGER IF EXISTS [dbo].[_realtime_905ff3bf66c9ea76_update];
    DROP TRIGGER IF EXISTS [dbo].[_realtime_905ff3bf66c9ea76_delete];
    UPDATE [realtime].[Capture] SET [Active] = 0 WHERE [Resource] = N'tracks';
    DELETE FROM [realtime].[Capture] WHERE [Capture] = -8043442406071604618;
    INSERT INTO [realtime].[Capture] ([Capture], [Resource], [TableSchema], [TableName], [Triggers], [Version], [Start], [Active], [Whole])
    VALUES (-8043442406071604618, N'tracks', N'dbo', N'Track', N'_realtime_905ff3bf66c9ea76_', 1, 0, 1, 0);
    EXEC sp_executesql @insert;
    EXEC sp_executesql @update;
    EXEC sp_executesql @delete;
    INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After])
    OUTPUT INSERTED.[Position] INTO @mark
    VALUES (-8043442406071604618, 0, N'tracks');
    UPDATE [realtime].[Capture]
    SET [Start] = (SELECT CONVERT(bigint, [Position]) FROM @mark), [Whole] = CASE WHEN EXISTS (SELECT 1 FROM [dbo].[Track]) THEN 0 ELSE 1 END
    WHERE [Capture] = -8043442406071604618;
END;
GO

-- Ends what is no longer watched.
IF @@TRANCOUNT = 0
    THROW 51002, N'A step before this one failed, and nothing has been changed.', 1;
UPDATE [realtime].[Capture] SET [Active] = 0 WHERE [Active] = 1 AND [Version] <= 1 AND [Capture] NOT IN (-3981427251930915992, 5734792907446787370, -5833052978359174272, 9057457319410614046, -5115384586118991030, 167460899186672018, -7167644460741834168, -4580332151808543409, 4936569523180668553, -8043442406071604618);
GO

-- Drops the triggers of what has ended.
IF @@TRANCOUNT = 0
    THROW 51002, N'A step before this one failed, and nothing has been changed.', 1;
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
GO

IF @@TRANCOUNT > 0
    COMMIT;
GO
