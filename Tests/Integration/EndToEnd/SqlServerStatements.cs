using System.Globalization;

namespace RealtimeApi.Tests.Integration.EndToEnd;

/// <summary>Statements of every kind that writes, over so few keys that they often meet the same rows, as SQL Server understands them.</summary>
/// <param name="random">What is drawn.</param>
/// <param name="hasMerge">Whether the server knows MERGE.</param>
internal sealed class SqlServerStatements(Random random, bool hasMerge)
{
    private static readonly string[] Codes = ["NULL", "'a1'", "'A1'", "'a3'", "'B2'", "'b2'", "'c3'", "N'é4'", "N'日4'", "'b'"];
    private static readonly string[] Notes = ["NULL", "'x'", "'Mixed'", "'mixed'", "N'café au lait'", "''", "'long enough to be seen'", "'o''clock \"quoted\" \\'"];
    private static readonly string[] Times = ["NULL", "'2024-05-06T07:08:09'", "'2026-02-28T23:59:59'", "'2026-03-01T00:00:00'", "'2026-11-23T11:06:26.123'"];
    private static readonly string[] Names = ["'bolt'", "'Bolt'", "'nut'", "'x/y'", "'a,b'", "N'日'"];
    private static readonly string[] TagNames = ["'t1'", "'T1'", "'t2'", "'50% off'", "N'größe'"];
    private static readonly string[] Weights = ["NULL", "0.1", "1.5", "2", "12345678.91"];
    private static readonly string[] Bigs = ["NULL", "1", "9007199254740993", "-9223372036854775808"];

    /// <summary>What a connection is set to before it writes.</summary>
    public IReadOnlyList<string> Settings() =>
    [
        $"SET NOCOUNT {OnOrOff()}", $"SET XACT_ABORT {OnOrOff()}", $"SET ARITHABORT {OnOrOff()}", $"SET CONCAT_NULL_YIELDS_NULL ON", "SET LOCK_TIMEOUT 3000",
    ];

    /// <summary>A batch, or those of a transaction.</summary>
    public IReadOnlyList<string> Next()
    {
        if (random.Next(5) > 0)
            return [Statement()];
        List<string> statements = ["BEGIN TRANSACTION"];
        for (var i = random.Next(1, 6); i > 0; i--)
            statements.Add(Statement());
        if (random.Next(3) == 0)
        {
            statements.AddRange(["SAVE TRANSACTION s", Statement(), Statement()]);
            if (random.Next(2) == 0)
                statements.Add("ROLLBACK TRANSACTION s");
        }

        statements.Add(random.Next(3) == 0 ? "ROLLBACK TRANSACTION" : "COMMIT TRANSACTION");
        return statements;
    }

    private string Statement() => random.Next(10) switch
    {
        < 5 => OnThings(),
        < 8 => OnParts(),
        _ => OnTags(),
    };

    private string OnThings() => random.Next(15) switch
    {
        0 or 1 or 2 => $"INSERT INTO Things VALUES {Thing()}",
        3 => $"INSERT INTO Things VALUES {Thing()}, {Thing()}",
        4 => $"DELETE FROM Things WHERE Id = {random.Next(1, 11)}; INSERT INTO Things VALUES {Thing()}",
        5 when hasMerge => $"MERGE Things AS t USING (VALUES {Thing()}, {Thing()}) AS s (Id, Code, Kind, Size, Note, Done, At) ON t.Id = s.Id "
            + "WHEN MATCHED AND s.Kind = 2 THEN DELETE WHEN MATCHED THEN UPDATE SET Kind = s.Kind, Size = s.Size WHEN NOT MATCHED THEN INSERT (Id, Code, Kind) VALUES (s.Id, s.Code, s.Kind);",
        5 or 6 => $"UPDATE Things SET Note = CASE WHEN Id % 2 = 0 THEN Note ELSE {Pick(Notes)} END, Done = CASE Done WHEN 1 THEN 0 ELSE 1 END WHERE Kind = {random.Next(5)}",
        7 => $"UPDATE Things SET Kind = {Kind()}, Size = {Size()} WHERE Id = {Id()}",
        8 => $"UPDATE Things SET Note = {Pick(Notes)}, At = {Pick(Times)} WHERE Kind = {random.Next(5)}",
        9 => $"UPDATE Things SET Size = Size + 1 WHERE Id BETWEEN {Id()} AND {Id()}",
        10 => $"UPDATE Things SET Id = {Id()} WHERE Id = {Id()}",
        11 => $"UPDATE Things SET Id = Id + 1, Done = {Flag()} WHERE Id BETWEEN {Id()} AND 10",
        12 => $"UPDATE Things SET Code = UPPER(Code), Kind = Kind WHERE Id <= {Id()}",
        13 => random.Next(6) == 0 ? "DELETE FROM Things WHERE Id < 999999" : $"DELETE FROM Things WHERE Kind = {random.Next(5)}",
        _ => $"DELETE FROM Things WHERE Id = {Id()}",
    };

    private string OnParts() => random.Next(10) switch
    {
        0 or 1 => $"INSERT INTO Parts SELECT Id, {Pick(Names)}, Kind FROM Things WHERE Id NOT IN (SELECT ThingId FROM Parts)",
        2 => $"INSERT INTO Parts VALUES {Part()}, {Part()}",
        3 or 4 => $"INSERT INTO Parts VALUES {Part()}",
        5 => $"UPDATE Parts SET Quantity = {Quantity()} WHERE ThingId = {Id()}",
        6 => $"UPDATE Parts SET Name = {Pick(Names)} WHERE Name = {Pick(Names)} AND ThingId < {Id()}",
        7 => $"UPDATE p SET Quantity = t.Kind FROM Parts AS p JOIN Things AS t ON t.Id = p.ThingId WHERE t.Id > {Id()}",
        8 => $"UPDATE Parts SET Name = {(random.Next(2) == 0 ? "UPPER" : "LOWER")}(Name) WHERE ThingId = {Id()}",
        _ => $"DELETE FROM Parts WHERE Name = {Pick(Names)} AND Quantity <> {random.Next(7)}",
    };

    private string OnTags() => random.Next(8) switch
    {
        0 or 1 => $"INSERT INTO Tags VALUES {Tag()}",
        2 => $"INSERT INTO Tags VALUES {Tag()}, {Tag()}",
        3 => $"DELETE FROM Tags WHERE Name = {Pick(TagNames)}; INSERT INTO Tags VALUES {Tag()}",
        4 => $"UPDATE Tags SET ThingId = {Id()}, Weight = {Pick(Weights)} WHERE Name = {Pick(TagNames)}",
        5 => $"UPDATE Tags SET Name = {Pick(TagNames)} WHERE Name = {Pick(TagNames)}",
        6 => $"UPDATE Tags SET Big = {Pick(Bigs)} WHERE Name <> 'last'",
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

    private string OnOrOff() => random.Next(2) == 0 ? "ON" : "OFF";

    private string Pick(string[] from) => from[random.Next(from.Length)];
}
