using System.Data;
using RealtimeApi.Server.Data.SqlServer;
using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.SqlServer;

public sealed class SqlServerTextRulesTests
{
    [Theory]
    [InlineData("SQL_Latin1_General_CP1_CI_AS", "open", "OPEN", true)]
    [InlineData("SQL_Latin1_General_CP1_CI_AS", "open", "open  ", true)]
    [InlineData("SQL_Latin1_General_CP1_CI_AS", "open", " open", false)]
    [InlineData("SQL_Latin1_General_CP1_CI_AS", "\u00e4", "\u00c4", true)]
    [InlineData("SQL_Latin1_General_CP1_CI_AS", "\u00e4", "a", false)]
    [InlineData("SQL_Latin1_General_CP1_CI_AS", "\u00df", "ss", false)]
    [InlineData("Latin1_General_100_CS_AS_SC", "open", "OPEN", false)]
    [InlineData("Latin1_General_100_CS_AS_SC", "open", "open ", true)]
    [InlineData("Latin1_General_100_BIN2", "open", "OPEN", false)]
    [InlineData("Latin1_General_100_BIN2", "open", "open ", true)]
    public void Equality_OfCollation_IsByCaseAndPadding(string collation, string left, string right, bool expected)
    {
        var rules = Find(collation)!;
        Assert.Equal(expected, rules.Compare(left, right) == 0);
        Assert.Equal(expected, rules.Normalize(left) == rules.Normalize(right));
    }

    [Theory]
    [InlineData("Latin1_General_CI_AI"), InlineData("Turkish_CI_AS"), InlineData("SQL_Latin1_General_CP1254_CI_AS"), InlineData("Azeri_Latin_100_CS_AS")]
    public void Find_CollationThatCannotBeReproduced_IsNone(string collation) => Assert.Null(Find(collation));

    [Fact]
    public void Order_OfLinguisticCollation_CannotBeWatched()
    {
        Assert.False(Find("SQL_Latin1_General_CP1_CI_AS")!.Orders);
        var column = SqlServerColumns.Of(new SqlServerStorage(SqlDbType.NVarChar) { Size = 20, Collation = "SQL_Latin1_General_CP1_CI_AS" }, "status");
        var resource = new ResourceDefinition { Name = "orders", Table = new("dbo", "Orders"), Columns = [column], Key = [column], Fingerprint = "f" };
        Assert.True(QueryParser.ParseFilter(resource, "status eq 'open' and not (status in ('a','b')) and startswith(status,'o') and length(status) gt 2").IsExact);
        Assert.False(QueryParser.ParseFilter(resource, "status gt 'open'").IsExact);
        Assert.False(QueryParser.ParseFilter(resource, "tolower(status) le 'open'").IsExact);
    }

    [Fact]
    public void Compare_BinaryCollation_IsByCodeUnitsOrCharacters()
    {
        var units = Find("Latin1_General_100_BIN2")!;
        Assert.True(units.Orders);
        Assert.True(units.Compare("\ue000", "\ud83d\ude00") > 0);
        Assert.True(Find("Latin1_General_100_BIN2", countsCodePoints: true)!.Compare("\ue000", "\ud83d\ude00") < 0);
        // The shorter is filled up with spaces.
        Assert.True(units.Compare("a\t", "a") < 0);
        Assert.False(Find("Latin1_General_BIN")!.Orders);
    }

    [Fact]
    public void Compare_BinaryCollationOfCodePage_IsByItsBytes()
    {
        var rules = SqlServerTextRules.Find(new(SqlDbType.VarChar) { Collation = "Latin1_General_BIN2", CodePage = 1252 }, countsCodePoints: false)!;
        // 0x80 and 0xE4 in the code page.
        Assert.True(rules.Compare("\u20ac", "\u00e4") < 0);
        var utf8 = SqlServerTextRules.Find(new(SqlDbType.VarChar) { Collation = "Latin1_General_100_BIN2_UTF8", CodePage = 65001 }, countsCodePoints: false)!;
        Assert.True(utf8.Compare("\ue000", "\ud83d\ude00") < 0);
    }

    [Theory]
    [InlineData("SQL_Latin1_General_CP1_CI_AS", 3), InlineData("Latin1_General_100_CI_AS_SC", 2), InlineData("Latin1_General_140_CI_AS", 2)]
    public void Length_OfSurrogates_IsTheCollations(string collation, int expected) => Assert.Equal(expected, Find(collation)!.Length("a\ud83d\ude00"));

    /// <summary>Where case does not count, the functions that change it change nothing that counts.</summary>
    [Fact]
    public void Functions_OfCase_AgreeWithEquality()
    {
        var rules = Find("SQL_Latin1_General_CP1_CI_AS")!;
        for (var c = 1; c < 0xFFFF; c++)
        {
            var text = ((char)c).ToString();
            Assert.Equal(0, rules.Compare(rules.ToLower(text), text));
            Assert.Equal(0, rules.Compare(rules.ToUpper(text), text));
        }
    }

    /// <summary>Some scripts with two cases lie outside the basic plane.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public void Case_OfSurrogates_CountsWhereTheEngineMapsThem(bool mapsCasesFully)
    {
        const string small = "a\U00010428", capital = "A\U00010400";
        var rules = Find("SQL_Latin1_General_CP1_CI_AS", mapsCasesFully: mapsCasesFully)!;
        Assert.Equal(mapsCasesFully, rules.Compare(small, capital) == 0);
        Assert.Equal(mapsCasesFully, rules.Normalize(small) == rules.Normalize(capital));
        Assert.Equal(mapsCasesFully, rules.Contains(small, capital));
        Assert.Equal(mapsCasesFully, rules.StartsWith(small, capital));
        Assert.Equal(mapsCasesFully, rules.EndsWith(small, capital));
        Assert.NotEqual(0, Find("Latin1_General_CS_AS", mapsCasesFully: mapsCasesFully)!.Compare(small, capital));
    }

    private static SqlServerTextRules? Find(string collation, bool countsCodePoints = false, bool mapsCasesFully = false) =>
        SqlServerTextRules.Find(new(SqlDbType.NVarChar) { Size = 20, Collation = collation }, countsCodePoints, mapsCasesFully);
}
