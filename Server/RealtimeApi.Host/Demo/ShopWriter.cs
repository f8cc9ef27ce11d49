using System.Globalization;
using Microsoft.Data.Sqlite;

namespace RealtimeApi.Hosting.Demo;

/// <summary>The writes of the demo shop, within one transaction of the caller's.</summary>
internal sealed class ShopWriter(SqliteConnection connection, SqliteTransaction transaction, Random random, TimeProvider clock)
{
    public void AddCustomer(string name, string email, string city, string country) => Execute(
        """
        INSERT INTO Customers (Name, Email, City, Country, Newsletter, CreditLimit, Since)
        VALUES ($name, $email, $city, $country, $newsletter, $limit, $since)
        """,
        ("$name", name), ("$email", email), ("$city", city), ("$country", country),
        ("$newsletter", random.Next(3) == 0), ("$limit", random.Next(4) == 0 ? DBNull.Value : random.Next(2, 40) * 50),
        ("$since", Now.AddDays(-random.Next(30, 1500)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)));

    public void AddProduct(string category, string name, decimal price, double? weight) => Execute(
        """
        INSERT INTO Products (Sku, Name, Category, Price, WeightKg, Stock, Discontinued)
        VALUES ($code || '-' || printf('%03d', 1 + (SELECT count(*) FROM Products)), $name, $category, $price, $weight, $stock, $discontinued)
        """,
        ("$code", category[..3].ToUpperInvariant()), ("$name", name), ("$category", category), ("$price", (double)price),
        ("$weight", (object?)weight ?? DBNull.Value), ("$stock", random.Next(0, 180)), ("$discontinued", random.Next(14) == 0));

    /// <summary>Adds orders of the last weeks, the older ones mostly shipped.</summary>
    public void AddPastOrders(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var age = TimeSpan.FromHours((count - i) * 2.3 - random.NextDouble() * 2);
            var status = random.Next(100) switch
            {
                < 6 => "cancelled",
                _ when age > TimeSpan.FromDays(5) => "shipped",
                < 45 => "shipped",
                < 75 => "paid",
                _ => "pending",
            };
            AddOrder(status, Now - age, status == "shipped" ? Now - age + TimeSpan.FromHours(1 + random.NextDouble() * 40) : null);
        }
    }

    /// <summary>Adds an order of one to four lines.</summary>
    public void AddOrder(string status, DateTimeOffset orderedAt, DateTimeOffset? shippedAt = null)
    {
        var lines = PickLines();
        var id = ReadNumber(
            """
            INSERT INTO Orders (CustomerId, Status, Total, Express, OrderedAt, ShippedAt, Note)
            VALUES ((SELECT Id FROM Customers ORDER BY random() LIMIT 1), $status, $total, $express, $ordered, $shipped, $note)
            RETURNING Id
            """,
            ("$status", status), ("$total", (double)lines.Sum(line => line.Quantity * line.Price)), ("$express", random.Next(5) == 0),
            ("$ordered", Text(orderedAt)), ("$shipped", shippedAt is { } at ? Text(at < Now ? at : Now) : DBNull.Value),
            ("$note", random.Next(6) == 0 ? DemoNames.Notes[random.Next(DemoNames.Notes.Length)] : DBNull.Value));
        for (var i = 0; i < lines.Count; i++)
        {
            var (product, price, quantity) = lines[i];
            Execute(
                """INSERT INTO "Order Lines" (OrderId, Line, ProductId, Quantity, UnitPrice) VALUES ($order, $line, $product, $quantity, $price)""",
                ("$order", id), ("$line", i + 1), ("$product", product), ("$quantity", quantity), ("$price", (double)price));
        }
    }

    /// <summary>Sells the lines of the newest order.</summary>
    public void TakeFromStock() => Execute(
        """
        UPDATE Products SET Stock = max(0, Stock - (SELECT sum(Quantity) FROM "Order Lines" WHERE ProductId = Products.Id AND OrderId = (SELECT max(Id) FROM Orders)))
        WHERE Id IN (SELECT ProductId FROM "Order Lines" WHERE OrderId = (SELECT max(Id) FROM Orders))
        """);

    /// <summary>Moves one random order from a status to the next, but leaves a few in each to look at.</summary>
    public void Advance(string from, string to) => Execute(
        """
        UPDATE Orders SET Status = $to, ShippedAt = CASE WHEN $to = 'shipped' THEN $now END
        WHERE Id = (SELECT Id FROM Orders WHERE Status = $from ORDER BY random() LIMIT 1)
        AND (SELECT count(*) FROM Orders WHERE Status = $from) > $rest
        """,
        ("$from", from), ("$to", to), ("$now", Text(Now)), ("$rest", 5));

    /// <summary>Fills the stock of the product that has least, where that is little.</summary>
    public void Restock() => Execute(
        "UPDATE Products SET Stock = Stock + $pieces WHERE Id = (SELECT Id FROM Products WHERE NOT Discontinued AND Stock < 40 ORDER BY Stock LIMIT 1)",
        ("$pieces", 10 * (2 + random.Next(8))));

    /// <summary>Changes the price of a random product by a few per cent.</summary>
    public void Reprice() => Execute(
        "UPDATE Products SET Price = max(1, round(Price * $factor, 2)) WHERE Id = (SELECT Id FROM Products ORDER BY random() LIMIT 1)",
        ("$factor", 0.95 + random.NextDouble() * 0.1));

    /// <summary>Deletes the oldest finished orders beyond a number, so that a shop left alone does not grow.</summary>
    public void DeleteOldOrders(int keep) => Execute(
        """
        DELETE FROM Orders WHERE Id IN (
            SELECT Id FROM Orders WHERE Status IN ('shipped', 'cancelled') ORDER BY Id
            LIMIT max(0, (SELECT count(*) FROM Orders) - $keep))
        """,
        ("$keep", keep));

    private List<(long Product, decimal Price, int Quantity)> PickLines()
    {
        using var command = Command(
            "SELECT Id, Price FROM Products WHERE NOT Discontinued ORDER BY random() LIMIT $count",
            [("$count", 1 + random.Next(4))]);
        using var reader = command.ExecuteReader();
        var lines = new List<(long, decimal, int)>();
        while (reader.Read())
            lines.Add((reader.GetInt64(0), reader.GetDecimal(1), 1 + random.Next(3)));
        return lines;
    }

    private DateTimeOffset Now => clock.GetUtcNow();

    private static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private void Execute(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = Command(sql, parameters);
        command.ExecuteNonQuery();
    }

    private long ReadNumber(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = Command(sql, parameters);
        return (long)command.ExecuteScalar()!;
    }

    private SqliteCommand Command(string sql, ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        return command;
    }
}
