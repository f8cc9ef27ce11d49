using System.Data;
using System.Text;
using RealtimeApi.Server.Data.SqlServer;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.SqlServer;

/// <summary>Capitals and small letters are the same in the database as in memory, for every character where the engine would map otherwise.</summary>
public sealed class SqlServerCaseSqlTests(SqlServerTestDatabase database) : IClassFixture<SqlServerTestDatabase>
{
    [Fact]
    public async Task Cases_OfEveryCharacter_AreThoseOfMemory()
    {
        using var connections = new SqlServerConnections(database.Get().ConnectionString + ";Command Timeout=120");
        var engine = await connections.EngineAsync(TestContext.Current.CancellationToken);
        Assert.SkipUnless(engine.MapsCasesFully, "SQL Server knows the letters of its collation's version of Unicode, each by itself.");
        var rules = SqlServerTextRules.Find(new SqlServerStorage(SqlDbType.NVarChar) { Collation = "SQL_Latin1_General_CP1_CI_AS" }, engine.CountsCodePoints, engine.MapsCasesFully);
        // Private use is what the special letters are put aside as; each character stands within a word and at its end.
        var characters = Enumerable.Range(' ', 0x20000 - ' ').Where(Rune.IsValid).Select(static code => new Rune(code))
            .Where(static rune => Rune.GetUnicodeCategory(rune) is not System.Globalization.UnicodeCategory.PrivateUse).Select(static rune => $"a{rune}b{rune}").ToList();
        var text = string.Join('\n', characters);
        await using var connection = await connections.OpenAsync(TestContext.Current.CancellationToken);
        foreach (var (sql, map) in new (string, Func<string, string>)[]
        {
            (SqlServerCaseSql.Upper(rules, "@text COLLATE Latin1_General_CI_AS"), static value => value.ToUpperInvariant()),
            (SqlServerCaseSql.Lower(rules, "@text COLLATE Latin1_General_CI_AS"), static value => value.ToLowerInvariant()),
        })
        {
            var mapped = (await connection.ScalarAsync<string>(null, $"SELECT CAST({sql} AS nvarchar(max))", TestContext.Current.CancellationToken, ("@text", text)))!.Split('\n');
            Assert.Equal(characters.Count, mapped.Length);
            var wrong = characters.Zip(mapped).Where(pair => map(pair.First) != pair.Second).Select(pair => $"U+{(int)pair.First[1]:x4} in {pair.First} gives {pair.Second}, not {map(pair.First)}").ToList();
            Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        }
    }
}
