using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Writing;
using Xunit;

namespace RealtimeApi.Tests.Unit.Writing;

public sealed class WriteConditionsTests
{
    private const string Tag = "\"now\"";

    [Theory]
    [InlineData(null, null, Tag)]
    [InlineData(null, null, null)]
    [InlineData(Tag, null, Tag)]
    [InlineData("\"old\", \"now\"", null, Tag)]
    [InlineData("*", null, Tag)]
    [InlineData(null, "*", null)]
    [InlineData(null, "\"old\"", Tag)]
    [InlineData(null, Tag, null)]
    public void Require_WhereTheyHold_Passes(string? ifMatch, string? ifNoneMatch, string? tag) => new WriteConditions(ifMatch, ifNoneMatch).Require(tag);

    [Theory]
    [InlineData("\"old\"", null, Tag)]
    [InlineData("W/\"now\"", null, Tag)]
    [InlineData("now", null, Tag)]
    [InlineData("*", null, null)]
    [InlineData(Tag, null, null)]
    [InlineData(null, "*", Tag)]
    [InlineData(null, Tag, Tag)]
    [InlineData(null, "W/\"now\"", Tag)]
    [InlineData(Tag, Tag, Tag)]
    public void Require_WhereOneDoesNotHold_IsRefused(string? ifMatch, string? ifNoneMatch, string? tag)
    {
        var problem = Assert.Throws<ProblemException>(() => new WriteConditions(ifMatch, ifNoneMatch).Require(tag));
        Assert.Equal(ProblemCodes.PreconditionFailed, problem.Code);
    }
}
