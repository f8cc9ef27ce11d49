using CsCheck;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Queries;
using Xunit;

namespace RealtimeApi.Tests.Unit.Queries;

/// <summary>Whatever a client sends, the answer is a query or a <see cref="ProblemException"/>.</summary>
public sealed class QueryParserFuzzTests
{
    private static readonly string[] Pieces =
    [
        "id", "name", "total", "weight", "paid", "token", "photo", "day", "hour", "orderDate", "extra", "not", "in", "and", "or", "eq", "ne", "gt", "has", "add", "null", "true",
        "2nd", "2024", "contains", "tolower", "length", "year", "any", "all", "cast", "$it", "$count", "(", ")", "((", "))", ",", "'", "''", "'x'", "-", "- 5", "1", "1.5", "1e400", "5L",
        "0x1F", "1.", ".5", "1e", "INF", "-INF", "NaN", "2026-02-30", "2026-02-28", "0001-01-01", "9999-12-31T23:59:59.9999999-14:00", "2026-02-28T11:06:26Z", "11:06:26", "25:00",
        "duration'P1D'", "binary'AA'", "geography'POINT(1 2)'", "Ns.Type'x'", "null'x'", "00000000-0000-0000-0000-000000000000", "@p", "@odata.x", "/", ":", ".", "*", "?", "=", "&", "%",
        "[", "]", "{", "}", "\"", "\\", ";", " ", "  ", "\t", "\n", "\0", "ß", "日本", "\ud83d\ude00", "\ud800", "²", "Ⅷ", "\u0301", "\u200b", "٣",
    ];

    [Fact]
    public void ParseList_AnyText_IsAQueryOrAProblem()
    {
        var piece = Gen.OneOf(Gen.OneOf(Pieces), Gen.OneOf(Pieces), Gen.String[0, 6]);
        var text = Gen.Select(piece.Array[0, 14], Gen.Bool).Select(t => string.Join(t.Item2 ? " " : "", t.Item1));
        Gen.Select(Gen.OneOf("$filter", "$filter", "$filter", "$orderby", "$select", "$top", "$count", "$skiptoken"), text, Gen.Bool).Sample(
            (option, value, odd) =>
            {
                try
                {
                    var (query, _) = QueryParser.ParseList(odd ? Shop.Odd : Shop.Orders, [new(option, value)]);
                    if (query.Filter is { } filter)
                        Assert.Equal(filter, QueryParser.ParseFilter(query.Resource, filter.ToString()));
                }
                catch (ProblemException problem)
                {
                    Assert.Equal(ProblemCodes.InvalidQuery, problem.Code);
                    Assert.True(problem.Message.Length < 400, problem.Message);
                    Assert.InRange(problem.At ?? 0, 0, value.Length);
                }
            },
            iter: Iterations.Of(4_000));
    }
}
