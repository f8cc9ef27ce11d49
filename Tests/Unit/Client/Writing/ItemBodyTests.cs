using System.Text.Json.Nodes;
using RealtimeApi.Client;
using Xunit;

namespace RealtimeApi.Tests.Unit.Client.Writing;

public sealed class ItemBodyTests
{
    [Theory]
    [InlineData("""{"a":1,"b":"x","c":null}""", """{"a":1,"b":"x","c":null}""", "{}")]
    [InlineData("""{"a":1,"b":"x"}""", """{"a":2,"b":"x"}""", """{"a":2}""")]
    [InlineData("""{"a":1}""", """{"a":null}""", """{"a":null}""")]
    [InlineData("""{"a":1,"b":2}""", """{"a":1}""", """{"b":null}""")]
    [InlineData("""{"a":1}""", """{"a":1,"b":2}""", """{"b":2}""")]
    [InlineData("""{"a":"1"}""", """{"a":1}""", """{"a":1}""")]
    public void Difference_IsTheFieldsThatDiffer(string before, string after, string expected) =>
        Assert.Equal(expected, ItemBody.Difference(Parse(before), Parse(after)).ToJsonString());

    [Theory]
    [InlineData("""{"id":0,"a":1}""", new[] { "id" }, """{"a":1}""")]
    [InlineData("""{"id":null,"a":1}""", new[] { "id" }, """{"a":1}""")]
    [InlineData("""{"id":"00000000-0000-0000-0000-000000000000"}""", new[] { "id" }, "{}")]
    [InlineData("""{"id":7,"a":0}""", new[] { "id" }, """{"id":7,"a":0}""")]
    [InlineData("""{"id":"0"}""", new[] { "id" }, """{"id":"0"}""")]
    [InlineData("""{"id":""}""", new[] { "id" }, """{"id":""}""")]
    [InlineData("""{"order":0,"line":null}""", new[] { "order", "line" }, """{"order":0}""")]
    [InlineData("""{"a":1}""", new[] { "id" }, """{"a":1}""")]
    public void Key_ThatIsNotSet_IsLeftOut(string item, string[] key, string expected) =>
        Assert.Equal(expected, ItemBody.WithoutUnsetKey(Parse(item), key).ToJsonString());

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();
}
