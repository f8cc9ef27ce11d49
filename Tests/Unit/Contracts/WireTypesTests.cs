using System.Text.Json;
using RealtimeApi.Client;
using RealtimeApi.Contracts;
using Xunit;

namespace RealtimeApi.Tests.Unit.Contracts;

public sealed class WireTypesTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("""{"type":null,"title":null}""")]
    public void Problem_WithoutFields_HasTheirDefaults(string json)
    {
        var problem = JsonSerializer.Deserialize(json, ClientJsonContext.Default.ProblemDetails)!;

        Assert.Equal(new ProblemDetails(), problem);
        Assert.Equal(("about:blank", "about:blank", ""), (problem.Type, problem.Code, problem.Title));
    }

    [Fact]
    public void ServiceDocument_WithoutFields_IsEmpty()
    {
        var document = JsonSerializer.Deserialize("""{"resources":[{}]}""", ClientJsonContext.Default.ServiceDocument)!;

        Assert.Equal("", document.Hub);
        Assert.Empty(Assert.Single(document.Resources).Key);
        Assert.Empty(JsonSerializer.Deserialize("{}", ClientJsonContext.Default.ServiceDocument)!.Resources);
    }

    [Fact]
    public void Request_SendsOnlyWhatIsSet()
    {
        Assert.Equal("""{"resource":"orders","since":"c"}""", JsonSerializer.Serialize(new() { Resource = "orders", Since = "c" }, ClientJsonContext.Default.WatchRequest));
        Assert.Equal("""{"resource":"orders","key":"1","initial":true}""", JsonSerializer.Serialize(new() { Resource = "orders", Key = "1", Initial = true }, ClientJsonContext.Default.WatchRequest));
    }

    [Fact]
    public void Problem_Code_IsTheLastPartOfItsType()
    {
        Assert.Equal(ProblemCodes.CursorExpired, new ProblemDetails { Type = "/problems/cursor-expired" }.Code);
    }
}
