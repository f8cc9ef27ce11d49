using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using MessagePack;
using RealtimeApi.Server.Watching;
using Xunit;

namespace RealtimeApi.Tests.Unit.Watching;

public sealed class MessagePackTranscoderTests
{
    private static readonly Gen<JsonNode?> Values = Gen.Recursive<JsonNode?>((depth, inner) => Gen.OneOf<JsonNode?>(
        Gen.Long.Select(n => (JsonNode?)JsonValue.Create(n)),
        Gen.Double.Where(double.IsFinite).Select(n => (JsonNode?)JsonValue.Create(n)),
        Gen.String.Select(s => (JsonNode?)JsonValue.Create(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(s)))),
        Gen.Bool.Select(b => (JsonNode?)JsonValue.Create(b)),
        Gen.Const((JsonNode?)null),
        depth > 3 ? Gen.Const((JsonNode?)null) : inner.Array[0, 4].Select(items => (JsonNode?)new JsonArray([.. items.Select(i => i?.DeepClone())])),
        depth > 3
            ? Gen.Const((JsonNode?)null)
            : Gen.Select(Gen.String[Gen.Char.AlphaNumeric, 1, 8], inner).Array[0, 4].Select(fields =>
                (JsonNode?)new JsonObject(fields.DistinctBy(f => f.Item1).Select(f => KeyValuePair.Create(f.Item1, f.Item2?.DeepClone()))))));

    [Fact]
    public void FromJson_OfAnyValue_HoldsTheSame() =>
        Values.Sample(value =>
        {
            var json = value?.ToJsonString() ?? "null";
            var back = MessagePackSerializer.ConvertToJson(MessagePackTranscoder.FromJson(Encoding.UTF8.GetBytes(json)), cancellationToken: TestContext.Current.CancellationToken);
            return JsonNode.DeepEquals(JsonNode.Parse(back), JsonNode.Parse(json));
        });

    [Theory]
    [InlineData("1", MessagePackType.Integer)]
    [InlineData("-9007199254740993", MessagePackType.Integer)]
    [InlineData("18446744073709551615", MessagePackType.Integer)]
    [InlineData("1.0", MessagePackType.Float)]
    [InlineData("1e3", MessagePackType.Float)]
    [InlineData("1.5", MessagePackType.Float)]
    [InlineData("\"1\"", MessagePackType.String)]
    [InlineData("true", MessagePackType.Boolean)]
    [InlineData("null", MessagePackType.Nil)]
    [InlineData("{}", MessagePackType.Map)]
    [InlineData("[]", MessagePackType.Array)]
    public void FromJson_OfOneValue_HasItsType(string json, MessagePackType expected) =>
        Assert.Equal(expected, new MessagePackReader(MessagePackTranscoder.FromJson(Encoding.UTF8.GetBytes(json))).NextMessagePackType);
}
