using System.Text;
using System.Text.Json;
using MessagePack;
using MessagePack.Resolvers;
using Microsoft.AspNetCore.SignalR.Protocol;
using RealtimeApi.Server.Hubs;
using Xunit;

namespace RealtimeApi.Tests.Unit.Hubs;

public sealed class FrameComposerTests
{
    private static readonly Dictionary<string, object?> Batch = new() { ["from"] = "a", ["cursor"] = null, ["changes"] = new object[] { 1, "é\u001e😀" } };

    /// <summary>Ids of every MessagePack string form, and characters that JSON escapes.</summary>
    public static TheoryData<string> Ids =>
        ["1", "a\"\\\u001e\u0000", "é😀</script>", new string('x', 31), new string('x', 32), string.Concat(Enumerable.Repeat("😀", 32))];

    [Theory, MemberData(nameof(Ids))]
    public void Json_AnyId_ReadsAsTheStockProtocolsMessage(string id)
    {
        var frame = FrameComposer.Json(id, JsonSerializer.SerializeToUtf8Bytes(Batch));

        var invocation = Assert.IsType<InvocationMessage>(HubProtocols.Stock("json").Parse(frame));

        Assert.Null(invocation.InvocationId);
        Assert.Equal("Changes", invocation.Target);
        Assert.Equal(id, invocation.Arguments[0]);
        Assert.Equal(JsonSerializer.Serialize(Batch), JsonSerializer.Serialize(invocation.Arguments[1]));
    }

    [Fact]
    public void Json_PlainId_IsTheStockProtocolsBytes()
    {
        var element = JsonSerializer.SerializeToElement(new { from = "a", changes = new[] { 1 } });

        var frame = FrameComposer.Json("w-1", Encoding.UTF8.GetBytes(element.GetRawText()));

        Assert.Equal(HubProtocols.Stock("json").GetMessageBytes(new InvocationMessage("Changes", ["w-1", element])).ToArray(), frame);
    }

    [Theory, MemberData(nameof(Ids))]
    public void MessagePack_AnyId_IsTheStockProtocolsBytes(string id)
    {
        var frame = FrameComposer.MessagePack(id, MessagePackSerializer.Serialize(Batch, ContractlessStandardResolver.Options, TestContext.Current.CancellationToken));

        Assert.Equal(HubProtocols.Stock("messagepack").GetMessageBytes(new InvocationMessage("Changes", [id, Batch])).ToArray(), frame);
    }

    [Theory, InlineData(0), InlineData(100), InlineData(105), InlineData(110), InlineData(16_300), InlineData(16_384), InlineData(3_000_000)]
    public void MessagePack_AnyLength_IsTheStockProtocolsBytes(int length)
    {
        var batch = new Dictionary<string, object?> { ["from"] = new string('x', length) };

        var frame = FrameComposer.MessagePack("1", MessagePackSerializer.Serialize(batch, ContractlessStandardResolver.Options, TestContext.Current.CancellationToken));

        Assert.Equal(HubProtocols.Stock("messagepack").GetMessageBytes(new InvocationMessage("Changes", ["1", batch])).ToArray(), frame);
    }
}
