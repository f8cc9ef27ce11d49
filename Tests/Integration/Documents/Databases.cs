namespace RealtimeApi.Tests.Integration.Documents;

/// <summary>Databases as other programs make them.</summary>
internal static class Databases
{
    /// <summary>A column of every type, with values that are the hardest to describe.</summary>
    public const string EveryType = """
        CREATE TABLE Things (
            Id INTEGER PRIMARY KEY,
            Flag BOOLEAN NOT NULL,
            Big BIGINT NOT NULL,
            Price DECIMAL(20, 4) NOT NULL,
            Ratio DOUBLE NOT NULL,
            Name NVARCHAR(40) NOT NULL,
            Note TEXT,
            Code UNIQUEIDENTIFIER NOT NULL,
            Picture BLOB,
            Stamp VARBINARY(10),
            Day DATE NOT NULL,
            Hour TIME NOT NULL,
            Made DATETIME NOT NULL,
            Anything,
            Secret TEXT NOT NULL DEFAULT 'hidden-value',
            Twice INTEGER GENERATED ALWAYS AS (Id * 2) VIRTUAL,
            State TEXT NOT NULL DEFAULT 'new');
        INSERT INTO Things (Id, Flag, Big, Price, Ratio, Name, Note, Code, Picture, Stamp, Day, Hour, Made, Anything) VALUES
            (1, 1, 42, 12.5, 0.1, 'one', 'n', '0b1c5f4e-6c3a-4f0e-9d3b-2f6a1e5c7d80', x'0102', x'03', '2026-11-23', '11:06:26', '2026-11-23 11:06:26', 'text'),
            (2, 0, 9223372036854775807, '1234567890123456.7891', 9e999, 'two', NULL, '0b1c5f4e-6c3a-4f0e-9d3b-2f6a1e5c7d81', NULL, NULL, '0001-01-01', '23:59:59.123', '9999-12-31 23:59:59.999', 7),
            (3, 0, -9223372036854775808, -0.0001, -1e300, '', '', '0b1c5f4e-6c3a-4f0e-9d3b-2f6a1e5c7d82', x'', NULL, '2024-02-29', '00:00', '2026-11-23 00:00:00', NULL);
        CREATE TABLE "Order Lines" (OrderId INTEGER, Product TEXT, Amount INTEGER NOT NULL, PRIMARY KEY (OrderId, Product)) WITHOUT ROWID;
        INSERT INTO "Order Lines" VALUES (7, 'a/b, c', 3), (8, 'größe', 1);
        CREATE VIEW Cheap AS SELECT Id, Name FROM Things WHERE Price < 100;
        """;

    /// <summary>Names that are hard to tell apart, or to write down in a document.</summary>
    public const string AwkwardNames = """
        CREATE TABLE Orders (Id INTEGER PRIMARY KEY, since TEXT, "$filter" TEXT, "größe" INTEGER);
        CREATE TABLE OrdersByKey (Id INTEGER PRIMARY KEY);
        CREATE TABLE "Größe" ("Schlüssel" TEXT PRIMARY KEY);
        CREATE TABLE u0047r (Id INTEGER PRIMARY KEY);
        CREATE TABLE "Service document" (Id INTEGER PRIMARY KEY);
        CREATE TABLE Problem (Id INTEGER PRIMARY KEY);
        CREATE TABLE hub (Id INTEGER PRIMARY KEY);
        CREATE TABLE "注文" (Id INTEGER PRIMARY KEY);
        INSERT INTO Orders VALUES (1, 's', 'f', 2);
        INSERT INTO "Größe" VALUES ('ä/ö');
        """;

    /// <summary>A music shop: many tables that refer to each other, composite keys, lengths on every text.</summary>
    public const string MusicShop = """
        CREATE TABLE Artist (ArtistId INTEGER NOT NULL PRIMARY KEY, Name NVARCHAR(120));
        CREATE TABLE Album (AlbumId INTEGER NOT NULL PRIMARY KEY, Title NVARCHAR(160) NOT NULL, ArtistId INTEGER NOT NULL REFERENCES Artist);
        CREATE TABLE Genre (GenreId INTEGER NOT NULL PRIMARY KEY, Name NVARCHAR(120));
        CREATE TABLE MediaType (MediaTypeId INTEGER NOT NULL PRIMARY KEY, Name NVARCHAR(120));
        CREATE TABLE Track (
            TrackId INTEGER NOT NULL PRIMARY KEY, Name NVARCHAR(200) NOT NULL, AlbumId INTEGER REFERENCES Album, MediaTypeId INTEGER NOT NULL REFERENCES MediaType,
            GenreId INTEGER REFERENCES Genre, Composer NVARCHAR(220), Milliseconds INTEGER NOT NULL, Bytes INTEGER, UnitPrice NUMERIC(10, 2) NOT NULL);
        CREATE TABLE Playlist (PlaylistId INTEGER NOT NULL PRIMARY KEY, Name NVARCHAR(120));
        CREATE TABLE PlaylistTrack (PlaylistId INTEGER NOT NULL REFERENCES Playlist, TrackId INTEGER NOT NULL REFERENCES Track, PRIMARY KEY (PlaylistId, TrackId));
        CREATE TABLE Employee (
            EmployeeId INTEGER NOT NULL PRIMARY KEY, LastName NVARCHAR(20) NOT NULL, FirstName NVARCHAR(20) NOT NULL, ReportsTo INTEGER REFERENCES Employee,
            BirthDate DATETIME, HireDate DATETIME, Email NVARCHAR(60));
        CREATE TABLE Customer (
            CustomerId INTEGER NOT NULL PRIMARY KEY, FirstName NVARCHAR(40) NOT NULL, LastName NVARCHAR(20) NOT NULL, Country NVARCHAR(40), Email NVARCHAR(60) NOT NULL,
            SupportRepId INTEGER REFERENCES Employee);
        CREATE TABLE Invoice (
            InvoiceId INTEGER NOT NULL PRIMARY KEY, CustomerId INTEGER NOT NULL REFERENCES Customer, InvoiceDate DATETIME NOT NULL, BillingCity NVARCHAR(40),
            Total NUMERIC(10, 2) NOT NULL);
        CREATE TABLE InvoiceLine (
            InvoiceLineId INTEGER NOT NULL PRIMARY KEY, InvoiceId INTEGER NOT NULL REFERENCES Invoice, TrackId INTEGER NOT NULL REFERENCES Track,
            UnitPrice NUMERIC(10, 2) NOT NULL, Quantity INTEGER NOT NULL);
        CREATE VIEW Sales AS SELECT InvoiceId, Total FROM Invoice;
        """;
}
