using CsCheck;
using Microsoft.Data.Sqlite;
using RealtimeApi.Server.Data.Sqlite;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.Sqlite;

/// <summary>What SQLite says of texts, our rules say, too; asked of SQLite itself.</summary>
public sealed class SqliteTextRulesTests
{
    private static readonly Gen<string> Text = Pick("a", "A", "b", "B", " ", "z", "Z", "[", "é", "É", "ſ", "\0", "\uE000", "\uFFFD", "\U00010400", "\U0001F600", "1")
        .Array[0, 6].Select(string.Concat);

    [Theory, InlineData("BINARY"), InlineData("NOCASE"), InlineData("RTRIM")]
    public void Rules_RandomTexts_AgreeWithSqlite(string collation)
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        var fold = collation == "NOCASE" ? "lower" : "";
        command.CommandText = $"""
            SELECT
                CASE WHEN x = p COLLATE {collation} THEN 0 WHEN x < p COLLATE {collation} THEN -1 ELSE 1 END,
                instr({fold}(x), {fold}(p)) > 0,
                instr({fold}(x), {fold}(p)) = 1,
                length(x), lower(x), upper(x)
            FROM (SELECT $x AS x, $p AS p)
            """;
        var x = command.Parameters.Add("$x", SqliteType.Text);
        var p = command.Parameters.Add("$p", SqliteType.Text);
        var rules = SqliteTextRules.Find(collation)!;
        Gen.Select(Text, Text).Sample(
            (text, part) =>
            {
                (x.Value, p.Value) = (text, part);
                using var reader = command.ExecuteReader();
                Assert.True(reader.Read());
                var expected = $"{reader.GetInt64(0)} {reader.GetInt64(1)} {reader.GetInt64(2)} {reader.GetInt64(3)} {reader.GetString(4)} {reader.GetString(5)}";
                var contains = rules.Contains(text, part) ? 1 : 0;
                var starts = rules.StartsWith(text, part) ? 1 : 0;
                var actual = $"{Math.Sign(rules.Compare(text, part))} {contains} {starts} {rules.Length(text)} {rules.ToLower(text)} {rules.ToUpper(text)}";
                Assert.Equal(expected, actual);
                Assert.Equal(rules.Compare(text, part) == 0, rules.Normalize(text) == rules.Normalize(part));
            },
            iter: 3000,
            threads: 1);
    }

    [Theory, InlineData("BINARY"), InlineData("NOCASE"), InlineData("RTRIM")]
    public void EndsWith_RandomTextsWithoutNul_AgreesWithSqlite(string collation)
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        var fold = collation == "NOCASE" ? "lower" : "";
        command.CommandText = $"SELECT length(p) = 0 OR substr({fold}($x), -length(p)) = {fold}(p) FROM (SELECT $p AS p)";
        var x = command.Parameters.Add("$x", SqliteType.Text);
        var p = command.Parameters.Add("$p", SqliteType.Text);
        var rules = SqliteTextRules.Find(collation)!;
        Gen.Select(Text, Text).Sample(
            (text, part) =>
            {
                (x.Value, p.Value) = (text.Replace("\0", "", StringComparison.Ordinal), part.Replace("\0", "", StringComparison.Ordinal));
                Assert.Equal((long)command.ExecuteScalar()! == 1, rules.EndsWith((string)x.Value, (string)p.Value));
            },
            iter: 3000,
            threads: 1);
    }

    [Fact]
    public void Find_CollationOfAProgram_IsNone() => Assert.Null(SqliteTextRules.Find("german"));

    private static Gen<T> Pick<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
