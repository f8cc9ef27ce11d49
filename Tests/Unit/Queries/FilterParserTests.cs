using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;
using Xunit;

namespace RealtimeApi.Tests.Unit.Queries;

public sealed class FilterParserTests
{
    [Theory]
    [InlineData("name eq 'x'", "name eq 'x'")]
    [InlineData("NAME eq 'it''s'", "name eq 'it''s'")]
    [InlineData("'x' eq name", "name eq 'x'")]
    [InlineData("5 lt id", "id gt 5")]
    [InlineData("5 ge id", "id le 5")]
    [InlineData("null ne name", "name ne null")]
    [InlineData("id eq 1 and name eq 'a' or id eq 2", "id eq 1 and name eq 'a' or id eq 2")]
    [InlineData("id eq 1 and (name eq 'a' or id eq 2)", "id eq 1 and (name eq 'a' or id eq 2)")]
    [InlineData("(id eq 1) and ((id eq 2 and id eq 3))", "id eq 1 and id eq 2 and id eq 3")]
    [InlineData("not (id eq 1)", "not (id eq 1)")]
    [InlineData("not(not (id eq 1))", "id eq 1")]
    [InlineData("not contains(name,'x') and id eq 1", "not (contains(name,'x')) and id eq 1")]
    [InlineData("contains( tolower( Name ) , 'x' )", "contains(tolower(name),'x')")]
    [InlineData("startswith(name,'') or endswith(toupper(name),'b')", "startswith(name,'') or endswith(toupper(name),'b')")]
    [InlineData("length(name) gt 3", "length(name) gt 3")]
    [InlineData("year(orderDate) eq 2026 and month(day) ne 2 and day(day) lt 3", "year(orderDate) eq 2026 and month(day) ne 2 and day(day) lt 3")]
    [InlineData("id in (1,2 , -3)", "id in (1,2,-3)")]
    [InlineData("id in (1)", "id eq 1")]
    [InlineData("id in (null)", "id eq null")]
    [InlineData("not id in (1,2)", "not (id in (1,2))")]
    [InlineData("name in ('a,b','it''s(',null)", "name in ('a,b','it''s(',null)")]
    [InlineData("paid", "paid eq true")]
    [InlineData("not paid", "not (paid eq true)")]
    [InlineData("paid ne false", "paid ne false")]
    [InlineData("id eq 9223372036854775807", "id eq 9223372036854775807")]
    [InlineData("id eq -9223372036854775808", "id eq -9223372036854775808")]
    [InlineData("id gt 1.50", "id gt 1.5")]
    [InlineData("id lt 1e30", "id lt 1E+30")]
    [InlineData("id eq 5.0", "id eq 5")]
    [InlineData("total eq 19.90", "total eq 19.9")]
    [InlineData("total gt 12345678901234567890.123456789", "total gt 12345678901234567890.123456789")]
    [InlineData("weight gt 0.1", "weight gt 0.1")]
    [InlineData("weight gt -1.5e-7", "weight gt -1.5E-07")]
    [InlineData("weight eq 16777217", "weight eq 16777217")]
    [InlineData("weight eq -0.0", "weight eq 0")]
    [InlineData("token eq 0d9f8c2e-1a2b-4c3d-8e4f-5a6b7c8d9e0f", "token eq 0d9f8c2e-1a2b-4c3d-8e4f-5a6b7c8d9e0f")]
    [InlineData("token eq 'ABCDEF2E-1a2b-4c3d-8e4f-5a6b7c8d9e0f'", "token eq abcdef2e-1a2b-4c3d-8e4f-5a6b7c8d9e0f")]
    [InlineData("day ge 2026-02-28", "day ge 2026-02-28")]
    [InlineData("day ge '2026-02-28'", "day ge 2026-02-28")]
    [InlineData("hour lt 11:06:26.5", "hour lt 11:06:26.5")]
    [InlineData("orderDate gt 2026-11-23T11:06:26.123Z", "orderDate gt 2026-11-23T11:06:26.123Z")]
    [InlineData("orderDate gt 2026-11-23T11:06:26+02:00", "orderDate gt 2026-11-23T09:06:26Z")]
    [InlineData("orderDate gt 2026-11-23", "orderDate gt 2026-11-23T00:00:00Z")]
    [InlineData("orderDate gt '2026-11-23T11:06:26'", "orderDate gt 2026-11-23T11:06:26Z")]
    [InlineData("extra eq 'x' or extra gt 1.5 or extra eq null", "extra eq 'x' or extra gt 1.5 or extra eq null")]
    [InlineData("photo ne null", "photo ne null")]
    public void Parse_Supported_IsCanonicalAndParsesToItself(string filter, string canonical)
    {
        var parsed = QueryParser.ParseFilter(Shop.Orders, filter);
        Assert.Equal(canonical, parsed.ToString());
        Assert.Equal(parsed, QueryParser.ParseFilter(Shop.Orders, canonical));
    }

    [Theory]
    [InlineData("not eq 5", "not eq 5")]
    [InlineData("not (not eq 5)", "not (not eq 5)")]
    [InlineData("not eq eq 5", null)]
    [InlineData("not (eq eq 5)", "not (eq eq 5)")]
    [InlineData("in in (1,2)", "in in (1,2)")]
    [InlineData("and eq 1 and in eq 2", "and eq 1 and in eq 2")]
    [InlineData("null eq null", "null eq null")]
    [InlineData("id eq null", "id eq null")]
    [InlineData("true eq true", "true eq true")]
    [InlineData("contains(contains,'and') and contains eq 'not'", "contains(contains,'and') and contains eq 'not'")]
    [InlineData("2nd eq '2024' and 2024 eq 2024", "2nd eq '2024' and 2024 eq 2024")]
    [InlineData("length(2nd) gt 2024 or startswith(2ND,'x')", "length(2nd) gt 2024 or startswith(2nd,'x')")]
    [InlineData("_field eq 1 and not eq 2", "_field eq 1 and not eq 2")]
    [InlineData("GRÖßE eq 1", "größe eq 1")]
    [InlineData("2024 eq 5 or id in (2024,2)", "2024 eq 5 or id in (2024,2)")]
    public void Parse_FieldNamedLikeAWord_IsTheFieldBeforeAnOperator(string filter, string? canonical)
    {
        if (canonical is null)
            Assert.Throws<ProblemException>(() => QueryParser.ParseFilter(Shop.Odd, filter));
        else
            Assert.Equal(canonical, QueryParser.ParseFilter(Shop.Odd, filter).ToString());
    }

    [Theory]
    [InlineData("", "empty", null)]
    [InlineData("nope eq 1", "has no field \"nope\"", 0)]
    [InlineData("id eq 1 and secret eq 'x'", "has no field \"secret\"", 12)]
    [InlineData("id eq 1 and name eq 'id' and nope eq 2", "has no field \"nope\"", 29)]
    [InlineData("id eq", "cannot be read", 5)]
    [InlineData("id eq 'x'", "\"id\" is an integer and cannot be compared with the string \"x\"", 0)]
    [InlineData("name eq 5", "\"name\" is text", 0)]
    [InlineData("paid gt true", "has no order", 0)]
    [InlineData("day eq 2026-02-28T00:00:00Z", "is a date", 0)]
    [InlineData("id gt null", "only be compared by eq and ne", 0)]
    [InlineData("id eq name", "field with a literal", 0)]
    [InlineData("1 eq 1", "has no field", null)]
    [InlineData("id add 1 eq 2", "\"add\" is not supported", null)]
    [InlineData("name eq 'x", "unterminated", 10)]
    [InlineData("(id eq 1", "expected", 8)]
    [InlineData("id eq 1)", "cannot be read", 7)]
    [InlineData("id eq 1 foo", "cannot be read", 8)]
    [InlineData("id eq 1 2", "cannot be read", 8)]
    [InlineData("not id eq 1", "binds more tightly", 0)]
    [InlineData("substring(name,1) eq 'x'", "\"substring\" is not supported", 0)]
    [InlineData("contains(id,'x')", "takes text, and \"id\" is an integer", 0)]
    [InlineData("contains(name,5)", "takes a field and a string", 0)]
    [InlineData("contains(name)", "takes a field and a string", 0)]
    [InlineData("contains('x',name)", "takes a field and a string", 0)]
    [InlineData("contains(name,'x') eq true", "is a condition by itself", 0)]
    [InlineData("year(name) eq 1", "does not take \"name\", which is text", 0)]
    [InlineData("weight eq NaN", "cannot be compared", 0)]
    [InlineData("weight eq -INF", "cannot be compared", 0)]
    [InlineData("weight eq 1e999", "cannot be compared", 0)]
    [InlineData("id in ()", "\"\" is none", null)]
    [InlineData("id in (1,)", "\"\" is none", null)]
    [InlineData("id in (1,name)", "\"name\" is none", null)]
    [InlineData("id in 5", "list of literals", null)]
    [InlineData("id in [1]", "cannot stand there", 6)]
    [InlineData("name eq \"x\"", "strings are in single quotes", 8)]
    [InlineData("orders/any(o: o/id eq 1)", "", null)]
    [InlineData("$it eq 1", "", null)]
    [InlineData("name", "is no condition", null)]
    [InlineData("'name'", "no condition", null)]
    [InlineData("id eq 1; drop table x", "cannot stand there", 7)]
    [InlineData("extra eq true", "without a type", 0)]
    [InlineData("photo eq binary'AAAA'", "is binary", 0)]
    [InlineData("ID EQ 1", "write \"eq\" for \"EQ\"", 3)]
    [InlineData("name = 'x'", "write \"eq\" for \"=\"", 5)]
    [InlineData("id<>5", "write \"ne\" for \"<>\"", 2)]
    [InlineData("id >= 5", "write \"ge\" for \">=\"", 3)]
    [InlineData("id lt 5 && name eq 'a'", "write \"and\" for \"&&\"", 8)]
    [InlineData("name is null", "write \"eq\" for \"is\"", 5)]
    [InlineData("id between 1 and 5", "write \"ge 1 and field le 2\" for \"between\"", 3)]
    [InlineData("name LIKE 'x%'", "write \"contains(field,'part')\" for \"LIKE\"", 5)]
    [InlineData("name eq pending", "\"pending\", which is none; a string is 'pending'", 0)]
    [InlineData("name eq x.y", "field with a literal", 0)]
    public void Parse_Unsupported_IsRefusedWithItsTextAndPlace(string filter, string detail, int? at)
    {
        var problem = Assert.Throws<ProblemException>(() => QueryParser.ParseFilter(Shop.Orders, filter));
        Assert.Equal(ProblemCodes.InvalidQuery, problem.Code);
        Assert.Contains(detail, problem.Message, StringComparison.Ordinal);
        if (at is not null)
            Assert.Equal(at, problem.At);
    }

    [Fact]
    public void Parse_PlaceAfterReplacedNames_IsThatOfTheClientsText()
    {
        var problem = Assert.Throws<ProblemException>(() => QueryParser.ParseFilter(Shop.Odd, "not eq 5 and in eq 2 and nope eq 3"));
        Assert.Equal(25, problem.At);
        problem = Assert.Throws<ProblemException>(() => QueryParser.ParseFilter(Shop.Odd, "not eq 5 and in eq 2 and ~"));
        Assert.Equal(25, problem.At);
    }

    [Fact]
    public void Parse_OverALimit_IsRefused()
    {
        Refused("at most 8192", new string('a', 9000));
        Refused("nested", new string('(', 4000) + "id eq 1" + new string(')', 4000));
        Refused("nested", string.Concat(Enumerable.Repeat("not ", 2000)) + "paid");
        Refused("at most 100 comparisons", string.Join(" or ", Enumerable.Repeat("id eq 1", 101)));
        Refused("at most 100 comparisons", string.Join(" or ", Enumerable.Repeat("paid", 1000)));
        Refused("at most 500 values", $"id in ({string.Join(',', Enumerable.Range(0, 501))})");
        QueryParser.ParseFilter(Shop.Orders, string.Join(" or ", Enumerable.Repeat("id eq 1", 100)));
        QueryParser.ParseFilter(Shop.Orders, $"id in ({string.Join(',', Enumerable.Range(0, 500))})");
        QueryParser.ParseFilter(Shop.Orders, new string('(', 30) + "id eq 1" + new string(')', 30));

        static void Refused(string detail, string filter) =>
            Assert.Contains(detail, Assert.Throws<ProblemException>(() => QueryParser.ParseFilter(Shop.Orders, filter)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("id eq 5", "1", false)]
    [InlineData("id eq 5", "5", true)]
    [InlineData("id eq 5", "null", false)]
    [InlineData("id eq 5", "misfit", false)]
    [InlineData("id ne 5", "1", true)]
    [InlineData("id ne 5", "null", true)]
    [InlineData("id ne 5", "misfit", false)]
    [InlineData("not (id eq 5)", "misfit", true)]
    [InlineData("not (id gt 5)", "null", true)]
    [InlineData("id gt 0", "null", false)]
    [InlineData("id eq null", "null", true)]
    [InlineData("id eq null", "misfit", false)]
    [InlineData("id ne null", "misfit", true)]
    [InlineData("id in (1,null)", "null", true)]
    [InlineData("id in (1,2)", "null", false)]
    [InlineData("not (id in (1,2))", "null", true)]
    [InlineData("id gt 0.5", "1", true)]
    [InlineData("id eq 1.5", "1", false)]
    public void Matches_FollowsTwoValuedLogic(string filter, string value, bool expected)
    {
        var values = new FieldValue[Shop.Orders.Columns.Count];
        values[0] = value switch
        {
            "null" => FieldValue.Null,
            "misfit" => FieldValue.Of("x").AsMisfit(),
            _ => FieldValue.Of(long.Parse(value, System.Globalization.CultureInfo.InvariantCulture)),
        };
        Assert.Equal(expected, QueryParser.ParseFilter(Shop.Orders, filter).Matches(values));
    }
}
