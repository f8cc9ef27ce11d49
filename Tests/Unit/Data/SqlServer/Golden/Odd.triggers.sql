CREATE TRIGGER "s]x".[_realtime_6079d1db0d60db80_insert] ON "s]x"."T]'"".x" WITH EXECUTE AS OWNER AFTER INSERT AS
/* RealtimeApi 1: writes the changes of 'odd * / 'things'' into the change log. Made by the server's migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
SET ANSI_WARNINGS OFF;
SET ARITHABORT OFF;
IF NOT EXISTS (SELECT 1 FROM inserted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT 6951818238575565696, 1, (SELECT i."K]e'y" AS [c0], CONVERT(char(36), i.[Id]) AS [c1], CONVERT(varchar(max), i.[Bin], 2) AS [c2], CONVERT(varchar(40), i.[When], 121) AS [c3], CAST(i.[Data] AS nvarchar(max)) AS [c4], CONVERT(varchar(40), i.[Ratio], 3) AS [c5], CAST(i.[On] AS tinyint) AS [c6], CONVERT(varchar(41), CAST(i.[Sum] AS decimal(19,4))) AS [c7], CAST(i.[Version] AS bigint) AS [c8] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM inserted AS i
WHERE i."K]e'y" IS NOT NULL;
GO
CREATE TRIGGER "s]x".[_realtime_6079d1db0d60db80_update] ON "s]x"."T]'"".x" WITH EXECUTE AS OWNER AFTER UPDATE AS
/* RealtimeApi 1: writes the changes of 'odd * / 'things'' into the change log. Made by the server's migration; do not alter. */
DECLARE @rows bigint = ROWCOUNT_BIG();
SET NOCOUNT ON;
SET ROWCOUNT 0;
SET ANSI_WARNINGS OFF;
SET ARITHABORT OFF;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
IF UPDATE("K]e'y") OR UPDATE([Id]) OR UPDATE([Bin])
BEGIN
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT 6951818238575565696, 3, (SELECT d."K]e'y" AS [c0], CONVERT(char(36), d.[Id]) AS [c1], CONVERT(varchar(max), d.[Bin], 2) AS [c2], CONVERT(varchar(40), d.[When], 121) AS [c3], CAST(d.[Data] AS nvarchar(max)) AS [c4], CONVERT(varchar(40), d.[Ratio], 3) AS [c5], CAST(d.[On] AS tinyint) AS [c6], CONVERT(varchar(41), CAST(d.[Sum] AS decimal(19,4))) AS [c7], CAST(d.[Version] AS bigint) AS [c8] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d
WHERE d."K]e'y" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM inserted AS i WHERE CAST(i."K]e'y" AS varbinary(8000)) = CAST(d."K]e'y" AS varbinary(8000)) AND DATALENGTH(i."K]e'y") = DATALENGTH(d."K]e'y") AND i.[Id] = d.[Id] AND CAST(i.[Bin] AS varbinary(8000)) = CAST(d.[Bin] AS varbinary(8000)) AND DATALENGTH(i.[Bin]) = DATALENGTH(d.[Bin]));
END
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [After], [Actor])
SELECT 6951818238575565696, CASE WHEN d."K]e'y" IS NULL THEN 1 ELSE 2 END, CASE WHEN d."K]e'y" IS NULL THEN NULL ELSE STUFF(b.[Image], LEN(b.[Image]), 1, N',"c8":' + CASE WHEN d.[Version] IS NULL THEN N'null' ELSE N'"' + CONVERT(nvarchar(40), CAST(d.[Version] AS bigint)) + N'"' END + N'}') END, STUFF(a.[Image], LEN(a.[Image]), 1, N',"c8":' + CASE WHEN i.[Version] IS NULL THEN N'null' ELSE N'"' + CONVERT(nvarchar(40), CAST(i.[Version] AS bigint)) + N'"' END + N'}'), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM inserted AS i
LEFT JOIN deleted AS d ON CAST(i."K]e'y" AS varbinary(8000)) = CAST(d."K]e'y" AS varbinary(8000)) AND DATALENGTH(i."K]e'y") = DATALENGTH(d."K]e'y") AND i.[Id] = d.[Id] AND CAST(i.[Bin] AS varbinary(8000)) = CAST(d.[Bin] AS varbinary(8000)) AND DATALENGTH(i.[Bin]) = DATALENGTH(d.[Bin])
CROSS APPLY (SELECT (SELECT i."K]e'y" AS [c0], CONVERT(char(36), i.[Id]) AS [c1], CONVERT(varchar(max), i.[Bin], 2) AS [c2], CONVERT(varchar(40), i.[When], 121) AS [c3], CAST(i.[Data] AS nvarchar(max)) AS [c4], CONVERT(varchar(40), i.[Ratio], 3) AS [c5], CAST(i.[On] AS tinyint) AS [c6], CONVERT(varchar(41), CAST(i.[Sum] AS decimal(19,4))) AS [c7] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS a
CROSS APPLY (SELECT (SELECT d."K]e'y" AS [c0], CONVERT(char(36), d.[Id]) AS [c1], CONVERT(varchar(max), d.[Bin], 2) AS [c2], CONVERT(varchar(40), d.[When], 121) AS [c3], CAST(d.[Data] AS nvarchar(max)) AS [c4], CONVERT(varchar(40), d.[Ratio], 3) AS [c5], CAST(d.[On] AS tinyint) AS [c6], CONVERT(varchar(41), CAST(d.[Sum] AS decimal(19,4))) AS [c7] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS b
WHERE i."K]e'y" IS NOT NULL AND (d."K]e'y" IS NULL OR a.[Image] <> b.[Image] COLLATE Latin1_General_100_BIN2);
IF @rows <> (SELECT COUNT_BIG(*) FROM inserted) AND (UPDATE("K]e'y") OR UPDATE([Id]) OR UPDATE([Bin]))
BEGIN
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT 6951818238575565696, 1, (SELECT t."K]e'y" AS [c0], CONVERT(char(36), t.[Id]) AS [c1], CONVERT(varchar(max), t.[Bin], 2) AS [c2], CONVERT(varchar(40), t.[When], 121) AS [c3], CAST(t.[Data] AS nvarchar(max)) AS [c4], CONVERT(varchar(40), t.[Ratio], 3) AS [c5], CAST(t.[On] AS tinyint) AS [c6], CONVERT(varchar(41), CAST(t.[Sum] AS decimal(19,4))) AS [c7], CAST(t.[Version] AS bigint) AS [c8] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d INNER JOIN "s]x"."T]'"".x" AS t ON t."K]e'y" = d."K]e'y" AND t.[Id] = d.[Id] AND t.[Bin] = d.[Bin] AND CAST(t."K]e'y" AS varbinary(8000)) = CAST(d."K]e'y" AS varbinary(8000)) AND DATALENGTH(t."K]e'y") = DATALENGTH(d."K]e'y") AND CAST(t.[Bin] AS varbinary(8000)) = CAST(d.[Bin] AS varbinary(8000)) AND DATALENGTH(t.[Bin]) = DATALENGTH(d.[Bin])
WHERE NOT EXISTS (SELECT 1 FROM inserted AS i WHERE CAST(i."K]e'y" AS varbinary(8000)) = CAST(d."K]e'y" AS varbinary(8000)) AND DATALENGTH(i."K]e'y") = DATALENGTH(d."K]e'y") AND i.[Id] = d.[Id] AND CAST(i.[Bin] AS varbinary(8000)) = CAST(d.[Bin] AS varbinary(8000)) AND DATALENGTH(i.[Bin]) = DATALENGTH(d.[Bin]));
END
GO
CREATE TRIGGER "s]x".[_realtime_6079d1db0d60db80_delete] ON "s]x"."T]'"".x" WITH EXECUTE AS OWNER AFTER DELETE AS
/* RealtimeApi 1: writes the changes of 'odd * / 'things'' into the change log. Made by the server's migration; do not alter. */
DECLARE @rows bigint = ROWCOUNT_BIG();
SET NOCOUNT ON;
SET ROWCOUNT 0;
SET ANSI_WARNINGS OFF;
SET ARITHABORT OFF;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT 6951818238575565696, 3, (SELECT d."K]e'y" AS [c0], CONVERT(char(36), d.[Id]) AS [c1], CONVERT(varchar(max), d.[Bin], 2) AS [c2], CONVERT(varchar(40), d.[When], 121) AS [c3], CAST(d.[Data] AS nvarchar(max)) AS [c4], CONVERT(varchar(40), d.[Ratio], 3) AS [c5], CAST(d.[On] AS tinyint) AS [c6], CONVERT(varchar(41), CAST(d.[Sum] AS decimal(19,4))) AS [c7], CAST(d.[Version] AS bigint) AS [c8] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d
WHERE d."K]e'y" IS NOT NULL;
IF @rows <> (SELECT COUNT_BIG(*) FROM deleted)
BEGIN
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT 6951818238575565696, 1, (SELECT t."K]e'y" AS [c0], CONVERT(char(36), t.[Id]) AS [c1], CONVERT(varchar(max), t.[Bin], 2) AS [c2], CONVERT(varchar(40), t.[When], 121) AS [c3], CAST(t.[Data] AS nvarchar(max)) AS [c4], CONVERT(varchar(40), t.[Ratio], 3) AS [c5], CAST(t.[On] AS tinyint) AS [c6], CONVERT(varchar(41), CAST(t.[Sum] AS decimal(19,4))) AS [c7], CAST(t.[Version] AS bigint) AS [c8] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d INNER JOIN "s]x"."T]'"".x" AS t ON t."K]e'y" = d."K]e'y" AND t.[Id] = d.[Id] AND t.[Bin] = d.[Bin] AND CAST(t."K]e'y" AS varbinary(8000)) = CAST(d."K]e'y" AS varbinary(8000)) AND DATALENGTH(t."K]e'y") = DATALENGTH(d."K]e'y") AND CAST(t.[Bin] AS varbinary(8000)) = CAST(d.[Bin] AS varbinary(8000)) AND DATALENGTH(t.[Bin]) = DATALENGTH(d.[Bin]);
END
GO
