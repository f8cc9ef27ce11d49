CREATE TRIGGER [dbo].[_realtime_c8bf210245991b68_insert] ON [dbo].[Album] AFTER INSERT AS
/* RealtimeApi 1: writes the changes of 'albums' into the change log. Made by the server's migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM inserted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT -3981427251930915992, 1, (SELECT i.[AlbumId] AS [c0], i.[Title] AS [c1], i.[ArtistId] AS [c2] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM inserted AS i;
GO
CREATE TRIGGER [dbo].[_realtime_c8bf210245991b68_update] ON [dbo].[Album] AFTER UPDATE AS
/* RealtimeApi 1: writes the changes of 'albums' into the change log. Made by the server's migration; do not alter. */
DECLARE @rows bigint = ROWCOUNT_BIG();
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
IF UPDATE([AlbumId])
BEGIN
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT -3981427251930915992, 3, (SELECT d.[AlbumId] AS [c0], d.[Title] AS [c1], d.[ArtistId] AS [c2] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d
WHERE NOT EXISTS (SELECT 1 FROM inserted AS i WHERE i.[AlbumId] = d.[AlbumId]);
END
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [After], [Actor])
SELECT -3981427251930915992, CASE WHEN d.[AlbumId] IS NULL THEN 1 ELSE 2 END, CASE WHEN d.[AlbumId] IS NULL THEN NULL ELSE b.[Image] END, a.[Image], TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM inserted AS i
LEFT JOIN deleted AS d ON i.[AlbumId] = d.[AlbumId]
CROSS APPLY (SELECT (SELECT i.[AlbumId] AS [c0], i.[Title] AS [c1], i.[ArtistId] AS [c2] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS a
CROSS APPLY (SELECT (SELECT d.[AlbumId] AS [c0], d.[Title] AS [c1], d.[ArtistId] AS [c2] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS b
WHERE (d.[AlbumId] IS NULL OR a.[Image] <> b.[Image] COLLATE Latin1_General_100_BIN2);
IF @rows <> (SELECT COUNT_BIG(*) FROM inserted) AND (UPDATE([AlbumId]))
BEGIN
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT -3981427251930915992, 1, (SELECT t.[AlbumId] AS [c0], t.[Title] AS [c1], t.[ArtistId] AS [c2] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d INNER JOIN [dbo].[Album] AS t ON t.[AlbumId] = d.[AlbumId]
WHERE NOT EXISTS (SELECT 1 FROM inserted AS i WHERE i.[AlbumId] = d.[AlbumId]);
END
GO
CREATE TRIGGER [dbo].[_realtime_c8bf210245991b68_delete] ON [dbo].[Album] AFTER DELETE AS
/* RealtimeApi 1: writes the changes of 'albums' into the change log. Made by the server's migration; do not alter. */
DECLARE @rows bigint = ROWCOUNT_BIG();
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT -3981427251930915992, 3, (SELECT d.[AlbumId] AS [c0], d.[Title] AS [c1], d.[ArtistId] AS [c2] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d;
IF @rows <> (SELECT COUNT_BIG(*) FROM deleted)
BEGIN
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT -3981427251930915992, 1, (SELECT t.[AlbumId] AS [c0], t.[Title] AS [c1], t.[ArtistId] AS [c2] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d INNER JOIN [dbo].[Album] AS t ON t.[AlbumId] = d.[AlbumId];
END
GO
CREATE TRIGGER [dbo].[_realtime_4f9613c3dccb9d2a_insert] ON [dbo].[Artist] AFTER INSERT AS
/* RealtimeApi 1: writes the changes of 'artists' into the change log. Made by the server's migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM inserted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT 5734792907446787370, 1, (SELECT i.[ArtistId] AS [c0], i.[Name] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM inserted AS i;
GO
CREATE TRIGGER [dbo].[_realtime_4f9613c3dccb9d2a_update] ON [dbo].[Artist] AFTER UPDATE AS
/* RealtimeApi 1: writes the changes of 'artists' into the change log. Made by the server's migration; do not alter. */
DECLARE @rows bigint = ROWCOUNT_BIG();
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
IF UPDATE([ArtistId])
BEGIN
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT 5734792907446787370, 3, (SELECT d.[ArtistId] AS [c0], d.[Name] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d
WHERE NOT EXISTS (SELECT 1 FROM inserted AS i WHERE i.[ArtistId] = d.[ArtistId]);
END
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [After], [Actor])
SELECT 5734792907446787370, CASE WHEN d.[ArtistId] IS NULL THEN 1 ELSE 2 END, CASE WHEN d.[ArtistId] IS NULL THEN NULL ELSE b.[Image] END, a.[Image], TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM inserted AS i
LEFT JOIN deleted AS d ON i.[ArtistId] = d.[ArtistId]
CROSS APPLY (SELECT (SELECT i.[ArtistId] AS [c0], i.[Name] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS a
CROSS APPLY (SELECT (SELECT d.[ArtistId] AS [c0], d.[Name] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS b
WHERE (d.[ArtistId] IS NULL OR a.[Image] <> b.[Image] COLLATE Latin1_General_100_BIN2);
IF @rows <> (SELECT COUNT_BIG(*) FROM inserted) AND (UPDATE([ArtistId]))
BEGIN
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT 5734792907446787370, 1, (SELECT t.[ArtistId] AS [c0], t.[Name] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d INNER JOIN [dbo].[Artist] AS t ON t.[ArtistId] = d.[ArtistId]
WHERE NOT EXISTS (SELECT 1 FROM inserted AS i WHERE i.[ArtistId] = d.[ArtistId]);
END
GO
CREATE TRIGGER [dbo].[_realtime_4f9613c3dccb9d2a_delete] ON [dbo].[Artist] AFTER DELETE AS
/* RealtimeApi 1: writes the changes of 'artists' into the change log. Made by the server's migration; do not alter. */
DECLARE @rows bigint = ROWCOUNT_BIG();
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT 5734792907446787370, 3, (SELECT d.[ArtistId] AS [c0], d.[Name] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d;
IF @rows <> (SELECT COUNT_BIG(*) FROM deleted)
BEGIN
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT 5734792907446787370, 1, (SELECT t.[ArtistId] AS [c0], t.[Name] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d INNER JOIN [dbo].[Artist] AS t ON t.[ArtistId] = d.[ArtistId];
END
GO
CREATE TRIGGER [dbo].[_realtime_af0cd53894ddfb80_insert] ON [dbo].[Customer] AFTER INSERT AS
/* RealtimeApi 1: writes the changes of 'customers' into the change log. Made by the server's migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM inserted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT -5833052978359174272, 1, (SELECT i.[CustomerId] AS [c0], i.[FirstName] AS [c1], i.[LastName] AS [c2], i.[Company] AS [c3], i.[Address] AS [c4], i.[City] AS [c5], i.[State] AS [c6], i.[Country] AS [c7], i.[PostalCode] AS [c8], i.[Phone] AS [c9], i.[Fax] AS [c10], i.[Email] AS [c11], i.[SupportRepId] AS [c12] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM inserted AS i;
GO
CREATE TRIGGER [dbo].[_realtime_af0cd53894ddfb80_update] ON [dbo].[Customer] AFTER UPDATE AS
/* RealtimeApi 1: writes the changes of 'customers' into the change log. Made by the server's migration; do not alter. */
DECLARE @rows bigint = ROWCOUNT_BIG();
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
IF UPDATE([CustomerId])
BEGIN
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT -5833052978359174272, 3, (SELECT d.[CustomerId] AS [c0], d.[FirstName] AS [c1], d.[LastName] AS [c2], d.[Company] AS [c3], d.[Address] AS [c4], d.[City] AS [c5], d.[State] AS [c6], d.[Country] AS [c7], d.[PostalCode] AS [c8], d.[Phone] AS [c9], d.[Fax] AS [c10], d.[Email] AS [c11], d.[SupportRepId] AS [c12] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d
WHERE NOT EXISTS (SELECT 1 FROM inserted AS i WHERE i.[CustomerId] = d.[CustomerId]);
END
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [After], [Actor])
SELECT -5833052978359174272, CASE WHEN d.[CustomerId] IS NULL THEN 1 ELSE 2 END, CASE WHEN d.[CustomerId] IS NULL THEN NULL ELSE b.[Image] END, a.[Image], TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM inserted AS i
LEFT JOIN deleted AS d ON i.[CustomerId] = d.[CustomerId]
CROSS APPLY (SELECT (SELECT i.[CustomerId] AS [c0], i.[FirstName] AS [c1], i.[LastName] AS [c2], i.[Company] AS [c3], i.[Address] AS [c4], i.[City] AS [c5], i.[State] AS [c6], i.[Country] AS [c7], i.[PostalCode] AS [c8], i.[Phone] AS [c9], i.[Fax] AS [c10], i.[Email] AS [c11], i.[SupportRepId] AS [c12] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS a
CROSS APPLY (SELECT (SELECT d.[CustomerId] AS [c0], d.[FirstName] AS [c1], d.[LastName] AS [c2], d.[Company] AS [c3], d.[Address] AS [c4], d.[City] AS [c5], d.[State] AS [c6], d.[Country] AS [c7], d.[PostalCode] AS [c8], d.[Phone] AS [c9], d.[Fax] AS [c10], d.[Email] AS [c11], d.[SupportRepId] AS [c12] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS b
WHERE (d.[CustomerId] IS NULL OR a.[Image] <> b.[Image] COLLATE Latin1_General_100_BIN2);
IF @rows <> (SELECT COUNT_BIG(*) FROM inserted) AND (UPDATE([CustomerId]))
BEGIN
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT -5833052978359174272, 1, (SELECT t.[CustomerId] AS [c0], t.[FirstName] AS [c1], t.[LastName] AS [c2], t.[Company] AS [c3], t.[Address] AS [c4], t.[City] AS [c5], t.[State] AS [c6], t.[Country] AS [c7], t.[PostalCode] AS [c8], t.[Phone] AS [c9], t.[Fax] AS [c10], t.[Email] AS [c11], t.[SupportRepId] AS [c12] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d INNER JOIN [dbo].[Customer] AS t ON t.[CustomerId] = d.[CustomerId]
WHERE NOT EXISTS (SELECT 1 FROM inserted AS i WHERE i.[CustomerId] = d.[CustomerId]);
END
GO
CREATE TRIGGER [dbo].[_realtime_af0cd53894ddfb80_delete] ON [dbo].[Customer] AFTER DELETE AS
/* RealtimeApi 1: writes the changes of 'customers' into the change log. Made by the server's migration; do not alter. */
DECLARE @rows bigint = ROWCOUNT_BIG();
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT -5833052978359174272, 3, (SELECT d.[CustomerId] AS [c0], d.[FirstName] AS [c1], d.[LastName] AS [c2], d.[Company] AS [c3], d.[Address] AS [c4], d.[City] AS [c5], d.[State] AS [c6], d.[Country] AS [c7], d.[PostalCode] AS [c8], d.[Phone] AS [c9], d.[Fax] AS [c10], d.[Email] AS [c11], d.[SupportRepId] AS [c12] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d;
IF @rows <> (SELECT COUNT_BIG(*) FROM deleted)
BEGIN
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT -5833052978359174272, 1, (SELECT t.[CustomerId] AS [c0], t.[FirstName] AS [c1], t.[LastName] AS [c2], t.[Company] AS [c3], t.[Address] AS [c4], t.[City] AS [c5], t.[State] AS [c6], t.[Country] AS [c7], t.[PostalCode] AS [c8], t.[Phone] AS [c9], t.[Fax] AS [c10], t.[Email] AS [c11], t.[SupportRepId] AS [c12] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d INNER JOIN [dbo].[Customer] AS t ON t.[CustomerId] = d.[CustomerId];
END
GO
CREATE TRIGGER [dbo].[_realtime_7db28d718bbb3f1e_insert] ON [dbo].[Employee] AFTER INSERT AS
/* RealtimeApi 1: writes the changes of 'employees' into the change log. Made by the server's migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM inserted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT 9057457319410614046, 1, (SELECT i.[EmployeeId] AS [c0], i.[LastName] AS [c1], i.[FirstName] AS [c2], i.[Title] AS [c3], i.[ReportsTo] AS [c4], CONVERT(varchar(40), i.[BirthDate], 121) AS [c5], CONVERT(varchar(40), i.[HireDate], 121) AS [c6], i.[Address] AS [c7], i.[City] AS [c8], i.[State] AS [c9], i.[Country] AS [c10], i.[PostalCode] AS [c11], i.[Phone] AS [c12], i.[Fax] AS [c13], i.[Email] AS [c14] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM inserted AS i;
GO
CREATE TRIGGER [dbo].[_realtime_7db28d718bbb3f1e_update] ON [dbo].[Employee] AFTER UPDATE AS
/* RealtimeApi 1: writes the changes of 'employees' into the change log. Made by the server's migration; do not alter. */
DECLARE @rows bigint = ROWCOUNT_BIG();
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
IF UPDATE([EmployeeId])
BEGIN
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT 9057457319410614046, 3, (SELECT d.[EmployeeId] AS [c0], d.[LastName] AS [c1], d.[FirstName] AS [c2], d.[Title] AS [c3], d.[ReportsTo] AS [c4], CONVERT(varchar(40), d.[BirthDate], 121) AS [c5], CONVERT(varchar(40), d.[HireDate], 121) AS [c6], d.[Address] AS [c7], d.[City] AS [c8], d.[State] AS [c9], d.[Country] AS [c10], d.[PostalCode] AS [c11], d.[Phone] AS [c12], d.[Fax] AS [c13], d.[Email] AS [c14] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d
WHERE NOT EXISTS (SELECT 1 FROM inserted AS i WHERE i.[EmployeeId] = d.[EmployeeId]);
END
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [After], [Actor])
SELECT 9057457319410614046, CASE WHEN d.[EmployeeId] IS NULL THEN 1 ELSE 2 END, CASE WHEN d.[EmployeeId] IS NULL THEN NULL ELSE b.[Image] END, a.[Image], TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM inserted AS i
LEFT JOIN deleted AS d ON i.[EmployeeId] = d.[EmployeeId]
CROSS APPLY (SELECT (SELECT i.[EmployeeId] AS [c0], i.[LastName] AS [c1], i.[FirstName] AS [c2], i.[Title] AS [c3], i.[ReportsTo] AS [c4], CONVERT(varchar(40), i.[BirthDate], 121) AS [c5], CONVERT(varchar(40), i.[HireDate], 121) AS [c6], i.[Address] AS [c7], i.[City] AS [c8], i.[State] AS [c9], i.[Country] AS [c10], i.[PostalCode] AS [c11], i.[Phone] AS [c12], i.[Fax] AS [c13], i.[Email] AS [c14] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS a
CROSS APPLY (SELECT (SELECT d.[EmployeeId] AS [c0], d.[LastName] AS [c1], d.[FirstName] AS [c2], d.[Title] AS [c3], d.[ReportsTo] AS [c4], CONVERT(varchar(40), d.[BirthDate], 121) AS [c5], CONVERT(varchar(40), d.[HireDate], 121) AS [c6], d.[Address] AS [c7], d.[City] AS [c8], d.[State] AS [c9], d.[Country] AS [c10], d.[PostalCode] AS [c11], d.[Phone] AS [c12], d.[Fax] AS [c13], d.[Email] AS [c14] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS b
WHERE (d.[EmployeeId] IS NULL OR a.[Image] <> b.[Image] COLLATE Latin1_General_100_BIN2);
IF @rows <> (SELECT COUNT_BIG(*) FROM inserted) AND (UPDATE([EmployeeId]))
BEGIN
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT 9057457319410614046, 1, (SELECT t.[EmployeeId] AS [c0], t.[LastName] AS [c1], t.[FirstName] AS [c2], t.[Title] AS [c3], t.[ReportsTo] AS [c4], CONVERT(varchar(40), t.[BirthDate], 121) AS [c5], CONVERT(varchar(40), t.[HireDate], 121) AS [c6], t.[Address] AS [c7], t.[City] AS [c8], t.[State] AS [c9], t.[Country] AS [c10], t.[PostalCode] AS [c11], t.[Phone] AS [c12], t.[Fax] AS [c13], t.[Email] AS [c14] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d INNER JOIN [dbo].[Employee] AS t ON t.[EmployeeId] = d.[EmployeeId]
WHERE NOT EXISTS (SELECT 1 FROM inserted AS i WHERE i.[EmployeeId] = d.[EmployeeId]);
END
GO
CREATE TRIGGER [dbo].[_realtime_7db28d718bbb3f1e_delete] ON [dbo].[Employee] AFTER DELETE AS
/* RealtimeApi 1: writes the changes of 'employees' into the change log. Made by the server's migration; do not alter. */
DECLARE @rows bigint = ROWCOUNT_BIG();
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT 9057457319410614046, 3, (SELECT d.[EmployeeId] AS [c0], d.[LastName] AS [c1], d.[FirstName] AS [c2], d.[Title] AS [c3], d.[ReportsTo] AS [c4], CONVERT(varchar(40), d.[BirthDate], 121) AS [c5], CONVERT(varchar(40), d.[HireDate], 121) AS [c6], d.[Address] AS [c7], d.[City] AS [c8], d.[State] AS [c9], d.[Country] AS [c10], d.[PostalCode] AS [c11], d.[Phone] AS [c12], d.[Fax] AS [c13], d.[Email] AS [c14] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d;
IF @rows <> (SELECT COUNT_BIG(*) FROM deleted)
BEGIN
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT 9057457319410614046, 1, (SELECT t.[EmployeeId] AS [c0], t.[LastName] AS [c1], t.[FirstName] AS [c2], t.[Title] AS [c3], t.[ReportsTo] AS [c4], CONVERT(varchar(40), t.[BirthDate], 121) AS [c5], CONVERT(varchar(40), t.[HireDate], 121) AS [c6], t.[Address] AS [c7], t.[City] AS [c8], t.[State] AS [c9], t.[Country] AS [c10], t.[PostalCode] AS [c11], t.[Phone] AS [c12], t.[Fax] AS [c13], t.[Email] AS [c14] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d INNER JOIN [dbo].[Employee] AS t ON t.[EmployeeId] = d.[EmployeeId];
END
GO
CREATE TRIGGER [dbo].[_realtime_b90280d246de734a_insert] ON [dbo].[Genre] AFTER INSERT AS
/* RealtimeApi 1: writes the changes of 'genres' into the change log. Made by the server's migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM inserted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT -5115384586118991030, 1, (SELECT i.[GenreId] AS [c0], i.[Name] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM inserted AS i;
GO
CREATE TRIGGER [dbo].[_realtime_b90280d246de734a_update] ON [dbo].[Genre] AFTER UPDATE AS
/* RealtimeApi 1: writes the changes of 'genres' into the change log. Made by the server's migration; do not alter. */
DECLARE @rows bigint = ROWCOUNT_BIG();
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
IF UPDATE([GenreId])
BEGIN
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT -5115384586118991030, 3, (SELECT d.[GenreId] AS [c0], d.[Name] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d
WHERE NOT EXISTS (SELECT 1 FROM inserted AS i WHERE i.[GenreId] = d.[GenreId]);
END
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [After], [Actor])
SELECT -5115384586118991030, CASE WHEN d.[GenreId] IS NULL THEN 1 ELSE 2 END, CASE WHEN d.[GenreId] IS NULL THEN NULL ELSE b.[Image] END, a.[Image], TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM inserted AS i
LEFT JOIN deleted AS d ON i.[GenreId] = d.[GenreId]
CROSS APPLY (SELECT (SELECT i.[GenreId] AS [c0], i.[Name] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS a
CROSS APPLY (SELECT (SELECT d.[GenreId] AS [c0], d.[Name] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS b
WHERE (d.[GenreId] IS NULL OR a.[Image] <> b.[Image] COLLATE Latin1_General_100_BIN2);
IF @rows <> (SELECT COUNT_BIG(*) FROM inserted) AND (UPDATE([GenreId]))
BEGIN
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT -5115384586118991030, 1, (SELECT t.[GenreId] AS [c0], t.[Name] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d INNER JOIN [dbo].[Genre] AS t ON t.[GenreId] = d.[GenreId]
WHERE NOT EXISTS (SELECT 1 FROM inserted AS i WHERE i.[GenreId] = d.[GenreId]);
END
GO
CREATE TRIGGER [dbo].[_realtime_b90280d246de734a_delete] ON [dbo].[Genre] AFTER DELETE AS
/* RealtimeApi 1: writes the changes of 'genres' into the change log. Made by the server's migration; do not alter. */
DECLARE @rows bigint = ROWCOUNT_BIG();
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT -5115384586118991030, 3, (SELECT d.[GenreId] AS [c0], d.[Name] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d;
IF @rows <> (SELECT COUNT_BIG(*) FROM deleted)
BEGIN
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT -5115384586118991030, 1, (SELECT t.[GenreId] AS [c0], t.[Name] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d INNER JOIN [dbo].[Genre] AS t ON t.[GenreId] = d.[GenreId];
END
GO
CREATE TRIGGER [dbo].[_realtime_0252f0ccf1ca0192_insert] ON [dbo].[InvoiceLine] AFTER INSERT AS
/* RealtimeApi 1: writes the changes of 'invoiceLines' into the change log. Made by the server's migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM inserted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT 167460899186672018, 1, (SELECT i.[InvoiceLineId] AS [c0], i.[InvoiceId] AS [c1], i.[TrackId] AS [c2], CONVERT(varchar(41), i.[UnitPrice]) AS [c3], i.[Quantity] AS [c4] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM inserted AS i;
GO
CREATE TRIGGER [dbo].[_realtime_0252f0ccf1ca0192_update] ON [dbo].[InvoiceLine] AFTER UPDATE AS
/* RealtimeApi 1: writes the changes of 'invoiceLines' into the change log. Made by the server's migration; do not alter. */
DECLARE @rows bigint = ROWCOUNT_BIG();
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
IF UPDATE([InvoiceLineId])
BEGIN
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT 167460899186672018, 3, (SELECT d.[InvoiceLineId] AS [c0], d.[InvoiceId] AS [c1], d.[TrackId] AS [c2], CONVERT(varchar(41), d.[UnitPrice]) AS [c3], d.[Quantity] AS [c4] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d
WHERE NOT EXISTS (SELECT 1 FROM inserted AS i WHERE i.[InvoiceLineId] = d.[InvoiceLineId]);
END
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [After], [Actor])
SELECT 167460899186672018, CASE WHEN d.[InvoiceLineId] IS NULL THEN 1 ELSE 2 END, CASE WHEN d.[InvoiceLineId] IS NULL THEN NULL ELSE b.[Image] END, a.[Image], TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM inserted AS i
LEFT JOIN deleted AS d ON i.[InvoiceLineId] = d.[InvoiceLineId]
CROSS APPLY (SELECT (SELECT i.[InvoiceLineId] AS [c0], i.[InvoiceId] AS [c1], i.[TrackId] AS [c2], CONVERT(varchar(41), i.[UnitPrice]) AS [c3], i.[Quantity] AS [c4] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS a
CROSS APPLY (SELECT (SELECT d.[InvoiceLineId] AS [c0], d.[InvoiceId] AS [c1], d.[TrackId] AS [c2], CONVERT(varchar(41), d.[UnitPrice]) AS [c3], d.[Quantity] AS [c4] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS b
WHERE (d.[InvoiceLineId] IS NULL OR a.[Image] <> b.[Image] COLLATE Latin1_General_100_BIN2);
IF @rows <> (SELECT COUNT_BIG(*) FROM inserted) AND (UPDATE([InvoiceLineId]))
BEGIN
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT 167460899186672018, 1, (SELECT t.[InvoiceLineId] AS [c0], t.[InvoiceId] AS [c1], t.[TrackId] AS [c2], CONVERT(varchar(41), t.[UnitPrice]) AS [c3], t.[Quantity] AS [c4] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d INNER JOIN [dbo].[InvoiceLine] AS t ON t.[InvoiceLineId] = d.[InvoiceLineId]
WHERE NOT EXISTS (SELECT 1 FROM inserted AS i WHERE i.[InvoiceLineId] = d.[InvoiceLineId]);
END
GO
CREATE TRIGGER [dbo].[_realtime_0252f0ccf1ca0192_delete] ON [dbo].[InvoiceLine] AFTER DELETE AS
/* RealtimeApi 1: writes the changes of 'invoiceLines' into the change log. Made by the server's migration; do not alter. */
DECLARE @rows bigint = ROWCOUNT_BIG();
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT 167460899186672018, 3, (SELECT d.[InvoiceLineId] AS [c0], d.[InvoiceId] AS [c1], d.[TrackId] AS [c2], CONVERT(varchar(41), d.[UnitPrice]) AS [c3], d.[Quantity] AS [c4] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d;
IF @rows <> (SELECT COUNT_BIG(*) FROM deleted)
BEGIN
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT 167460899186672018, 1, (SELECT t.[InvoiceLineId] AS [c0], t.[InvoiceId] AS [c1], t.[TrackId] AS [c2], CONVERT(varchar(41), t.[UnitPrice]) AS [c3], t.[Quantity] AS [c4] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d INNER JOIN [dbo].[InvoiceLine] AS t ON t.[InvoiceLineId] = d.[InvoiceLineId];
END
GO
CREATE TRIGGER [dbo].[_realtime_9c876956b92fca48_insert] ON [dbo].[Invoice] AFTER INSERT AS
/* RealtimeApi 1: writes the changes of 'invoices' into the change log. Made by the server's migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM inserted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT -7167644460741834168, 1, (SELECT i.[InvoiceId] AS [c0], i.[CustomerId] AS [c1], CONVERT(varchar(40), i.[InvoiceDate], 121) AS [c2], i.[BillingAddress] AS [c3], i.[BillingCity] AS [c4], i.[BillingState] AS [c5], i.[BillingCountry] AS [c6], i.[BillingPostalCode] AS [c7], CONVERT(varchar(41), i.[Total]) AS [c8] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM inserted AS i;
GO
CREATE TRIGGER [dbo].[_realtime_9c876956b92fca48_update] ON [dbo].[Invoice] AFTER UPDATE AS
/* RealtimeApi 1: writes the changes of 'invoices' into the change log. Made by the server's migration; do not alter. */
DECLARE @rows bigint = ROWCOUNT_BIG();
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
IF UPDATE([InvoiceId])
BEGIN
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT -7167644460741834168, 3, (SELECT d.[InvoiceId] AS [c0], d.[CustomerId] AS [c1], CONVERT(varchar(40), d.[InvoiceDate], 121) AS [c2], d.[BillingAddress] AS [c3], d.[BillingCity] AS [c4], d.[BillingState] AS [c5], d.[BillingCountry] AS [c6], d.[BillingPostalCode] AS [c7], CONVERT(varchar(41), d.[Total]) AS [c8] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d
WHERE NOT EXISTS (SELECT 1 FROM inserted AS i WHERE i.[InvoiceId] = d.[InvoiceId]);
END
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [After], [Actor])
SELECT -7167644460741834168, CASE WHEN d.[InvoiceId] IS NULL THEN 1 ELSE 2 END, CASE WHEN d.[InvoiceId] IS NULL THEN NULL ELSE b.[Image] END, a.[Image], TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM inserted AS i
LEFT JOIN deleted AS d ON i.[InvoiceId] = d.[InvoiceId]
CROSS APPLY (SELECT (SELECT i.[InvoiceId] AS [c0], i.[CustomerId] AS [c1], CONVERT(varchar(40), i.[InvoiceDate], 121) AS [c2], i.[BillingAddress] AS [c3], i.[BillingCity] AS [c4], i.[BillingState] AS [c5], i.[BillingCountry] AS [c6], i.[BillingPostalCode] AS [c7], CONVERT(varchar(41), i.[Total]) AS [c8] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS a
CROSS APPLY (SELECT (SELECT d.[InvoiceId] AS [c0], d.[CustomerId] AS [c1], CONVERT(varchar(40), d.[InvoiceDate], 121) AS [c2], d.[BillingAddress] AS [c3], d.[BillingCity] AS [c4], d.[BillingState] AS [c5], d.[BillingCountry] AS [c6], d.[BillingPostalCode] AS [c7], CONVERT(varchar(41), d.[Total]) AS [c8] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS b
WHERE (d.[InvoiceId] IS NULL OR a.[Image] <> b.[Image] COLLATE Latin1_General_100_BIN2);
IF @rows <> (SELECT COUNT_BIG(*) FROM inserted) AND (UPDATE([InvoiceId]))
BEGIN
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT -7167644460741834168, 1, (SELECT t.[InvoiceId] AS [c0], t.[CustomerId] AS [c1], CONVERT(varchar(40), t.[InvoiceDate], 121) AS [c2], t.[BillingAddress] AS [c3], t.[BillingCity] AS [c4], t.[BillingState] AS [c5], t.[BillingCountry] AS [c6], t.[BillingPostalCode] AS [c7], CONVERT(varchar(41), t.[Total]) AS [c8] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d INNER JOIN [dbo].[Invoice] AS t ON t.[InvoiceId] = d.[InvoiceId]
WHERE NOT EXISTS (SELECT 1 FROM inserted AS i WHERE i.[InvoiceId] = d.[InvoiceId]);
END
GO
CREATE TRIGGER [dbo].[_realtime_9c876956b92fca48_delete] ON [dbo].[Invoice] AFTER DELETE AS
/* RealtimeApi 1: writes the changes of 'invoices' into the change log. Made by the server's migration; do not alter. */
DECLARE @rows bigint = ROWCOUNT_BIG();
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT -7167644460741834168, 3, (SELECT d.[InvoiceId] AS [c0], d.[CustomerId] AS [c1], CONVERT(varchar(40), d.[InvoiceDate], 121) AS [c2], d.[BillingAddress] AS [c3], d.[BillingCity] AS [c4], d.[BillingState] AS [c5], d.[BillingCountry] AS [c6], d.[BillingPostalCode] AS [c7], CONVERT(varchar(41), d.[Total]) AS [c8] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d;
IF @rows <> (SELECT COUNT_BIG(*) FROM deleted)
BEGIN
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT -7167644460741834168, 1, (SELECT t.[InvoiceId] AS [c0], t.[CustomerId] AS [c1], CONVERT(varchar(40), t.[InvoiceDate], 121) AS [c2], t.[BillingAddress] AS [c3], t.[BillingCity] AS [c4], t.[BillingState] AS [c5], t.[BillingCountry] AS [c6], t.[BillingPostalCode] AS [c7], CONVERT(varchar(41), t.[Total]) AS [c8] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d INNER JOIN [dbo].[Invoice] AS t ON t.[InvoiceId] = d.[InvoiceId];
END
GO
CREATE TRIGGER [dbo].[_realtime_c06f642cf226b54f_insert] ON [dbo].[MediaType] AFTER INSERT AS
/* RealtimeApi 1: writes the changes of 'mediaTypes' into the change log. Made by the server's migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM inserted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT -4580332151808543409, 1, (SELECT i.[MediaTypeId] AS [c0], i.[Name] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM inserted AS i;
GO
CREATE TRIGGER [dbo].[_realtime_c06f642cf226b54f_update] ON [dbo].[MediaType] AFTER UPDATE AS
/* RealtimeApi 1: writes the changes of 'mediaTypes' into the change log. Made by the server's migration; do not alter. */
DECLARE @rows bigint = ROWCOUNT_BIG();
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
IF UPDATE([MediaTypeId])
BEGIN
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT -4580332151808543409, 3, (SELECT d.[MediaTypeId] AS [c0], d.[Name] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d
WHERE NOT EXISTS (SELECT 1 FROM inserted AS i WHERE i.[MediaTypeId] = d.[MediaTypeId]);
END
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [After], [Actor])
SELECT -4580332151808543409, CASE WHEN d.[MediaTypeId] IS NULL THEN 1 ELSE 2 END, CASE WHEN d.[MediaTypeId] IS NULL THEN NULL ELSE b.[Image] END, a.[Image], TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM inserted AS i
LEFT JOIN deleted AS d ON i.[MediaTypeId] = d.[MediaTypeId]
CROSS APPLY (SELECT (SELECT i.[MediaTypeId] AS [c0], i.[Name] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS a
CROSS APPLY (SELECT (SELECT d.[MediaTypeId] AS [c0], d.[Name] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS b
WHERE (d.[MediaTypeId] IS NULL OR a.[Image] <> b.[Image] COLLATE Latin1_General_100_BIN2);
IF @rows <> (SELECT COUNT_BIG(*) FROM inserted) AND (UPDATE([MediaTypeId]))
BEGIN
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT -4580332151808543409, 1, (SELECT t.[MediaTypeId] AS [c0], t.[Name] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d INNER JOIN [dbo].[MediaType] AS t ON t.[MediaTypeId] = d.[MediaTypeId]
WHERE NOT EXISTS (SELECT 1 FROM inserted AS i WHERE i.[MediaTypeId] = d.[MediaTypeId]);
END
GO
CREATE TRIGGER [dbo].[_realtime_c06f642cf226b54f_delete] ON [dbo].[MediaType] AFTER DELETE AS
/* RealtimeApi 1: writes the changes of 'mediaTypes' into the change log. Made by the server's migration; do not alter. */
DECLARE @rows bigint = ROWCOUNT_BIG();
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT -4580332151808543409, 3, (SELECT d.[MediaTypeId] AS [c0], d.[Name] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d;
IF @rows <> (SELECT COUNT_BIG(*) FROM deleted)
BEGIN
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT -4580332151808543409, 1, (SELECT t.[MediaTypeId] AS [c0], t.[Name] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d INNER JOIN [dbo].[MediaType] AS t ON t.[MediaTypeId] = d.[MediaTypeId];
END
GO
CREATE TRIGGER [dbo].[_realtime_448237d386340689_insert] ON [dbo].[PlaylistTrack] AFTER INSERT AS
/* RealtimeApi 1: writes the changes of 'playlistTracks' into the change log. Made by the server's migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM inserted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT 4936569523180668553, 1, (SELECT i.[PlaylistId] AS [c0], i.[TrackId] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM inserted AS i;
GO
CREATE TRIGGER [dbo].[_realtime_448237d386340689_update] ON [dbo].[PlaylistTrack] AFTER UPDATE AS
/* RealtimeApi 1: writes the changes of 'playlistTracks' into the change log. Made by the server's migration; do not alter. */
DECLARE @rows bigint = ROWCOUNT_BIG();
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
IF UPDATE([PlaylistId]) OR UPDATE([TrackId])
BEGIN
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT 4936569523180668553, 3, (SELECT d.[PlaylistId] AS [c0], d.[TrackId] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d
WHERE NOT EXISTS (SELECT 1 FROM inserted AS i WHERE i.[PlaylistId] = d.[PlaylistId] AND i.[TrackId] = d.[TrackId]);
END
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [After], [Actor])
SELECT 4936569523180668553, CASE WHEN d.[PlaylistId] IS NULL THEN 1 ELSE 2 END, CASE WHEN d.[PlaylistId] IS NULL THEN NULL ELSE b.[Image] END, a.[Image], TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM inserted AS i
LEFT JOIN deleted AS d ON i.[PlaylistId] = d.[PlaylistId] AND i.[TrackId] = d.[TrackId]
CROSS APPLY (SELECT (SELECT i.[PlaylistId] AS [c0], i.[TrackId] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS a
CROSS APPLY (SELECT (SELECT d.[PlaylistId] AS [c0], d.[TrackId] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS b
WHERE (d.[PlaylistId] IS NULL OR a.[Image] <> b.[Image] COLLATE Latin1_General_100_BIN2);
IF @rows <> (SELECT COUNT_BIG(*) FROM inserted) AND (UPDATE([PlaylistId]) OR UPDATE([TrackId]))
BEGIN
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT 4936569523180668553, 1, (SELECT t.[PlaylistId] AS [c0], t.[TrackId] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d INNER JOIN [dbo].[PlaylistTrack] AS t ON t.[PlaylistId] = d.[PlaylistId] AND t.[TrackId] = d.[TrackId]
WHERE NOT EXISTS (SELECT 1 FROM inserted AS i WHERE i.[PlaylistId] = d.[PlaylistId] AND i.[TrackId] = d.[TrackId]);
END
GO
CREATE TRIGGER [dbo].[_realtime_448237d386340689_delete] ON [dbo].[PlaylistTrack] AFTER DELETE AS
/* RealtimeApi 1: writes the changes of 'playlistTracks' into the change log. Made by the server's migration; do not alter. */
DECLARE @rows bigint = ROWCOUNT_BIG();
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT 4936569523180668553, 3, (SELECT d.[PlaylistId] AS [c0], d.[TrackId] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d;
IF @rows <> (SELECT COUNT_BIG(*) FROM deleted)
BEGIN
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT 4936569523180668553, 1, (SELECT t.[PlaylistId] AS [c0], t.[TrackId] AS [c1] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d INNER JOIN [dbo].[PlaylistTrack] AS t ON t.[PlaylistId] = d.[PlaylistId] AND t.[TrackId] = d.[TrackId];
END
GO
CREATE TRIGGER [dbo].[_realtime_905ff3bf66c9ea76_insert] ON [dbo].[Track] AFTER INSERT AS
/* RealtimeApi 1: writes the changes of 'tracks' into the change log. Made by the server's migration; do not alter. */
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM inserted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT -8043442406071604618, 1, (SELECT i.[TrackId] AS [c0], i.[Name] AS [c1], i.[AlbumId] AS [c2], i.[MediaTypeId] AS [c3], i.[GenreId] AS [c4], i.[Composer] AS [c5], i.[Milliseconds] AS [c6], i.[Bytes] AS [c7], CONVERT(varchar(41), i.[UnitPrice]) AS [c8] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM inserted AS i;
GO
CREATE TRIGGER [dbo].[_realtime_905ff3bf66c9ea76_update] ON [dbo].[Track] AFTER UPDATE AS
/* RealtimeApi 1: writes the changes of 'tracks' into the change log. Made by the server's migration; do not alter. */
DECLARE @rows bigint = ROWCOUNT_BIG();
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
IF UPDATE([TrackId])
BEGIN
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT -8043442406071604618, 3, (SELECT d.[TrackId] AS [c0], d.[Name] AS [c1], d.[AlbumId] AS [c2], d.[MediaTypeId] AS [c3], d.[GenreId] AS [c4], d.[Composer] AS [c5], d.[Milliseconds] AS [c6], d.[Bytes] AS [c7], CONVERT(varchar(41), d.[UnitPrice]) AS [c8] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d
WHERE NOT EXISTS (SELECT 1 FROM inserted AS i WHERE i.[TrackId] = d.[TrackId]);
END
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [After], [Actor])
SELECT -8043442406071604618, CASE WHEN d.[TrackId] IS NULL THEN 1 ELSE 2 END, CASE WHEN d.[TrackId] IS NULL THEN NULL ELSE b.[Image] END, a.[Image], TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM inserted AS i
LEFT JOIN deleted AS d ON i.[TrackId] = d.[TrackId]
CROSS APPLY (SELECT (SELECT i.[TrackId] AS [c0], i.[Name] AS [c1], i.[AlbumId] AS [c2], i.[MediaTypeId] AS [c3], i.[GenreId] AS [c4], i.[Composer] AS [c5], i.[Milliseconds] AS [c6], i.[Bytes] AS [c7], CONVERT(varchar(41), i.[UnitPrice]) AS [c8] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS a
CROSS APPLY (SELECT (SELECT d.[TrackId] AS [c0], d.[Name] AS [c1], d.[AlbumId] AS [c2], d.[MediaTypeId] AS [c3], d.[GenreId] AS [c4], d.[Composer] AS [c5], d.[Milliseconds] AS [c6], d.[Bytes] AS [c7], CONVERT(varchar(41), d.[UnitPrice]) AS [c8] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) AS [Image]) AS b
WHERE (d.[TrackId] IS NULL OR a.[Image] <> b.[Image] COLLATE Latin1_General_100_BIN2);
IF @rows <> (SELECT COUNT_BIG(*) FROM inserted) AND (UPDATE([TrackId]))
BEGIN
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT -8043442406071604618, 1, (SELECT t.[TrackId] AS [c0], t.[Name] AS [c1], t.[AlbumId] AS [c2], t.[MediaTypeId] AS [c3], t.[GenreId] AS [c4], t.[Composer] AS [c5], t.[Milliseconds] AS [c6], t.[Bytes] AS [c7], CONVERT(varchar(41), t.[UnitPrice]) AS [c8] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d INNER JOIN [dbo].[Track] AS t ON t.[TrackId] = d.[TrackId]
WHERE NOT EXISTS (SELECT 1 FROM inserted AS i WHERE i.[TrackId] = d.[TrackId]);
END
GO
CREATE TRIGGER [dbo].[_realtime_905ff3bf66c9ea76_delete] ON [dbo].[Track] AFTER DELETE AS
/* RealtimeApi 1: writes the changes of 'tracks' into the change log. Made by the server's migration; do not alter. */
DECLARE @rows bigint = ROWCOUNT_BIG();
SET NOCOUNT ON;
SET ROWCOUNT 0;
IF NOT EXISTS (SELECT 1 FROM deleted)
    RETURN;
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [Before], [Actor])
SELECT -8043442406071604618, 3, (SELECT d.[TrackId] AS [c0], d.[Name] AS [c1], d.[AlbumId] AS [c2], d.[MediaTypeId] AS [c3], d.[GenreId] AS [c4], d.[Composer] AS [c5], d.[Milliseconds] AS [c6], d.[Bytes] AS [c7], CONVERT(varchar(41), d.[UnitPrice]) AS [c8] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d;
IF @rows <> (SELECT COUNT_BIG(*) FROM deleted)
BEGIN
INSERT INTO [realtime].[ChangeLog] ([Capture], [Op], [After], [Actor])
SELECT -8043442406071604618, 1, (SELECT t.[TrackId] AS [c0], t.[Name] AS [c1], t.[AlbumId] AS [c2], t.[MediaTypeId] AS [c3], t.[GenreId] AS [c4], t.[Composer] AS [c5], t.[Milliseconds] AS [c6], t.[Bytes] AS [c7], CONVERT(varchar(41), t.[UnitPrice]) AS [c8] FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER), TRY_CONVERT(nvarchar(128), SESSION_CONTEXT(N'realtime.actor'))
FROM deleted AS d INNER JOIN [dbo].[Track] AS t ON t.[TrackId] = d.[TrackId];
END
GO
