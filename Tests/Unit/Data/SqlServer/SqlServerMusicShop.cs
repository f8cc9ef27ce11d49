using System.Data;
using RealtimeApi.Server.Data.SqlServer;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Tests.Unit.Data.SqlServer;

/// <summary>Definitions without a database: the tables of Chinook, and one of everything that a trigger has to mind.</summary>
internal static class SqlServerMusicShop
{
    public static readonly ResourceCatalog Catalog = new(
    [
        Table("artists", "Artist", 1, Int("ArtistId"), Text("Name", 120)),
        Table("albums", "Album", 1, Int("AlbumId"), Text("Title", 160, nullable: false), Int("ArtistId")),
        Table("employees", "Employee", 1, Int("EmployeeId"), Text("LastName", 20, false), Text("FirstName", 20, false), Text("Title", 30), Int("ReportsTo", true),
            Of("BirthDate", SqlDbType.DateTime), Of("HireDate", SqlDbType.DateTime), Text("Address", 70), Text("City", 40), Text("State", 40), Text("Country", 40),
            Text("PostalCode", 10), Text("Phone", 24), Text("Fax", 24), Text("Email", 60)),
        Table("customers", "Customer", 1, Int("CustomerId"), Text("FirstName", 40, false), Text("LastName", 20, false), Text("Company", 80), Text("Address", 70),
            Text("City", 40), Text("State", 40), Text("Country", 40), Text("PostalCode", 10), Text("Phone", 24), Text("Fax", 24), Text("Email", 60, false), Int("SupportRepId", true)),
        Table("genres", "Genre", 1, Int("GenreId"), Text("Name", 120)),
        Table("invoices", "Invoice", 1, Int("InvoiceId"), Int("CustomerId"), Of("InvoiceDate", SqlDbType.DateTime, false), Text("BillingAddress", 70), Text("BillingCity", 40),
            Text("BillingState", 40), Text("BillingCountry", 40), Text("BillingPostalCode", 10), Money("Total")) with { Writable = true },
        Table("invoiceLines", "InvoiceLine", 1, Int("InvoiceLineId"), Int("InvoiceId"), Int("TrackId"), Money("UnitPrice"), Int("Quantity")),
        Table("mediaTypes", "MediaType", 1, Int("MediaTypeId"), Text("Name", 120)),
        Table("playlists", "Playlist", 1, Int("PlaylistId"), Text("Name", 120)) with { Watchable = false },
        Table("playlistTracks", "PlaylistTrack", 2, Int("PlaylistId"), Int("TrackId")),
        Table("tracks", "Track", 1, Int("TrackId"), Text("Name", 200, false), Int("AlbumId", true), Int("MediaTypeId"), Int("GenreId", true), Text("Composer", 220),
            Int("Milliseconds"), Int("Bytes", true), Money("UnitPrice")),
    ]);

    /// <summary>Keys of several types, one of them NULL at times; a rowversion; a column that is computed when it is read; names with everything; another owner.</summary>
    public static readonly ResourceDefinition Odd = Table(
        "odd */ 'things'",
        "T]'\".x",
        3,
        Text("K]e'y", 40, nullable: true),
        Of("Id", SqlDbType.UniqueIdentifier, false),
        new Column("Bin", new(SqlDbType.VarBinary) { Size = 16 }, false),
        Of("When", SqlDbType.DateTimeOffset),
        Of("Data", SqlDbType.Xml),
        Of("Ratio", SqlDbType.Float),
        Of("On", SqlDbType.Bit),
        Of("Sum", SqlDbType.Money),
        Of("Version", SqlDbType.Timestamp, false)) with
    { Table = new("s]x", "T]'\".x") };

    public static readonly SqlServerTableShape OddShape = Shape(Odd) with { Computed = new HashSet<string> { "Sum" }, ComputesOnRead = true, OtherOwner = "o]wner" };

    public static IReadOnlyDictionary<ResourceDefinition, SqlServerTableShape> Shapes => Catalog.Resources.ToDictionary(static resource => resource, Shape);

    public static SqlServerTableShape Shape(ResourceDefinition resource) => new() { Columns = resource.Columns.Select(static column => column.Column).ToHashSet() };

    /// <summary>A table with as many columns as one can have.</summary>
    public static ResourceDefinition Wide { get; } =
        Table("wide", "Wide", 1, [Int("Id"), .. Enumerable.Range(1, 1023).Select(static i => i % 2 == 0 ? Text($"Text{i}", 40) : Of($"Time{i}", SqlDbType.DateTime2))]);

    private static ResourceDefinition Table(string name, string table, int keys, params Column[] columns)
    {
        var definitions = columns.Select(static (column, i) => SqlServerColumns.Of(column.Storage, column.Name, i) with { Nullable = column.Nullable }).ToList();
        var key = definitions.Take(keys).ToList();
        return new()
        {
            Name = name,
            Table = new("dbo", table),
            Columns = definitions,
            Key = key,
            Watchable = true,
            // Not the real one, which may change for reasons of other parts.
            Fingerprint = $"{table}: {string.Join(", ", columns.Select(static column => $"{column.Name} {column.Storage.TypeName}"))}",
        };
    }

    private static Column Int(string name, bool nullable = false) => Of(name, SqlDbType.Int, nullable);

    private static Column Money(string name) => new(name, new(SqlDbType.Decimal) { Precision = 10, Scale = 2 }, false);

    private static Column Text(string name, int size, bool nullable = true) => new(name, new(SqlDbType.NVarChar) { Size = size, Collation = "SQL_Latin1_General_CP1_CI_AS" }, nullable);

    private static Column Of(string name, SqlDbType type, bool nullable = true) => new(name, new(type) { Scale = type is SqlDbType.DateTimeOffset or SqlDbType.DateTime2 ? (byte)7 : (byte)0 }, nullable);

    private sealed record Column(string Name, SqlServerStorage Storage, bool Nullable);
}
