using System.Text.RegularExpressions;
using RealtimeApi.Tests.TestSupport;

namespace RealtimeApi.Tests.Integration.Databases;

/// <summary>A small database of the shape of Chinook, the sample that exists for every database: the same tables, columns and rows in each kind.</summary>
internal static partial class Chinook
{
    /// <summary>The tables' resources.</summary>
    public static readonly string[] Resources = ["album", "artist", "customer", "employee", "invoice", "invoiceLine", "playlistTrack", "track"];

    /// <summary>Statements that another program might run, each of which changes something.</summary>
    public static readonly string[] Changes =
    [
        "UPDATE [Track] SET [UnitPrice] = [UnitPrice] + 1 WHERE [AlbumId] = 1",
        "UPDATE [Customer] SET [Company] = NULL, [City] = 'Kraków' WHERE [CustomerId] = 2",
        "INSERT INTO [Artist] ([Name]) VALUES ('Sigur Rós ☃ 日本')",
        "INSERT INTO [PlaylistTrack] VALUES (1, 3), (2, 3)",
        "UPDATE [PlaylistTrack] SET [PlaylistId] = 9 WHERE [TrackId] = 1 AND [PlaylistId] < 9",
        "DELETE FROM [InvoiceLine] WHERE [InvoiceId] = 1",
        "UPDATE [Invoice] SET [Total] = 0, [InvoiceDate] = '2024-02-29T23:59:59' WHERE [InvoiceId] = 1",
        "UPDATE [Employee] SET [ReportsTo] = NULL, [BirthDate] = NULL",
        "UPDATE [Artist] SET [Name] = [Name]",
        "UPDATE [Artist] SET [Name] = LOWER([Name]) WHERE [ArtistId] = 2",
    ];

    private const string Script =
        """
        CREATE TABLE [Artist] ([ArtistId] {number}, [Name] NVARCHAR(120));
        CREATE TABLE [Album] ([AlbumId] {number}, [Title] NVARCHAR(160) NOT NULL, [ArtistId] INT NOT NULL REFERENCES [Artist] ([ArtistId]));
        CREATE TABLE [Track] (
            [TrackId] {number}, [Name] NVARCHAR(200) NOT NULL, [AlbumId] INT REFERENCES [Album] ([AlbumId]), [Composer] NVARCHAR(220), [Milliseconds] INT NOT NULL, [Bytes] INT,
            [UnitPrice] NUMERIC(10,2) NOT NULL);
        CREATE TABLE [Employee] (
            [EmployeeId] {number}, [LastName] NVARCHAR(20) NOT NULL, [ReportsTo] INT REFERENCES [Employee] ([EmployeeId]), [BirthDate] DATETIME, [Phone] NVARCHAR(24));
        CREATE TABLE [Customer] ([CustomerId] {number}, [FirstName] NVARCHAR(40) NOT NULL, [Company] NVARCHAR(80), [City] NVARCHAR(40), [SupportRepId] INT);
        CREATE TABLE [Invoice] (
            [InvoiceId] {number}, [CustomerId] INT NOT NULL REFERENCES [Customer] ([CustomerId]), [InvoiceDate] DATETIME NOT NULL, [BillingPostalCode] NVARCHAR(10), [Total] NUMERIC(10,2) NOT NULL);
        CREATE TABLE [InvoiceLine] ([InvoiceLineId] {number}, [InvoiceId] INT NOT NULL REFERENCES [Invoice] ([InvoiceId]), [UnitPrice] NUMERIC(10,2) NOT NULL, [Quantity] INT NOT NULL);
        CREATE TABLE [PlaylistTrack] ([PlaylistId] INT NOT NULL, [TrackId] INT NOT NULL, CONSTRAINT [PK_PlaylistTrack] PRIMARY KEY ([PlaylistId], [TrackId]));
        INSERT INTO [Artist] ([Name]) VALUES ('AC/DC'), ('Antônio Carlos Jobim'), ('Mötley Crüe'), ('Guns N'' Roses'), (NULL), ('  spaced  ');
        INSERT INTO [Album] ([Title], [ArtistId]) VALUES ('For Those About To Rock', 1), ('Warner 25 Anos', 2), ('Greatest "Hits" <I>', 4), ('', 4);
        INSERT INTO [Track] ([Name], [AlbumId], [Composer], [Milliseconds], [Bytes], [UnitPrice]) VALUES
            ('Put The Finger On You', 1, 'Angus Young, Malcolm Young', 205662, 6713451, 0.99), ('Desafinado', 2, NULL, 185338, 5990473, 0.99), ('Épisode', NULL, 'É', 2147483647, NULL, 1.99),
            ('Águas De Março', 2, '', 0, -1, 12345678.9);
        INSERT INTO [Employee] ([LastName], [ReportsTo], [BirthDate], [Phone]) VALUES
            ('Adams', NULL, '1962-02-18T00:00:00', '+1 (780) 428-9482'), ('Edwards', 1, '1958-12-08T13:45:07', NULL), ('Peacock', 2, NULL, '');
        INSERT INTO [Customer] ([FirstName], [Company], [City], [SupportRepId]) VALUES ('Luís', 'Embraer', 'São José dos Campos', 3), ('Leonie', 'x', 'Stuttgart', NULL), ('Bjørn', NULL, 'Oslo', 3);
        INSERT INTO [Invoice] ([CustomerId], [InvoiceDate], [BillingPostalCode], [Total]) VALUES
            (2, '2021-01-01T00:00:00', '70174', 1.98), (3, '2021-01-02T10:20:30', '0171', 3.96), (1, '1999-12-31T23:59:59', NULL, -0.01);
        INSERT INTO [InvoiceLine] ([InvoiceId], [UnitPrice], [Quantity]) VALUES (1, 0.99, 1), (1, 0.99, 1), (2, 1.98, 2), (3, 0, 1);
        INSERT INTO [PlaylistTrack] VALUES (1, 1), (1, 2), (8, 2), (8, 4), (17, 1);
        """;

    public static Task<TestDatabase> CreateAsync(TestDatabaseKind kind) => TestDatabase.CreateAsync(
        kind,
        Script.Replace("{number}", "INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL", StringComparison.Ordinal),
        ForSqlServer(Script.Replace("{number}", "INT NOT NULL IDENTITY PRIMARY KEY", StringComparison.Ordinal)));

    /// <summary>Runs a statement that is written for both.</summary>
    public static void Execute(TestDatabase database, string sql) => database.Execute(database.Choose(sql, ForSqlServer(sql)));

    // Only there texts of all languages are marked.
    private static string ForSqlServer(string sql) => Text().Replace(sql, "N$0");

    [GeneratedRegex("'(?:[^']|'')*'")]
    private static partial Regex Text();
}
