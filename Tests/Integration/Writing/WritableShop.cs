using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Writing;

/// <summary>A server on a shop that can be written.</summary>
public sealed class WritableShop : IAsyncLifetime
{
    private const string Sqlite =
        """
        CREATE TABLE Customers (Code TEXT COLLATE NOCASE PRIMARY KEY, Name TEXT NOT NULL, Email TEXT UNIQUE);
        INSERT INTO Customers VALUES ('ALFKI', 'Alfred', 'alfred@example.org'), ('BERGS', 'Berta', NULL);
        CREATE TABLE Orders (
            Id INTEGER PRIMARY KEY, Customer TEXT REFERENCES Customers (Code), Status VARCHAR(10) NOT NULL DEFAULT 'open', Total DECIMAL(10,2),
            Quantity INT CONSTRAINT enough CHECK (Quantity > 0), Twice INT AS (Quantity * 2), Note TEXT, Secret TEXT DEFAULT 'hush');
        INSERT INTO Orders (Id, Customer, Status, Total, Quantity, Note, Secret) VALUES (1, 'ALFKI', 'paid', 12.5, 3, 'first', 'deep');
        INSERT INTO Orders (Id, Customer) VALUES (2, 'ALFKI');
        CREATE TABLE Lines (OrderId INTEGER, Product TEXT, Amount INT NOT NULL DEFAULT 1, PRIMARY KEY (OrderId, Product)) WITHOUT ROWID;
        INSERT INTO Lines VALUES (1, 'a,b', 4);
        CREATE TABLE Notes (Id INTEGER PRIMARY KEY, Text TEXT);
        CREATE TABLE Fixed (Id INTEGER PRIMARY KEY, Text TEXT);
        INSERT INTO Fixed VALUES (1, 'stays');
        CREATE VIEW Paid AS SELECT Id, Total FROM Orders WHERE Status = 'paid';
        CREATE TABLE Guarded (Id INTEGER PRIMARY KEY, Level INT);
        CREATE TRIGGER guard BEFORE INSERT ON Guarded WHEN NEW.Level > 9 BEGIN SELECT RAISE(ABORT, 'Levels end at 9.'); END;
        CREATE TRIGGER guard2 BEFORE INSERT ON Guarded WHEN NEW.Level = 7 BEGIN SELECT RAISE(IGNORE); END;
        CREATE TRIGGER guard3 BEFORE INSERT ON Guarded WHEN NEW.Level = 6 BEGIN SELECT RAISE(ROLLBACK, 'Not six.'); END;
        CREATE TRIGGER stamp AFTER INSERT ON Guarded WHEN NEW.Level = 1 BEGIN UPDATE Guarded SET Level = 2 WHERE Id = NEW.Id; END;
        CREATE TRIGGER vanish AFTER INSERT ON Guarded WHEN NEW.Level = 5 BEGIN DELETE FROM Guarded WHERE Id = NEW.Id; END;
        CREATE TABLE Parsed (Id INTEGER PRIMARY KEY, Json TEXT, Name AS (json_extract(Json, '$.name')) STORED);
        CREATE TABLE Types (
            Id INTEGER PRIMARY KEY, Big BIGINT, Price DECIMAL(20,4), Ratio REAL, Flag BOOLEAN, Day DATE, Clock TIME, Moment DATETIME, Uid GUID, Data VARBINARY(4), Note TEXT, Loose);
        CREATE TABLE Defaults (
            Id TEXT PRIMARY KEY, A TEXT DEFAULT bare, B TEXT DEFAULT "quoted", C INT DEFAULT (1 + 1), D TEXT NOT NULL DEFAULT CURRENT_DATE, E INT DEFAULT TRUE, F TEXT DEFAULT 'it''s', bare TEXT, G INT DEFAULT -5);
        """;

    private const string SqlServer =
        """
        CREATE TABLE Customers (Code nvarchar(20) COLLATE Latin1_General_CI_AS PRIMARY KEY, Name nvarchar(50) NOT NULL, Email nvarchar(50));
        CREATE UNIQUE INDEX UniqueEmail ON Customers (Email) WHERE Email IS NOT NULL;
        INSERT INTO Customers VALUES ('ALFKI', 'Alfred', 'alfred@example.org'), ('BERGS', 'Berta', NULL);
        CREATE TABLE Orders (
            Id int IDENTITY PRIMARY KEY, Customer nvarchar(20) COLLATE Latin1_General_CI_AS REFERENCES Customers (Code), Status nvarchar(10) NOT NULL DEFAULT 'open', Total decimal(10,2),
            Quantity int CONSTRAINT enough CHECK (Quantity > 0), Twice AS (Quantity * 2), Note nvarchar(50), Secret nvarchar(20) DEFAULT 'hush');
        INSERT INTO Orders (Customer, Status, Total, Quantity, Note, Secret) VALUES ('ALFKI', 'paid', 12.5, 3, 'first', 'deep');
        INSERT INTO Orders (Customer) VALUES ('ALFKI');
        CREATE TABLE Lines (OrderId int NOT NULL, Product nvarchar(20) NOT NULL, Amount int NOT NULL DEFAULT 1, PRIMARY KEY (OrderId, Product));
        INSERT INTO Lines VALUES (1, 'a,b', 4);
        CREATE TABLE Notes (Id int IDENTITY PRIMARY KEY, Text nvarchar(max));
        CREATE TABLE Fixed (Id int PRIMARY KEY, Text nvarchar(20));
        INSERT INTO Fixed VALUES (1, 'stays');
        CREATE TABLE Guarded (Id int IDENTITY PRIMARY KEY, Level int);
        CREATE TABLE Types (
            Id int IDENTITY PRIMARY KEY, Big bigint, Price decimal(20,4), Ratio float, Flag bit, Day date, Clock time, Moment datetime2, Uid uniqueidentifier, Data varbinary(4), Note nvarchar(50));
        CREATE TABLE Defaults (
            Id nvarchar(20) PRIMARY KEY, A nvarchar(20) DEFAULT N'bare', B nvarchar(20) DEFAULT 'quoted', C int DEFAULT (1 + 1), D nvarchar(10) NOT NULL DEFAULT CONVERT(nvarchar(10), GETUTCDATE(), 23), E bit DEFAULT 1,
            F nvarchar(20) DEFAULT 'it''s', bare nvarchar(20), G int DEFAULT -5);
        GO
        CREATE VIEW Paid AS SELECT Id, Total FROM Orders WHERE Status = 'paid';
        GO
        CREATE TRIGGER Guard ON Guarded AFTER INSERT AS
        BEGIN
            SET NOCOUNT ON;
            IF EXISTS (SELECT 1 FROM inserted WHERE Level > 9) THROW 50001, N'Levels end at 9.', 1;
            UPDATE Guarded SET Level = 2 WHERE Id IN (SELECT Id FROM inserted WHERE Level = 1);
            DELETE FROM Guarded WHERE Id IN (SELECT Id FROM inserted WHERE Level = 5);
        END;
        """;

    private readonly TestDatabaseKind kind;

    public WritableShop()
        : this(TestDatabaseKind.Sqlite)
    {
    }

    internal WritableShop(TestDatabaseKind kind) => this.kind = kind;

    public TestDatabase Database { get; private set; } = null!;

    public TestServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Database = await TestDatabase.CreateAsync(kind, Sqlite, SqlServer);
        Server = await StartAsync();
    }

    /// <summary>Starts a server on the shop.</summary>
    public Task<TestServer> StartAsync(Action<RealtimeApiOptions>? configure = null) => TestServer.StartAsync(Database, options =>
    {
        options.Resources["*"].Write = true;
        options.Resources["notes"] = new() { Watch = false };
        options.Resources["fixed"] = new() { Write = false };
        // SQL Server does not say of a view what its rows differ by.
        options.Resources["paid"] = new() { Key = { "Id" } };
        options.Resources["orders"] = new() { Columns = { ["Secret"] = new() { Hidden = true } } };
        configure?.Invoke(options);
    });

    public async ValueTask DisposeAsync()
    {
        if (Server is not null)
            await Server.DisposeAsync();
        if (Database is not null)
            await Database.DisposeAsync();
    }
}
