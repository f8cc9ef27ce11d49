using RealtimeApi.Server.Queries;
using Xunit;

namespace RealtimeApi.Tests.Unit.Queries;

public sealed class FilterCostTests
{
    [Theory]
    [InlineData("total gt 1", 1)]
    [InlineData("paid", 1)]
    [InlineData("name eq null", 1)]
    [InlineData("not (total gt 1 or weight lt 2)", 2)]
    [InlineData("id eq 1 and (total gt 1 or contains(name,'x'))", 6)]
    [InlineData("startswith(name,'x')", 1)]
    [InlineData("contains(tolower(name),'x')", 14)]
    [InlineData("length(name) gt 3", 11)]
    [InlineData("year(orderDate) eq 2026", 3)]
    [InlineData("id in (1,2,3,4)", 4)]
    public void Cost_OfAFilter_CountsWhatMayHaveToBeCompared(string filter, int cost) => Assert.Equal(cost, QueryParser.ParseFilter(Shop.Orders, filter).Cost);

    [Fact]
    public void Cost_OfTheMostContains_IsThatOfEach()
    {
        var filter = string.Join(" or ", Enumerable.Range(0, 100).Select(i => $"contains(name,'{i}')"));

        Assert.Equal(400, QueryParser.ParseFilter(Shop.Orders, filter).Cost);
    }
}
