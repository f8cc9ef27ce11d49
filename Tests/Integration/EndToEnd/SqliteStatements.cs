using System.Globalization;

namespace RealtimeApi.Tests.Integration.EndToEnd;

/// <summary>Statements of every kind that writes, over so few keys that they often meet the same rows.</summary>
internal sealed class SqliteStatements(Random random)
{
    private static readonly string[] Codes = ["NULL", "'a1'", "'A1'", "'a3'", "'B2'", "'b2'", "'c3'", "'é4'", "'日4'", "'b'"];
    private static readonly string[] Notes = ["NULL", "'x'", "'Mixed'", "'mixed'", "'café au lait'", "''", "'long enough to be seen'", "'o''clock \"quoted\" \\'"];
    private static readonly string[] Times = ["NULL", "'2024-05-06 07:08:09'", "'2026-02-28 23:59:59'", "'2026-03-01 00:00:00'", "'2026-11-23 11:06:26'"];
    private static readonly string[] Names = ["'bolt'", "'Bolt'", "'nut'", "'x/y'", "'a,b'", "'ü'"];
    private static readonly string[] TagNames = ["'t1'", "'T1'", "'t2'", "'50% off'", "'größe'"];
    private static readonly string[] Weights = ["NULL", "0.1", "1.5", "2", "12345678.91"];
    private static readonly string[] Bigs = ["NULL", "1", "9007199254740993", "-9223372036854775808"];

    /// <summary>What a connection is set to before it writes.</summary>
    public IReadOnlyList<string> Settings() =>
    [
        // Safe against the end of a process, which is what these runs are about.
        "PRAGMA synchronous = OFF",
        $"PRAGMA foreign_keys = {(random.Next(4) == 0 ? "OFF" : "ON")}",
        $"PRAGMA recursive_triggers = {(random.Next(3) == 0 ? "ON" : "OFF")}",
    ];

    /// <summary>A statement, or those of a transaction.</summary>
    public IReadOnlyList<string> Next()
    {
        if (random.Next(5) > 0)
            return [Statement()];
        List<string> statements = [random.Next(3) == 0 ? "BEGIN" : "BEGIN IMMEDIATE"];
        for (var i = random.Next(1, 6); i > 0; i--)
            statements.Add(Statement());
        if (random.Next(3) == 0)
            statements.AddRange(["SAVEPOINT s", Statement(), Statement(), random.Next(2) == 0 ? "ROLLBACK TO s" : "RELEASE s"]);
        statements.Add(random.Next(3) == 0 ? "ROLLBACK" : "COMMIT");
        return statements;
    }

    private string Statement() => random.Next(10) switch
    {
        < 5 => OnThings(),
        < 8 => OnParts(),
        _ => OnTags(),
    };

    private string OnThings() => random.Next(17) switch
    {
        0 or 1 => $"INSERT INTO Things VALUES {Thing()}",
        2 => $"INSERT OR IGNORE INTO Things VALUES {Thing()}, {Thing()}, {Thing()}",
        3 => $"REPLACE INTO Things VALUES {Thing()}",
        4 => $"INSERT OR REPLACE INTO Things VALUES {Thing()}, {Thing()}",
        5 => $"INSERT INTO Things VALUES {Thing()} ON CONFLICT (Id) DO UPDATE SET Kind = excluded.Kind, Size = excluded.Size",
        6 => $"INSERT INTO Things VALUES {Thing()} ON CONFLICT (Code) DO UPDATE SET Note = excluded.Note, Done = NOT Done",
        7 => $"INSERT INTO Things VALUES {Thing()}, {Thing()} ON CONFLICT DO NOTHING",
        8 => $"UPDATE Things SET Kind = {Kind()}, Size = {Size()} WHERE Id = {Id()}",
        9 => $"UPDATE Things SET Note = {Pick(Notes)}, At = {Pick(Times)} WHERE Kind IS {Kind()}",
        10 => $"UPDATE Things SET Size = Size + 1 WHERE Id BETWEEN {Id()} AND {Id()}",
        11 => $"UPDATE OR REPLACE Things SET Code = {Pick(Codes)} WHERE Id = {Id()}",
        12 => $"UPDATE {Or()}Things SET Id = {Id()} WHERE Id = {Id()}",
        13 => $"UPDATE {Or()}Things SET Id = Id + 1, Done = {Flag()} WHERE Id > {Id()}",
        14 => $"UPDATE Things SET Code = upper(Code), Kind = Kind WHERE Id <= {Id()}",
        15 => random.Next(6) == 0 ? "DELETE FROM Things" : $"DELETE FROM Things WHERE Kind = {random.Next(5)}",
        _ => $"DELETE FROM Things WHERE Id = {Id()}",
    };

    private string OnParts() => random.Next(10) switch
    {
        0 or 1 => $"INSERT OR IGNORE INTO Parts VALUES {Part()}, {Part()}, {Part()}, {Part()}",
        2 => $"REPLACE INTO Parts VALUES {Part()}, {Part()}",
        3 => $"INSERT INTO Parts VALUES {Part()} ON CONFLICT (ThingId, Name) DO UPDATE SET Quantity = excluded.Quantity, Name = excluded.Name",
        4 => $"INSERT OR REPLACE INTO Parts SELECT Id, {Pick(Names)}, Kind FROM Things",
        5 => $"UPDATE Parts SET Quantity = {Quantity()} WHERE ThingId = {Id()}",
        6 => $"UPDATE {Or()}Parts SET Name = {Pick(Names)} WHERE Name = {Pick(Names)} AND ThingId < {Id()}",
        7 => $"UPDATE {Or()}Parts SET ThingId = {Id()} WHERE ThingId = {Id()}",
        8 => $"UPDATE Parts SET Name = {(random.Next(2) == 0 ? "upper" : "lower")}(Name) WHERE ThingId = {Id()}",
        _ => $"DELETE FROM Parts WHERE Name = {Pick(Names)} AND Quantity IS NOT {Quantity()}",
    };

    private string OnTags() => random.Next(8) switch
    {
        0 => $"INSERT OR IGNORE INTO Tags VALUES {Tag()}, {Tag()}",
        1 or 2 => $"REPLACE INTO Tags VALUES {Tag()}",
        3 => $"INSERT INTO Tags VALUES {Tag()} ON CONFLICT (Name) DO UPDATE SET Weight = excluded.Weight WHERE Weight IS NOT excluded.Weight",
        4 => $"UPDATE {Or()}Tags SET ThingId = {Id()}, Weight = {Pick(Weights)} WHERE Name = {Pick(TagNames)}",
        5 => $"UPDATE {Or()}Tags SET Name = {Pick(TagNames)} WHERE Name = {Pick(TagNames)}",
        6 => $"UPDATE Tags SET Big = {Pick(Bigs)}",
        _ => $"DELETE FROM Tags WHERE Name = {Pick(TagNames)}",
    };

    private string Thing() => $"({Id()}, {Pick(Codes)}, {Kind()}, {Size()}, {Pick(Notes)}, {Flag()}, {Pick(Times)})";

    private string Part() => $"({Id()}, {Pick(Names)}, {Quantity()})";

    private string Tag() => $"({Pick(TagNames)}, {Pick(Weights)}, {(random.Next(3) == 0 ? "NULL" : Id())}, {Pick(Bigs)})";

    private string Id() => random.Next(1, 11).ToString(CultureInfo.InvariantCulture);

    private string Kind() => random.Next(6) is var kind and < 5 ? kind.ToString(CultureInfo.InvariantCulture) : "NULL";

    private string Quantity() => random.Next(8) is var quantity and < 7 ? quantity.ToString(CultureInfo.InvariantCulture) : "NULL";

    private string Size() => random.Next(5) is var size and > 0 ? (2.5 * Math.Pow(3, size - 1)).ToString(CultureInfo.InvariantCulture) : "NULL";

    private string Flag() => Pick(["NULL", "0", "1"]);

    private string Or() => Pick(["", "OR REPLACE ", "OR IGNORE "]);

    private string Pick(string[] from) => from[random.Next(from.Length)];
}
