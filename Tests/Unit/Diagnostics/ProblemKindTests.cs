using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;
using Xunit;

namespace RealtimeApi.Tests.Unit.Diagnostics;

public sealed class ProblemKindTests
{
    public static TheoryData<string> Codes() => [.. typeof(ProblemCodes).GetFields().Select(field => (string)field.GetRawConstantValue()!)];

    [Theory, MemberData(nameof(Codes))]
    public void Kind_OfEveryCode_IsDescribed(string code)
    {
        var problem = new ProblemException(code, "what is wrong").ToProblemDetails();
        Assert.Equal("/problems/" + code, problem.Type);
        Assert.Equal(code, problem.Code);
        Assert.InRange(problem.Status, 400, 503);
        Assert.NotEmpty(problem.Title);
        Assert.Equal("what is wrong", problem.Detail);
        Assert.NotEmpty(ProblemKind.Of(code).Remedy);
    }

    [Fact]
    public void Kind_OfAnUnknownCode_IsNone()
    {
        Assert.Null(ProblemKind.Find("nonsense"));
        Assert.Throws<ArgumentOutOfRangeException>(() => ProblemKind.Of("nonsense"));
    }
}
