using Dapper;
using Microsoft.Data.Sqlite;
using RealtimeApi.Server.Data.Sqlite;
using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.Sqlite;

/// <summary>What the client asks is written so that SQLite can use its indexes.</summary>
public sealed class SqliteQueryPlanTests : IDisposable
{
    private const string Schema = """
        CREATE TABLE orders (id INTEGER PRIMARY KEY, customer TEXT NOT NULL COLLATE NOCASE, status TEXT, total DECIMAL(10,2), at DATETIME);
        CREATE INDEX byCustomer ON orders (customer);
        CREATE INDEX byStatus ON orders (status);
        CREATE INDEX byTotal ON orders (total);
        CREATE INDEX byAt ON orders (at);
        CREATE INDEX byCustomerTotal ON orders (customer DESC, total);
        """;

    private static readonly ResourceDefinition Orders = Make();
    private readonly SqliteConnection connection = new("Data Source=:memory:");

    public SqliteQueryPlanTests()
    {
        connection.Open();
        connection.Execute(Schema);
    }

    [Theory]
    [InlineData("id eq 5", "SEARCH orders USING INTEGER PRIMARY KEY (rowid=?)")]
    [InlineData("id gt 5", "SEARCH orders USING INTEGER PRIMARY KEY (rowid>?)")]
    [InlineData("id in (1,2,3)", "SEARCH orders USING INTEGER PRIMARY KEY (rowid=?)")]
    [InlineData("customer eq 'x'", "byCustomer (customer=?)")]
    [InlineData("customer in ('x','y')", "(customer=?)")]
    [InlineData("status gt 'x'", "byStatus (status>?)")]
    [InlineData("status eq 'x' or total eq 5", "MULTI-INDEX OR")]
    [InlineData("total ge 1.5 and total lt 5", "byTotal (total>? AND total<?)")]
    [InlineData("total eq 1.5", "byTotal (total=?)")]
    [InlineData("at ge 2026-01-01 and at lt 2026-02-01T00:00:00Z", "byAt (at>? AND at<?)")]
    [InlineData("at eq null", "byAt (at=?)")]
    [InlineData("startswith(status,'ab')", "byStatus (status>? AND status<?)")]
    [InlineData("startswith(customer,'ab')", "(customer>? AND customer<?)")]
    public void Filter_OnAnIndexedColumn_SearchesTheIndex(string filter, string plan) =>
        Assert.Contains(plan, Plans(Parse(("$filter", filter), ("$orderby", filter.Contains("status gt", StringComparison.Ordinal) ? "status" : "id"))).Single(), StringComparison.Ordinal);

    [Theory]
    [InlineData("id", "INTEGER PRIMARY KEY (rowid>?)")]
    [InlineData("id desc", "INTEGER PRIMARY KEY (rowid<?)")]
    [InlineData("status", "byStatus (status=? AND rowid>?)", "byStatus (status>?)")]
    [InlineData("customer desc,id desc", "byCustomer (customer=? AND rowid<?)", "byCustomer (customer<?)")]
    [InlineData("status desc,id desc", "byStatus (status=? AND rowid<?)", "byStatus (status<?)", "byStatus (status=?)")]
    [InlineData("at", "byAt (at=? AND rowid>?)", "byAt (at>?)")]
    [InlineData("customer desc,total", "(customer=? AND total=? AND rowid>?)", "(customer=? AND total>?)", "(customer<?)")]
    public void Place_OnAnIndexedOrder_GoesToItWithoutSorting(string orderBy, params string[] plans)
    {
        var query = Parse(("$orderby", orderBy));
        FieldValue[] last = [FieldValue.Of(5), FieldValue.Of("c"), FieldValue.Of("s"), FieldValue.Of(1.5m), FieldValue.Null];
        var (next, _) = QueryParser.ParseList(Orders, [new("$orderby", orderBy), new("$skiptoken", QueryParser.MakeSkipToken(query, new(Orders, last), null))]);
        var texts = Plans(next).ToArray();
        Assert.Equal(plans.Length, texts.Length);
        foreach (var (plan, text) in plans.Zip(texts))
        {
            Assert.Contains(plan, text, StringComparison.Ordinal);
            Assert.DoesNotContain("TEMP B-TREE", text, StringComparison.Ordinal);
        }
    }

    public void Dispose() => connection.Dispose();

    private IEnumerable<string> Plans(ListQuery query)
    {
        var texts = new SqliteItemStatements(Orders);
        foreach (var seek in SqliteSeek.After(query))
        {
            var parameters = new SqliteParameters();
            var place = seek(parameters);
            var filter = query.Filter is null ? null : new SqliteFilterSql(parameters).Write(query.Filter);
            var text = texts.List(Orders.Columns, place, filter, SqliteSeek.OrderBy(query), parameters.Add(10L));
            yield return string.Join('\n', connection.Query("EXPLAIN QUERY PLAN " + text, parameters).Select(row => (string)row.detail));
        }
    }

    private static ListQuery Parse(params (string Name, string Value)[] options) =>
        QueryParser.ParseList(Orders, options.Select(o => KeyValuePair.Create(o.Name, o.Value))).Query;

    private static ResourceDefinition Make()
    {
        ColumnDefinition[] columns =
        [
            Column(0, "id", FieldType.Integer, SqliteAffinity.Integer) with { Nullable = false },
            Column(1, "customer", FieldType.String, SqliteAffinity.Text, "NOCASE") with { Nullable = false },
            Column(2, "status", FieldType.String, SqliteAffinity.Text),
            Column(3, "total", FieldType.Decimal, SqliteAffinity.Numeric),
            Column(4, "at", FieldType.DateTime, SqliteAffinity.Numeric),
        ];
        return new() { Name = "orders", Table = new(null, "orders"), Columns = columns, Key = [columns[0]], Fingerprint = "f" };
    }

    private static ColumnDefinition Column(int ordinal, string name, FieldType type, SqliteAffinity affinity, string collation = "BINARY") => new()
    {
        Column = name,
        Name = name,
        Ordinal = ordinal,
        Type = type,
        DeclaredType = "",
        TextRules = SqliteTextRules.Find(collation),
        Storage = new SqliteStorage(affinity, collation, type == FieldType.DateTime ? SqliteDateFormat.TextSpace : null),
    };
}
