using Microsoft.Data.Sqlite;
using RealtimeApi.Hosting.Startup;

namespace RealtimeApi.Hosting.Demo;

/// <summary>The small shop that a server without a database of its own shows: a SQLite file, created and filled once and then kept.</summary>
internal static class DemoShop
{
    /// <summary>Marks the file as the shop (SQLite's <c>application_id</c>), so that another program's file of the same name is left alone.</summary>
    private const int ApplicationId = 0x52415348;

    private const string Schema = """
        CREATE TABLE Customers (
            Id          INTEGER PRIMARY KEY,
            Name        TEXT NOT NULL,
            Email       TEXT NOT NULL UNIQUE COLLATE NOCASE,
            City        TEXT NOT NULL,
            Country     TEXT NOT NULL,
            Newsletter  BOOLEAN NOT NULL DEFAULT 0,
            CreditLimit DECIMAL(10, 2),
            Since       DATE NOT NULL
        );
        CREATE TABLE Products (
            Id           INTEGER PRIMARY KEY,
            Sku          TEXT NOT NULL UNIQUE,
            Name         TEXT NOT NULL,
            Category     TEXT NOT NULL,
            Price        DECIMAL(10, 2) NOT NULL,
            WeightKg     REAL,
            Stock        INTEGER NOT NULL,
            Discontinued BOOLEAN NOT NULL DEFAULT 0
        );
        CREATE TABLE Orders (
            Id         INTEGER PRIMARY KEY,
            CustomerId INTEGER NOT NULL REFERENCES Customers (Id),
            Status     TEXT NOT NULL CHECK (Status IN ('pending', 'paid', 'shipped', 'cancelled')),
            Total      DECIMAL(10, 2) NOT NULL,
            Express    BOOLEAN NOT NULL DEFAULT 0,
            OrderedAt  DATETIME NOT NULL,
            ShippedAt  DATETIME,
            Note       TEXT
        );
        CREATE INDEX OrdersByCustomer ON Orders (CustomerId);
        CREATE INDEX OrdersByStatus ON Orders (Status);
        CREATE TABLE "Order Lines" (
            OrderId   INTEGER NOT NULL REFERENCES Orders (Id) ON DELETE CASCADE,
            Line      INTEGER NOT NULL,
            ProductId INTEGER NOT NULL REFERENCES Products (Id),
            Quantity  INTEGER NOT NULL,
            UnitPrice DECIMAL(10, 2) NOT NULL,
            PRIMARY KEY (OrderId, Line)
        );
        CREATE INDEX OrderLinesByProduct ON "Order Lines" (ProductId);
        """;

    /// <summary>Creates and fills the file unless it holds the shop already; all of it or nothing.</summary>
    /// <returns>Whether it was created.</returns>
    /// <exception cref="StartFailureException">The file is something else, or cannot be written.</exception>
    public static bool EnsureCreated(string file, TimeProvider clock)
    {
        try
        {
            using var connection = Open(file);
            if (ReadNumber(connection, "PRAGMA application_id") == ApplicationId)
                return false;
            if (ReadNumber(connection, "SELECT count(*) FROM sqlite_schema") > 0)
                throw new StartFailureException(
                    $"'{Path.GetFullPath(file)}' is not the demo shop that a server without a database would create there. Serve it with --database {file}, or start in another directory.");
            Fill(connection, clock);
            return true;
        }
        catch (SqliteException e)
        {
            throw new StartFailureException(
                $"The demo shop '{Path.GetFullPath(file)}' cannot be opened or created ({e.Message}). Start in a directory that can be written, or serve a database of yours with --database.", e);
        }
    }

    public static SqliteConnection Open(string file)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = file,
            ForeignKeys = true,
            DefaultTimeout = 5,
            Pooling = false,
        }.ToString());
        connection.Open();
        return connection;
    }

    private static void Fill(SqliteConnection connection, TimeProvider clock)
    {
        using var transaction = connection.BeginTransaction();
        using (var create = connection.CreateCommand())
        {
            create.CommandText = Schema;
            create.ExecuteNonQuery();
        }

        var writer = new ShopWriter(connection, transaction, new Random(5080), clock);
        foreach (var (name, email, city, country) in DemoNames.Customers)
            writer.AddCustomer(name, email, city, country);
        foreach (var (category, name, price, weight) in DemoNames.Products)
            writer.AddProduct(category, name, price, weight);
        writer.AddPastOrders(200);
        using (var mark = connection.CreateCommand())
        {
            mark.CommandText = $"PRAGMA application_id = {ApplicationId}";
            mark.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    private static long ReadNumber(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }
}
