using System.Text.Json.Nodes;
using RealtimeApi.Tests.TestSupport.Following;

namespace RealtimeApi.Tests.Faults.Shop;

/// <summary>
/// The tables that are written and watched, and beside them the test's own record of every change, made by triggers of its own that know nothing of the product's:
/// what has really happened, in the order in which it happened.
/// </summary>
internal static class ShopSchema
{
    /// <summary>Two tables with keys of two kinds. A <c>Stamp</c> is never written twice, so that no two versions of a row are alike.</summary>
    public const string Sqlite =
        """
        PRAGMA journal_mode = WAL;
        CREATE TABLE Orders (Id INTEGER PRIMARY KEY, Customer INTEGER NOT NULL, Status TEXT NOT NULL, Stamp TEXT NOT NULL, Note TEXT);
        CREATE TABLE Stock (Code TEXT PRIMARY KEY NOT NULL, Amount INTEGER NOT NULL, Stamp TEXT NOT NULL);
        CREATE TABLE Audit (Id INTEGER PRIMARY KEY AUTOINCREMENT, Resource TEXT NOT NULL, Operation TEXT NOT NULL, Item TEXT NOT NULL);

        CREATE TRIGGER OrdersMade AFTER INSERT ON Orders BEGIN
            INSERT INTO Audit (Resource, Operation, Item) VALUES ('orders', 'created',
                json_object('id', NEW.Id, 'customer', NEW.Customer, 'status', NEW.Status, 'stamp', NEW.Stamp, 'note', NEW.Note));
        END;
        CREATE TRIGGER OrdersChanged AFTER UPDATE ON Orders
        WHEN OLD.Id = NEW.Id AND (OLD.Customer, OLD.Status, OLD.Stamp, OLD.Note) IS NOT (NEW.Customer, NEW.Status, NEW.Stamp, NEW.Note) BEGIN
            INSERT INTO Audit (Resource, Operation, Item) VALUES ('orders', 'updated',
                json_object('id', NEW.Id, 'customer', NEW.Customer, 'status', NEW.Status, 'stamp', NEW.Stamp, 'note', NEW.Note));
        END;
        CREATE TRIGGER OrdersMoved AFTER UPDATE ON Orders WHEN OLD.Id <> NEW.Id BEGIN
            INSERT INTO Audit (Resource, Operation, Item) VALUES ('orders', 'deleted', json_object('id', OLD.Id)), ('orders', 'created',
                json_object('id', NEW.Id, 'customer', NEW.Customer, 'status', NEW.Status, 'stamp', NEW.Stamp, 'note', NEW.Note));
        END;
        CREATE TRIGGER OrdersGone AFTER DELETE ON Orders BEGIN
            INSERT INTO Audit (Resource, Operation, Item) VALUES ('orders', 'deleted', json_object('id', OLD.Id));
        END;

        CREATE TRIGGER StockMade AFTER INSERT ON Stock BEGIN
            INSERT INTO Audit (Resource, Operation, Item) VALUES ('stock', 'created', json_object('code', NEW.Code, 'amount', NEW.Amount, 'stamp', NEW.Stamp));
        END;
        CREATE TRIGGER StockChanged AFTER UPDATE ON Stock WHEN OLD.Code = NEW.Code AND (OLD.Amount, OLD.Stamp) IS NOT (NEW.Amount, NEW.Stamp) BEGIN
            INSERT INTO Audit (Resource, Operation, Item) VALUES ('stock', 'updated', json_object('code', NEW.Code, 'amount', NEW.Amount, 'stamp', NEW.Stamp));
        END;
        CREATE TRIGGER StockGone AFTER DELETE ON Stock BEGIN
            INSERT INTO Audit (Resource, Operation, Item) VALUES ('stock', 'deleted', json_object('code', OLD.Code));
        END;
        """;

    /// <summary>The same for SQL Server; its record is of each row's changes.</summary>
    public const string SqlServer =
        """
        CREATE TABLE Orders (Id int PRIMARY KEY, Customer int NOT NULL, Status nvarchar(20) COLLATE Latin1_General_BIN2 NOT NULL, Stamp nvarchar(60) COLLATE Latin1_General_BIN2 NOT NULL,
            Note nvarchar(max) COLLATE Latin1_General_BIN2);
        CREATE TABLE Stock (Code nvarchar(20) COLLATE Latin1_General_BIN2 PRIMARY KEY, Amount int NOT NULL, Stamp nvarchar(60) COLLATE Latin1_General_BIN2 NOT NULL);
        CREATE TABLE Audit (Id bigint IDENTITY PRIMARY KEY, Resource nvarchar(20) NOT NULL, Operation nvarchar(10) NOT NULL, ItemKey nvarchar(60) NOT NULL, Stamp nvarchar(60) COLLATE Latin1_General_BIN2);
        GO
        CREATE TRIGGER OrdersAudit ON Orders AFTER INSERT, UPDATE, DELETE AS
        BEGIN
            SET NOCOUNT ON;
            INSERT INTO Audit (Resource, Operation, ItemKey, Stamp)
            SELECT 'orders', CASE WHEN d.Id IS NULL THEN 'created' WHEN i.Id IS NULL THEN 'deleted' ELSE 'updated' END, CAST(COALESCE(i.Id, d.Id) AS nvarchar(20)), i.Stamp
            FROM inserted AS i FULL JOIN deleted AS d ON d.Id = i.Id
            WHERE i.Id IS NULL OR d.Id IS NULL OR i.Stamp <> d.Stamp;
        END
        GO
        CREATE TRIGGER StockAudit ON Stock AFTER INSERT, UPDATE, DELETE AS
        BEGIN
            SET NOCOUNT ON;
            INSERT INTO Audit (Resource, Operation, ItemKey, Stamp)
            SELECT 'stock', CASE WHEN d.Code IS NULL THEN 'created' WHEN i.Code IS NULL THEN 'deleted' ELSE 'updated' END, COALESCE(i.Code, d.Code), i.Stamp
            FROM inserted AS i FULL JOIN deleted AS d ON d.Code = i.Code
            WHERE i.Code IS NULL OR d.Code IS NULL OR i.Stamp <> d.Stamp;
        END
        """;

    /// <summary>What a host is told of it.</summary>
    public static readonly IReadOnlyList<string> Settings =
    [
        "--RealtimeApi:Resources:orders:Table=Orders", "--RealtimeApi:Resources:orders:Watch=true", "--RealtimeApi:Resources:orders:Write=true",
        "--RealtimeApi:Resources:stock:Table=Stock", "--RealtimeApi:Resources:stock:Watch=true", "--RealtimeApi:Resources:stock:Write=true",
    ];

    /// <summary>All orders.</summary>
    public static View Orders { get; } = new("orders", null, _ => true);

    /// <summary>All of the stock.</summary>
    public static View Stock { get; } = new("stock", null, _ => true) { KeyFields = ["code"] };

    /// <summary>Everything, and parts found in each of the ways in which they are found.</summary>
    public static IReadOnlyList<View> Views { get; } =
    [
        Orders,
        Stock,
        Orders with { Select = "id,status" },
        Orders with { Filter = "customer eq 3", Matches = item => (long?)item["customer"] == 3 },
        Orders with { Filter = "status ne 'open' and customer lt 5", Matches = item => (string?)item["status"] != "open" && (long?)item["customer"] < 5 },
        Orders with { Filter = "startswith(stamp, 'shell')", Matches = item => ((string?)item["stamp"])!.StartsWith("shell", StringComparison.Ordinal) },
        Orders with { Filter = "customer eq 4 and note ne null", Select = "id,stamp", Matches = item => (long?)item["customer"] == 4 && item["note"] is not null },
        Orders with { Key = "7", Matches = item => (long?)item["id"] == 7 },
        Stock with { Key = "c3", Matches = item => (string?)item["code"] == "c3" },
        Stock with { Filter = "amount gt 50", Matches = item => (long?)item["amount"] > 50 },
    ];

    /// <summary>The view of everything that a resource has.</summary>
    public static View All(string resource) => resource == Orders.Resource ? Orders : Stock;

    /// <summary>The key's text.</summary>
    public static string KeyOf(string resource, JsonObject item) => All(resource).KeyOf(item);
}
