using System.Globalization;

namespace RealtimeApi.Tests.Faults.Writers;

/// <summary>What <see cref="ShopStatements"/> is to SQLite.</summary>
/// <param name="name">Who writes: the beginning of its stamps.</param>
/// <param name="random">Draws everything else.</param>
internal sealed class SqlServerStatements(string name, Random random)
{
    private static readonly string[] Statuses = ["N'open'", "N'paid'", "N'shipped'", "N'closed'"];
    private int stamps;

    public string Next() => random.Next(20) switch
    {
        < 6 => $"INSERT INTO Orders SELECT {Id(out var id)}, {Customer()}, {Status()}, {Stamp()}, {Note()} WHERE NOT EXISTS (SELECT 1 FROM Orders WHERE Id = {id})",
        < 11 => $"UPDATE Orders SET Status = {Status()}, Stamp = {Stamp()} WHERE Id = {Id(out _)}",
        < 12 => $"UPDATE Orders SET Customer = {Customer()}, Stamp = {Stamp()} + CAST(Id AS nvarchar(10)) WHERE Customer = {Customer()}",
        < 13 => "UPDATE Orders SET Status = Status",
        < 15 => $"DELETE FROM Orders WHERE Id = {Id(out _)}",
        < 17 => $"INSERT INTO Stock SELECT {Code(out var code)}, {random.Next(100)}, {Stamp()} WHERE NOT EXISTS (SELECT 1 FROM Stock WHERE Code = {code})",
        < 19 => $"UPDATE Stock SET Amount = Amount + {random.Next(20)}, Stamp = {Stamp()} + Code WHERE Code >= {Code(out _)}",
        _ => $"DELETE FROM Stock WHERE Code = {Code(out _)}",
    };

    private string Stamp() => string.Create(CultureInfo.InvariantCulture, $"N'{name}-{++stamps}-'");

    private string Id(out string id) => id = random.Next(1, 40).ToString(CultureInfo.InvariantCulture);

    private string Customer() => random.Next(7).ToString(CultureInfo.InvariantCulture);

    private string Status() => Statuses[random.Next(Statuses.Length)];

    private string Code(out string code) => code = string.Create(CultureInfo.InvariantCulture, $"N'c{random.Next(1, 9)}'");

    private string Note() => random.Next(3) switch
    {
        0 => "NULL",
        1 => "N'größer, \"quoted\" \\ 日本'",
        _ => $"N'{new string('x', random.Next(1, 5000))}'",
    };
}
