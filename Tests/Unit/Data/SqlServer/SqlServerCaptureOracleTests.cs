using System.Globalization;
using Microsoft.Data.SqlClient;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Data.SqlServer;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Resources;
using RealtimeApi.Tests.Unit.Data.Specifications;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.SqlServer;

/// <summary>Random statements on tables with keys of several types: what the log says, replayed, must be what the tables hold.</summary>
public sealed class SqlServerCaptureOracleTests(SqlServerTestDatabase database) : IClassFixture<SqlServerTestDatabase>
{
    /// <summary>To look at one failure again.</summary>
    private static readonly string? Seed = Environment.GetEnvironmentVariable("CAPTURE_SEED");

    // A composite key with text in it, a key of text alone, a table that is nothing but its key, and a child that follows its parent.
    private const string Tables = """
        CREATE TABLE pairs (a int NOT NULL, b nvarchar(20) NOT NULL, note nvarchar(max) NULL, amount decimal(18, 4) NULL, at datetime2(7) NULL, ratio float NULL, bin varbinary(40) NULL, PRIMARY KEY (a, b));
        CREATE TABLE words (id nvarchar(20) NOT NULL PRIMARY KEY, flag bit NULL, code uniqueidentifier NULL, price money NULL);
        CREATE TABLE links (a int NOT NULL, b int NOT NULL, PRIMARY KEY (a, b));
        CREATE TABLE children (id int NOT NULL PRIMARY KEY, word nvarchar(20) NULL REFERENCES words (id) ON DELETE CASCADE ON UPDATE CASCADE, day date NULL);
        """;

    private static readonly string[] texts = ["N'a'", "N'A'", "N'a '", "N'b'", "N'é'", "N'x\"y\\z/'", "N''", "N'日本'", "N'line' + NCHAR(13) + NCHAR(10) + N'two'"];

    [Fact]
    public async Task Log_OfRandomStatements_ReplaysToTheTables()
    {
        var seed = Seed is null ? Random.Shared.Next(1_000_000_000) : int.Parse(Seed, CultureInfo.InvariantCulture);
        var random = new Random(seed);
        await using var harness = new SqlServerChangeLogHarness(database.Get(), Tables);
        var statements = new List<string>();
        var lines = new List<string>();
        await ExecuteAsync(harness, random, 15, statements);
        var catalog = new ResourceCatalog([harness.Define("pairs", true, "a", "b"), harness.Define("words"), harness.Define("links", true, "a", "b"), harness.Define("children")]);
        var start = (await harness.Log.PrepareAsync(catalog, CancellationToken.None))!;
        var items = catalog.Resources.SelectMany(resource => ReadTable(harness, resource)).ToDictionary(Name);
        statements.Add("-- capture begins");
        await ExecuteAsync(harness, random, 120, statements);
        try
        {
            for (var after = start.Head.Position; ;)
            {
                var page = await harness.Log.ReadAsync(catalog, after, random.Next(3) == 0 ? 1 : 5000, null, CancellationToken.None);
                foreach (var change in page.Changes)
                {
                    lines.Add($"{change.Point.Position.Major}: {ChangeLogHarness.Describe(change)}");
                    Apply(items, change);
                }

                after = page.Through.Position;
                if (!page.HasMore)
                    break;
            }

            var expected = catalog.Resources.SelectMany(resource => ReadTable(harness, resource)).ToDictionary(Name);
            Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), items.Keys.Order(StringComparer.Ordinal));
            foreach (var (name, item) in expected)
                Assert.True(ImageEquality.AreEqual(item.Values, items[name].Values), name);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"CAPTURE_SEED={seed}: {e.Message}\n{string.Join(";\n", statements)};\nLog:\n{string.Join('\n', lines)}", e);
        }
    }

    private static void Apply(Dictionary<string, Item> items, Change change)
    {
        var held = items.GetValueOrDefault(Name(change.Item));
        if (change.Before is { } before)
            Assert.True(held is not null && ImageEquality.AreEqual(held.Values, before.Values), $"{ChangeLogHarness.Describe(change)}: before is not what the log gave last");
        else
            Assert.True(held is null, $"{ChangeLogHarness.Describe(change)}: creates what is there");
        if (change is { Before: { } from, After: { } to })
            Assert.False(ImageEquality.AreEqual(from.Values, to.Values), $"{ChangeLogHarness.Describe(change)}: changes nothing");
        if (change.After is { } item)
            items[Name(item)] = item;
        else
            items.Remove(Name(change.Item));
    }

    // The exact key: the database's comparison would call some equal.
    private static string Name(Item item) => $"{item.Resource.Name} {item.Key.Text}";

    private static List<Item> ReadTable(SqlServerChangeLogHarness harness, ResourceDefinition resource) => harness.Rows(
        $"SELECT {string.Join(", ", resource.Columns.Select(SqlServerColumn.Name))} FROM {SqlServerName.Quote(resource.Table)}",
        reader => new Item(resource, [.. resource.Columns.Select((column, i) => SqlServerProjection.Read(column, reader, i))]));

    private static async Task ExecuteAsync(SqlServerChangeLogHarness harness, Random random, int count, List<string> statements)
    {
        await using var connection = await harness.ConnectAsync();
        for (var i = 0; i < count; i++)
        {
            var statement = Statement(random);
            statements.Add(statement);
            try
            {
                await connection.RunAsync(null, statement, CancellationToken.None);
            }
            catch (SqlException e) when (!e.Message.Contains("realtime", StringComparison.OrdinalIgnoreCase))
            {
                // Keys that are there already, and the like: the statement's own doing.
            }
        }
    }

    private static string Statement(Random random)
    {
        string Pick(params string[] options) => options[random.Next(options.Length)];
        string Text() => Pick(texts);
        string Number() => random.Next(4).ToString(CultureInfo.InvariantCulture);
        string Value() => Pick(
            $"note = {Pick("NULL", Text())}",
            $"amount = {Pick("NULL", "0", "1.5", "-99999999999999.9999", "amount + 1")}",
            $"at = {Pick("NULL", "'2026-02-28T23:59:59.1234567'", "'0001-01-01T00:00:00'")}",
            $"ratio = {Pick("NULL", "0.1", "1e300", "-2.5e-300", "3")}",
            $"bin = {Pick("NULL", "0x", "0x00FF", "0x0102030405")}",
            "note = note");
        var sql = random.Next(16) switch
        {
            0 or 1 => $"INSERT INTO pairs (a, b, note) VALUES ({Number()}, {Text()}, {Text()})",
            2 => $"INSERT INTO pairs (a, b, amount) SELECT a + 4, b, amount FROM pairs WHERE a = {Number()}",
            3 or 4 => $"UPDATE pairs SET {Value()}{Pick("", $" WHERE a = {Number()}")}",
            5 => $"UPDATE pairs SET a = {Pick("3 - a", "a + 1", "a", Number())}{Pick("", $" WHERE b = {Text()}")}",
            6 => $"UPDATE pairs SET b = {Pick("UPPER(b)", "b + ' '", Text())}, {Value()} WHERE a = {Number()}",
            7 => $"DELETE FROM pairs WHERE a = {Number()}{Pick("", $" AND b = {Text()}")}",
            8 or 9 => $"INSERT INTO words (id, flag, code, price) VALUES ({Text()}, {Pick("NULL", "0", "1")}, {Pick("NULL", "'6F9619FF-8B86-D011-B42D-00C04FC964FF'")}, {Pick("NULL", "1.2345", "-922337203685477.5808")})",
            10 => $"UPDATE words SET id = {Pick("UPPER(id)", "LOWER(id)", Text())} WHERE id = {Text()}",
            11 => $"DELETE FROM words{Pick("", $" WHERE id = {Text()}")}",
            12 => $"INSERT INTO links (a, b) VALUES ({Number()}, {Number()}), ({Number()}, {Number()})",
            13 => $"UPDATE links SET {Pick("a = b, b = a", "a = 3 - a", "b = b + 1")}",
            14 => $"INSERT INTO children (id, word, day) SELECT {random.Next(20)}, MIN(id), '2026-01-31' FROM words",
            _ => Pick($"DELETE FROM links WHERE a = {Number()}", "UPDATE children SET day = NULL", $"UPDATE words SET flag = {Pick("0", "1", "flag")}"),
        };
        return random.Next(8) == 0 ? $"BEGIN TRANSACTION; {sql}; {Pick("COMMIT", "ROLLBACK")}" : sql;
    }
}
