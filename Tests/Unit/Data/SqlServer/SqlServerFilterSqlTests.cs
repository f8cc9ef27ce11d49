using RealtimeApi.Server.Queries;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.SqlServer;

/// <summary>Awkward values one by one: what is expected, what SQL Server finds and what the predicate says.</summary>
public sealed class SqlServerFilterSqlTests(SqlServerFixture fixture) : IClassFixture<SqlServerFixture>
{
    private const string Ci = "nvarchar(20) COLLATE SQL_Latin1_General_CP1_CI_AS";
    private const string Cs = "nvarchar(20) COLLATE SQL_Latin1_General_CP1_CS_AS";
    private const string Bin = "nvarchar(20) COLLATE Latin1_General_100_BIN2";
    private const string Coded = "varchar(20) COLLATE SQL_Latin1_General_CP1_CI_AS";

    [Theory]
    // Numbers at the ends of their columns' ranges, and between the values that these hold.
    [InlineData("bigint", "9007199254740993", "x eq 9007199254740992", false)]
    [InlineData("bigint", "9007199254740993", "x gt 9007199254740992.5", true)]
    [InlineData("bigint", "9223372036854775807", "x lt 9223372036854775807.5", true)]
    [InlineData("bigint", "9223372036854775807", "x ge 9223372036854775808", false)]
    [InlineData("bigint", "-9223372036854775808", "x gt -1e30", true)]
    [InlineData("tinyint", "255", "x lt 256 and x gt -1 and x ne 300", true)]
    [InlineData("tinyint", "255", "x ge 256 or x in (256,-1) or x eq 254.5", false)]
    [InlineData("int", "1", "x ne 1.5 and x gt 0.5 and x lt 1.5", true)]
    [InlineData("decimal(10,2)", "0.10", "x eq 0.1 and x lt 0.1000000000000000055 and x gt 0.0999", true)]
    [InlineData("decimal(10,2)", "0.10", "x ge 0.1000000000000000055 or x eq 0.101", false)]
    [InlineData("decimal(38,20)", "1.5", "x eq 1.5 and x gt 1 and x lt 1e30", true)]
    [InlineData("decimal(38,20)", "123456789012345.12345678901234567891", "x gt 1", false)]
    [InlineData("decimal(38,20)", "123456789012345.12345678901234567891", "x ne 1", false)]
    [InlineData("decimal(38,20)", "123456789012345.12345678901234567891", "x ne null and not (x le 1)", true)]
    [InlineData("decimal(38,0)", "12345678901234567890123456789012345", "x gt 1 or x ne 1", false)]
    [InlineData("decimal(38,0)", "1234567890123456789000000000", "x eq 1234567890123456789000000000", true)]
    [InlineData("money", "0.1", "x eq 0.1 and x gt 0.09999 and x lt 0.10001", true)]
    [InlineData("smallmoney", "-1", "x eq -1 and x gt -1.00005 and x gt -300000 and x lt 300000", true)]
    [InlineData("float", "0.1", "x eq 0.1", true)]
    [InlineData("real", "0.1", "x eq 0.1 and x lt 0.10000001 and x gt 0.09999999", true)]
    [InlineData("real", "16777216", "x eq 16777217", false)]
    [InlineData("bit", "1", "x and x ne false", true)]
    // Null.
    [InlineData("int", "NULL", "x eq null", true)]
    [InlineData("int", "NULL", "x ne 5", true)]
    [InlineData("int", "NULL", "not (x ne 5)", false)]
    [InlineData("int", "NULL", "x le 5 or not (x le 5)", true)]
    [InlineData("int", "NULL", "x in (1,null)", true)]
    [InlineData("tinyint", "NULL", "x ne 300 and not (x lt 300)", true)]
    [InlineData(Ci, "NULL", "not contains(x,'a') and tolower(x) ne 'a'", true)]
    [InlineData(Ci, "NULL", "startswith(x,'')", false)]
    // Text under its column's rule.
    [InlineData(Ci, "N'Open'", "x eq 'open' and x in ('OPEN','b') and tolower(x) eq 'open' and toupper(x) eq 'open'", true)]
    [InlineData(Ci, "N'Open'", "startswith(x,'oP') and endswith(x,'EN') and contains(x,'PE') and length(x) eq 4", true)]
    [InlineData(Ci, "N'Open'", "x ne 'open' or not (x eq 'OPEN')", false)]
    [InlineData(Ci, "N'stra\u00dfe'", "x eq 'strasse'", false)]
    [InlineData(Ci, "N'stra\u00dfe'", "x ne 'strasse'", true)]
    [InlineData(Ci, "N'stra\u00dfe'", "contains(x,'ss') or startswith(x,'STRASS') or endswith(x,'SSE')", false)]
    [InlineData(Ci, "N'stra\u00dfe'", "contains(x,'A\u00dfE') and x eq 'STRA\u00dfE'", true)]
    [InlineData(Coded, "'stra\u00dfe'", "contains(x,'ss') or x eq 'strasse'", false)]
    [InlineData(Ci, "N'\ufb01x'", "contains(x,'fi') or x eq 'FIX'", false)]
    [InlineData(Cs, "N'stra\u00dfe'", "toupper(x) eq 'STRASSE'", false)]
    [InlineData(Cs, "N'stra\u00dfe'", "toupper(x) eq 'STRA\u00dfE'", true)]
    [InlineData(Cs, "N'\u0391\u03a3'", "tolower(x) eq '\u03b1\u03c3'", true)]
    [InlineData(Ci, "N'\u00c4pfel'", "x eq '\u00e4pfel' and startswith(x,'\u00e4')", true)]
    [InlineData(Ci, "N'\u00c4pfel'", "x eq 'apfel'", false)]
    [InlineData(Ci, "N'a  '", "x eq 'a' and length(x) eq 3", true)]
    [InlineData(Ci, "N'a  '", "endswith(x,'a')", false)]
    [InlineData(Ci, "N''", "x eq '' and x eq '  ' and length(x) eq 0 and contains(x,'')", true)]
    [InlineData(Cs, "N'Open'", "x eq 'open'", false)]
    [InlineData(Cs, "N'Open'", "tolower(x) eq 'open' and x eq 'Open '", true)]
    [InlineData(Cs, "N'Open'", "startswith(x,'o')", false)]
    [InlineData(Bin, "N'ABC'", "x eq 'abc'", false)]
    [InlineData(Bin, "N'_'", "x gt 'Z' and x lt 'a'", true)]
    [InlineData(Bin, "N'a%b'", "contains(x,'%') and startswith(x,'a%')", true)]
    [InlineData(Bin, "N'axb'", "startswith(x,'a%') or startswith(x,'a_') or contains(x,'_')", false)]
    [InlineData(Bin, "N'a[b'", "startswith(x,'a[') and endswith(x,'[b')", true)]
    [InlineData(Coded, "'caf\u00e9'", "x eq 'CAF\u00c9' and endswith(x,'\u00e9') and startswith(x,'caf\u00e9') and x in ('caf\u00e9','\u0416')", true)]
    [InlineData(Coded, "'A'", "x eq '\u0100' or x in ('\u0100') or contains(x,'\u0100')", false)]
    [InlineData(Coded, "'A'", "x ne '\u0100'", true)]
    [InlineData("nvarchar(max) COLLATE SQL_Latin1_General_CP1_CI_AS", "N'Open'", "x eq 'open' and contains(x,'PEN')", true)]
    [InlineData("char(6) COLLATE SQL_Latin1_General_CP1_CI_AS", "'Open'", "x eq 'open' and length(x) eq 6 and startswith(x,'op')", true)]
    [InlineData("xml", "'<a>1</a>'", "contains(x,'<a>') and x eq '<a>1</a>' and x gt '<'", true)]
    // Dates and times between the values that their columns hold.
    [InlineData("datetime", "'2026-11-23T11:06:26.123'", "x eq 2026-11-23T12:06:26.123+01:00 and x lt 2026-11-23T11:06:26.1235Z and x gt 2026-11-23T11:06:26.1225Z", true)]
    [InlineData("datetime", "'2026-11-23T11:06:26'", "x gt 0001-01-01 and x ge 2026-11-23 and x lt 2026-11-24", true)]
    [InlineData("datetime", "'2026-11-23T11:06:26'", "year(x) eq 2026 and month(x) eq 11 and day(x) eq 23 and year(x) lt 2026.5", true)]
    [InlineData("smalldatetime", "'2026-11-23T11:06:00'", "x lt 2026-11-23T11:06:30Z and x gt 2026-11-23T11:05:59Z and x lt 9999-12-31", true)]
    [InlineData("datetime2(0)", "'2026-11-23T11:06:26'", "x lt 2026-11-23T11:06:26.1Z and x gt 2026-11-23T11:06:25.9Z", true)]
    [InlineData("datetimeoffset(3)", "'2026-11-24T00:30:00.123+01:00'", "x eq 2026-11-23T23:30:00.123Z and day(x) eq 23", true)]
    [InlineData("date", "'2026-11-23'", "x eq 2026-11-23 and x in (2026-11-22,'2026-11-23') and month(x) eq 11", true)]
    [InlineData("time(0)", "'11:06:26'", "x gt 11:06:25.5 and x lt 11:06:26.5 and x eq 11:06:26", true)]
    [InlineData("uniqueidentifier", "'0D9F8C2E-1A2B-4C3D-8E4F-5A6B7C8D9E0F'", "x eq 0d9f8c2e-1a2b-4c3d-8e4f-5a6b7c8d9e0f", true)]
    public async Task Filter_OfOneValueOnSqlServer_IsTheSameInSqlAndInMemory(string declaration, string stored, string filter, bool expected)
    {
        var harness = fixture.Harness;
        await harness.Database.ExecuteAsync("DROP TABLE IF EXISTS T", TestContext.Current.CancellationToken);
        await harness.Database.ExecuteAsync($"CREATE TABLE T (id int PRIMARY KEY, x {declaration})", TestContext.Current.CancellationToken);
        await harness.Database.ExecuteAsync($"INSERT INTO T VALUES (1, {stored})", TestContext.Current.CancellationToken);
        var resource = (await harness.CatalogAsync()).Find("t")! with { Watchable = false };
        var item = (await harness.Items.ListAsync(QueryParser.ParseList(resource, []).Query, TestContext.Current.CancellationToken)).Items.Single();
        var parsed = QueryParser.ParseFilter(resource, filter);
        var found = await harness.Items.ListAsync(QueryParser.ParseList(resource, [new("$filter", filter)]).Query, TestContext.Current.CancellationToken);
        Assert.True(parsed.IsExact);
        Assert.Equal((expected, expected), (found.Items.Count == 1, parsed.Matches(item.Values)));
    }
}
