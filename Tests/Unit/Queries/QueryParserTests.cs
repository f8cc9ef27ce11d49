using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;
using Xunit;

namespace RealtimeApi.Tests.Unit.Queries;

public sealed class QueryParserTests
{
    [Fact]
    public void ParseList_NoOptions_IsTheFirstPageInTheKeysOrder()
    {
        var (query, cursor) = Parse();
        Assert.Null(query.Filter);
        Assert.Equal(["id False"], Order(query));
        Assert.Equal(100, query.Top);
        Assert.True(query.Select.IsAll);
        Assert.False(query.Count);
        Assert.Null(query.After);
        Assert.Null(cursor);
    }

    [Fact]
    public void ParseList_OrderBy_EndsWithTheKey()
    {
        Assert.Equal(["name True", "total False", "id False"], Order(Parse(("$orderby", "Name desc , total asc")).Query));
        Assert.Equal(["id True"], Order(Parse(("$orderby", "id desc")).Query));
        Assert.Equal(["id False", "name False"], Order(Parse(("$orderby", "id,name")).Query));
    }

    [Fact]
    public void ParseList_Select_AlwaysHasTheKey()
    {
        Assert.Equal("id,name", Parse(("$select", "NAME")).Query.Select.ToString());
        Assert.Equal("*", Parse(("$select", "*")).Query.Select.ToString());
    }

    [Theory]
    [InlineData("filter", "id eq 1", "it is written $filter")]
    [InlineData("$Filter", "id eq 1", "it is written $filter")]
    [InlineData("$expand", "x", "no query option \"$expand\"")]
    [InlineData("foo", "x", "no query option \"foo\"")]
    [InlineData("access_token", "x", "no query option \"access_token\"")]
    [InlineData("$top", "0", "from 1 to 500")]
    [InlineData("$top", "501", "from 1 to 500")]
    [InlineData("$top", "-1", "\"-1\" is none")]
    [InlineData("$top", "99999999999999999999", "is none")]
    [InlineData("$count", "yes", "\"yes\" is neither")]
    [InlineData("$orderby", "name up", "\"name up\" is neither")]
    [InlineData("$orderby", "name,", "between commas")]
    [InlineData("$orderby", "name,NAME desc", "more than once")]
    [InlineData("$orderby", "secret", "no field \"secret\"")]
    [InlineData("$select", "", "between commas")]
    [InlineData("$select", "id,nope", "no field \"nope\"")]
    [InlineData("$skiptoken", "abc", "not one that this server made")]
    [InlineData("$skiptoken", "", "not one that this server made")]
    [InlineData("$skiptoken", "%%%", "not one that this server made")]
    public void ParseList_BadOption_IsRefused(string name, string value, string detail)
    {
        var problem = Assert.Throws<ProblemException>(() => Parse((name, value)));
        Assert.Equal(ProblemCodes.InvalidQuery, problem.Code);
        Assert.Contains(detail, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ParseList_OptionGivenTwice_IsRefused() =>
        Assert.Contains("more than once", Assert.Throws<ProblemException>(() => Parse(("$top", "1"), ("$top", "2"))).Message, StringComparison.Ordinal);

    [Fact]
    public void SkipToken_OfTheSameQuery_CarriesPlaceAndCursor()
    {
        (string, string)[] options = [("$filter", "total gt 5"), ("$orderby", "name desc,total,weight,paid,token,photo,day,hour,orderDate,extra")];
        var moment = new DateTimeOffset(2026, 11, 23, 11, 6, 26, TimeSpan.FromHours(2));
        FieldValue[] values =
        [
            FieldValue.Of(42), FieldValue.Of("a\0\ud83d\ude00"), FieldValue.Of(19.90m), FieldValue.Of(double.NegativeInfinity), FieldValue.Of(true), FieldValue.Of(Guid.NewGuid()),
            FieldValue.Of([1, 2, 3]), FieldValue.Of(new DateOnly(2026, 11, 23)), FieldValue.Of(new TimeOnly(11, 6)), FieldValue.Of(moment), FieldValue.Of("x").AsMisfit(),
            FieldValue.Null,
        ];
        var query = Parse(options).Query;
        var token = QueryParser.MakeSkipToken(query, new Item(Shop.Orders, values), "the cursor");
        Assert.Matches("^[A-Za-z0-9_-]+$", token);

        var (next, cursor) = Parse([.. options, ("$skiptoken", token)]);
        Assert.Equal("the cursor", cursor);
        Assert.Equal(query.OrderBy.Select(t => values[t.Column.Ordinal].ToString()), next.After!.Select(v => v.ToString()));
        Assert.Equal(query.OrderBy.Select(t => values[t.Column.Ordinal].Fits), next.After!.Select(v => v.Fits));
        Assert.Equal(query.OrderBy.Select(t => values[t.Column.Ordinal].Kind), next.After!.Select(v => v.Kind));
        Assert.Equal("a\0\ud83d\ude00", next.After![0].Text);
    }

    [Fact]
    public void SkipToken_OfAnotherQuery_IsRefused()
    {
        var values = new FieldValue[Shop.Orders.Columns.Count];
        values[0] = FieldValue.Of(7);
        var token = QueryParser.MakeSkipToken(Parse(("$filter", "total gt 5")).Query, new Item(Shop.Orders, values), null);

        Assert.Null(Parse(("$filter", "TOTAL gt 5.0"), ("$skiptoken", token), ("$top", "3")).Cursor);
        foreach (var (name, value) in new[] { ("$filter", "total gt 6"), ("$filter", "total gt 5 and paid") })
            Assert.Contains("another query", Assert.Throws<ProblemException>(() => Parse((name, value), ("$skiptoken", token))).Message, StringComparison.Ordinal);
        Assert.Throws<ProblemException>(() => Parse(("$skiptoken", token)));
        Assert.Throws<ProblemException>(() => Parse(("$filter", "total gt 5"), ("$orderby", "name"), ("$skiptoken", token)));
        var changed = Shop.Orders with { Fingerprint = "f2" };
        Assert.Throws<ProblemException>(() => QueryParser.ParseList(changed, [new("$filter", "total gt 5"), new("$skiptoken", token)]));
    }

    [Fact]
    public void SkipToken_MadeUpWithNotANumber_IsRefused()
    {
        var values = new FieldValue[Shop.Orders.Columns.Count];
        values[0] = FieldValue.Of(double.NaN);
        var token = QueryParser.MakeSkipToken(Parse().Query, new Item(Shop.Orders, values), null);

        Assert.Equal(ProblemCodes.InvalidQuery, Assert.Throws<ProblemException>(() => Parse(("$skiptoken", token))).Code);
    }

    [Fact]
    public void SkipToken_WithAnyCharacterChanged_IsRefused()
    {
        var values = new FieldValue[Shop.Orders.Columns.Count];
        values[0] = FieldValue.Of(7);
        var token = QueryParser.MakeSkipToken(Parse().Query, new Item(Shop.Orders, values), "c");
        for (var i = 0; i < token.Length; i++)
        {
            var changed = token[..i] + (token[i] == 'A' ? 'B' : 'A') + token[(i + 1)..];
            Assert.Throws<ProblemException>(() => Parse(("$skiptoken", changed)));
            Assert.Throws<ProblemException>(() => Parse(("$skiptoken", token[..i])));
        }
    }

    private static (ListQuery Query, string? Cursor) Parse(params (string Name, string Value)[] options) =>
        QueryParser.ParseList(Shop.Orders, options.Select(o => KeyValuePair.Create(o.Name, o.Value)));

    private static IEnumerable<string> Order(ListQuery query) => query.OrderBy.Select(t => $"{t.Column.Name} {t.Descending}");
}
