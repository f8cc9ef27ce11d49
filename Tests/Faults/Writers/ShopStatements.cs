using System.Globalization;

namespace RealtimeApi.Tests.Faults.Writers;

/// <summary>Transactions over so few rows that several writers often meet, none of which fails by itself. Each version of a row that they make has a stamp of its own.</summary>
/// <param name="name">Who writes: the beginning of its stamps.</param>
/// <param name="random">Draws everything else.</param>
internal sealed class ShopStatements(string name, Random random)
{
    private static readonly string[] Statuses = ["'open'", "'paid'", "'shipped'", "'closed'"];
    private int stamps;

    /// <summary>The statements of one transaction, without its beginning and end.</summary>
    public IReadOnlyList<string> Next() => [.. Enumerable.Range(0, random.Next(4) == 0 ? random.Next(2, 8) : 1).Select(_ => Statement())];

    /// <summary>Whether a transaction is to be undone instead of committed.</summary>
    public bool RollsBack => random.Next(8) == 0;

    private string Statement() => random.Next(23) switch
    {
        < 4 => $"INSERT OR IGNORE INTO Orders VALUES ({Id()}, {Customer()}, {Status()}, {Stamp()}, {Note()})",
        < 7 => $"INSERT INTO Orders VALUES ({Id()}, {Customer()}, {Status()}, {Stamp()}, {Note()}) ON CONFLICT (Id) DO UPDATE SET Customer = excluded.Customer, Stamp = excluded.Stamp",
        < 11 => $"UPDATE Orders SET Status = {Status()}, Stamp = {Stamp()} WHERE Id = {Id()}",
        < 12 => $"UPDATE Orders SET Customer = {Customer()}, Stamp = {Stamp()} || Id WHERE Customer = {Customer()}",
        < 13 => $"UPDATE Orders SET Status = Status WHERE Id < {Id()}",
        < 14 => $"UPDATE OR IGNORE Orders SET Id = {Id()}, Stamp = {Stamp()} WHERE Id = {Id()}",
        < 16 => $"DELETE FROM Orders WHERE Id = {Id()}",
        < 17 => $"DELETE FROM Orders WHERE Customer = {Customer()} AND Id > {Id()}",
        < 19 => $"INSERT INTO Stock VALUES ({Code()}, {random.Next(100)}, {Stamp()}) ON CONFLICT (Code) DO UPDATE SET Amount = excluded.Amount, Stamp = excluded.Stamp",
        < 21 => $"UPDATE Stock SET Amount = Amount + {random.Next(-20, 20)}, Stamp = {Stamp()} || Code WHERE Code >= {Code()}",
        < 22 => $"DELETE FROM Stock WHERE Code = {Code()}",
        _ => Many(),
    };

    /// <summary>Now and then, more than a watch is told in one frame.</summary>
    private string Many() => random.Next(6) > 0
        ? $"UPDATE Orders SET Status = {Status()}, Stamp = {Stamp()} || Id WHERE Id BETWEEN {Id()} AND {Id()}"
        : random.Next(2) == 0
        ? $"WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < {random.Next(110, 400)}) INSERT OR IGNORE INTO Orders SELECT i, i % 7, 'open', {Stamp()} || i, NULL FROM n"
        : "DELETE FROM Orders WHERE Id BETWEEN 100 AND 1000";

    private string Stamp() => string.Create(CultureInfo.InvariantCulture, $"'{name}-{++stamps}-'");

    private string Id() => random.Next(1, 40).ToString(CultureInfo.InvariantCulture);

    private string Customer() => random.Next(7).ToString(CultureInfo.InvariantCulture);

    private string Status() => Statuses[random.Next(Statuses.Length)];

    private string Code() => string.Create(CultureInfo.InvariantCulture, $"'c{random.Next(1, 9)}'");

    /// <summary>Now and then one that needs a frame of its own.</summary>
    private string Note() => random.Next(30) switch
    {
        < 2 => $"'{new string('x', random.Next(10_000, 50_000))}'",
        < 10 => "NULL",
        < 20 => "'größer, \"quoted\" \\ 日本'",
        _ => "'short'",
    };
}
