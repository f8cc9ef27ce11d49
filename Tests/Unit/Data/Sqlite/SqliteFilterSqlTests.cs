using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.Data.Sqlite;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.Sqlite;

/// <summary>Awkward values one by one: what is expected, what SQLite finds and what the predicate says.</summary>
public sealed class SqliteFilterSqlTests : IDisposable
{
    private readonly TempDatabase database = new();

    public void Dispose() => database.Dispose();

    [Theory]
    // Numbers that are equal as doubles only.
    [InlineData("INT", "9007199254740993", "x eq 9007199254740992", false)]
    [InlineData("INT", "9007199254740992", "x eq 9007199254740992.5", false)]
    [InlineData("INT", "9007199254740993", "x gt 9007199254740992.5", true)]
    [InlineData("INT", "9007199254740992", "x lt 9007199254740992.5", true)]
    [InlineData("INT", "9223372036854775807", "x lt 9223372036854775807.5", true)]
    [InlineData("INT", "9223372036854775807", "x ge 9223372036854775808", false)]
    [InlineData("INT", "-9223372036854775808", "x gt -1e30", true)]
    [InlineData("INT", "1", "x ne 1.5", true)]
    [InlineData("INT", "1", "x in (1.5,2)", false)]
    [InlineData("", "9007199254740993", "x gt 9007199254740992.5", true)]
    [InlineData("", "9007199254740993", "x gt 1.5e0 and x ne 9007199254740992.5", true)]
    [InlineData("", "0.1", "x eq 0.1", true)]
    [InlineData("DECIMAL(10,2)", "0.1", "x eq 0.1", true)]
    [InlineData("DECIMAL(10,2)", "0.1", "x eq 0.1000000000000000055", false)]
    [InlineData("DECIMAL(10,2)", "0.1", "x lt 0.1000000000000000055", true)]
    [InlineData("DECIMAL(10,2)", "0.1", "x ge 0.1000000000000000055", false)]
    [InlineData("DECIMAL(10,2)", "0.1+0.2", "x eq 0.3", false)]
    [InlineData("DECIMAL(10,2)", "0.1+0.2", "x eq 0.30000000000000004", true)]
    [InlineData("REAL", "5", "x eq 5", true)]
    [InlineData("REAL", "9e999", "x gt 1e300", true)]
    // Values of another type.
    [InlineData("INT", "'abc'", "x gt 5", false)]
    [InlineData("INT", "'abc'", "x ne 5", false)]
    [InlineData("INT", "'abc'", "not (x gt 5)", true)]
    [InlineData("INT", "'abc'", "x ne null", true)]
    [InlineData("INT", "1.5", "x gt 1", false)]
    [InlineData("TEXT", "x'6162'", "x eq 'ab'", false)]
    [InlineData("TEXT", "x'6162'", "contains(x,'a')", false)]
    [InlineData("TEXT", "x'6162'", "length(x) eq 2", false)]
    [InlineData("BOOLEAN", "2", "x ne true", false)]
    [InlineData("BOOLEAN", "'true'", "x", false)]
    [InlineData("DATETIME", "'soon'", "x gt 2026-01-01", false)]
    [InlineData("", "'5'", "x eq 5", false)]
    [InlineData("", "5", "x eq '5'", false)]
    [InlineData("", "'abc'", "x ne 5", false)]
    [InlineData("", "'abc'", "x gt 5", false)]
    [InlineData("", "x'61'", "x ge 'a'", false)]
    // A column that makes numbers of texts.
    [InlineData("JSON", "'5'", "x eq '5'", false)]
    [InlineData("JSON", "'5'", "x eq 5", true)]
    [InlineData("JSON", "''", "x lt '5'", true)]
    [InlineData("JSON", "'%'", "x gt '5'", false)]
    [InlineData("JSON", "'abc'", "x in ('5','abc')", true)]
    // Null.
    [InlineData("INT", "NULL", "x eq null", true)]
    [InlineData("INT", "NULL", "x ne 5", true)]
    [InlineData("INT", "NULL", "not (x ne 5)", false)]
    [InlineData("INT", "NULL", "x le 5 or not (x le 5)", true)]
    [InlineData("INT", "NULL", "not (x le 5 and x ge 5)", true)]
    [InlineData("INT", "NULL", "x in (1,null)", true)]
    [InlineData("TEXT", "NULL", "not contains(x,'a')", true)]
    [InlineData("TEXT", "NULL", "startswith(x,'')", false)]
    [InlineData("TEXT", "NULL", "tolower(x) ne 'a'", true)]
    // Text under its column's rule.
    [InlineData("TEXT", "'ABC'", "x eq 'abc'", false)]
    [InlineData("TEXT", "'ABC'", "tolower(x) eq 'abc'", true)]
    [InlineData("TEXT", "'ABC'", "startswith(x,'ab')", false)]
    [InlineData("TEXT", "'ÄB'", "tolower(x) eq 'Äb'", true)]
    [InlineData("TEXT", "'a%b'", "contains(x,'%')", true)]
    [InlineData("TEXT", "'ab'", "contains(x,'_')", false)]
    [InlineData("TEXT COLLATE NOCASE", "'ABC'", "x eq 'abc'", true)]
    [InlineData("TEXT COLLATE NOCASE", "'ABC'", "toupper(x) eq 'abc'", true)]
    [InlineData("TEXT COLLATE NOCASE", "'ABC'", "endswith(x,'bc') and startswith(x,'aB') and contains(x,'B')", true)]
    [InlineData("TEXT COLLATE NOCASE", "'_'", "x gt 'Z'", false)]
    [InlineData("TEXT COLLATE NOCASE", "'Äpfel'", "x eq 'äpfel'", false)]
    [InlineData("TEXT COLLATE RTRIM", "'a  '", "x eq 'a'", true)]
    [InlineData("TEXT COLLATE RTRIM", "'a  '", "endswith(x,'a')", false)]
    [InlineData("TEXT", "char(65535)", "x lt '\ud83d\ude00'", true)]
    [InlineData("TEXT", "char(128512)", "length(x) eq 1", true)]
    [InlineData("TEXT", "'ab' || char(0) || 'cd'", "length(x) eq 2", true)]
    [InlineData("TEXT", "'ab' || char(0) || 'cd'", "endswith(x,'b\0cd')", true)]
    [InlineData("TEXT", "'ab' || char(0) || 'cd'", "endswith(x,'\0c')", false)]
    [InlineData("TEXT", "'ab' || char(0) || 'cd'", "x eq 'ab\0cd'", true)]
    [InlineData("TEXT", "'ab' || char(0) || 'cd'", "x eq 'ab'", false)]
    [InlineData("TEXT", "'ab' || char(0) || 'cd'", "contains(x,'cd') and startswith(x,'ab\0')", true)]
    [InlineData("TEXT", "'ab'", "endswith(x,'aab')", false)]
    // Dates in the column's own form.
    [InlineData("DATETIME", "'2026-11-23 11:06:26'", "x eq 2026-11-23T12:06:26+01:00", true)]
    [InlineData("DATETIME", "'2026-11-23 11:06:26'", "x lt 2026-11-23T11:06:26.1Z and x gt 2026-11-23T11:06:25.9Z", true)]
    [InlineData("DATETIME", "'2026-11-23 11:06:26'", "x ge 2026-11-23 and x lt 2026-11-24", true)]
    [InlineData("DATETIME", "'2026-11-23 11:06:26'", "year(x) eq 2026 and month(x) eq 11 and day(x) eq 23", true)]
    [InlineData("DATETIME", "-1", "x lt 1970-01-01 and year(x) eq 1969 and month(x) eq 12 and day(x) eq 31", true)]
    [InlineData("DATE", "'2026-11-23'", "x eq 2026-11-23", true)]
    [InlineData("DATE", "'2026-11-23'", "x in (2026-11-22,'2026-11-23')", true)]
    [InlineData("DATETIME", "'2026-11-23 11:06'", "x lt 2026-11-23T11:06:30Z", true)]
    [InlineData("TIME", "'11:06:26'", "x gt 11:06:25.5", true)]
    [InlineData("UNIQUEIDENTIFIER", "'0D9F8C2E-1A2B-4C3D-8E4F-5A6B7C8D9E0F'", "x eq 0d9f8c2e-1a2b-4c3d-8e4f-5a6b7c8d9e0f", true)]
    public async Task Filter_OfOneValue_IsTheSameInSqlAndInMemory(string declaration, string stored, string filter, bool expected)
    {
        database.Execute($"CREATE TABLE T (id INTEGER PRIMARY KEY, x {declaration}); INSERT INTO T VALUES (1, {stored})");
        var connections = new SqliteConnections(database.ConnectionString);
        var items = new SqliteItemReader(connections, new(NullLogger<SqliteMisfits>.Instance));
        var options = new RealtimeApiOptions();
        options.Resources.All = true;
        var schema = new SqliteSchemaReader(connections, NullLogger<SqliteSchemaReader>.Instance);
        var source = new CatalogSource(new SqliteDatabase(connections, schema, items, null!, null!, null!), Options.Create(options), NullLogger<CatalogSource>.Instance);
        var resource = (await source.RefreshAsync(TestContext.Current.CancellationToken)).Resources.Single();

        var item = (await items.ListAsync(QueryParser.ParseList(resource, []).Query, TestContext.Current.CancellationToken)).Items.Single();
        var parsed = QueryParser.ParseFilter(resource, filter);
        var found = await items.ListAsync(QueryParser.ParseList(resource, [new("$filter", filter)]).Query, TestContext.Current.CancellationToken);
        connections.Clear();
        Assert.True(parsed.IsExact);
        Assert.Equal((expected, expected), (found.Items.Count == 1, parsed.Matches(item.Values)));
    }
}
