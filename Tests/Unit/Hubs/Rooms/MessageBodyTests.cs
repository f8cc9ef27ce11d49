using System.Buffers;
using System.Text;
using MessagePack;
using Microsoft.AspNetCore.SignalR.Protocol;
using RealtimeApi.Server.Hubs;
using Xunit;

namespace RealtimeApi.Tests.Unit.Hubs.Rooms;

/// <summary>What <c>Send</c> takes and refuses in either hub protocol, read by the hub's own protocols.</summary>
public sealed class MessageBodyTests
{
    public static TheoryData<string, string> Values => new()
    {
        { "null", "null" },
        { " { \"a\" : [ 1 , 2.5 , true , null , \"x\" ] } ", """{"a":[1,2.5,true,null,"x"]}""" },
        { "18446744073709551615", "18446744073709551615" },
        { "-9223372036854775808", "-9223372036854775808" },
        { "\"\"", "\"\"" },
    };

    [Theory, MemberData(nameof(Values))]
    public void Read_AnyValue_KeepsItWithoutWhiteSpace(string json, string expected)
    {
        foreach (var protocol in (string[])["json", "messagepack"])
            Assert.Equal(expected, Encoding.UTF8.GetString(Read(protocol, json).Json.Span));
    }

    [Theory, InlineData("json"), InlineData("messagepack")]
    public void Write_WhatWasRead_IsTheSame(string protocol)
    {
        const string json = """{"text":"<é\u2028>","n":[1,1.5,-3,18446744073709551615],"nothing":null,"deep":{"er":[[]]}}""";
        var bytes = HubProtocols.Product(protocol).GetMessageBytes(new InvocationMessage("Message", [Read(protocol, json)]));

        Assert.Equal(Encoding.UTF8.GetString(Read("json", json).Json.Span), Encoding.UTF8.GetString(Read(protocol, bytes).Json.Span));
    }

    [Fact]
    public void Read_MessagePackThatJsonCannotHold_IsRefused()
    {
        Refused(writer: static (ref MessagePackWriter w) => w.Write(new byte[] { 1 }));
        Refused(writer: static (ref MessagePackWriter w) => w.Write(DateTime.UnixEpoch));
        Refused(writer: static (ref MessagePackWriter w) => w.Write(double.NaN));
        Refused(writer: static (ref MessagePackWriter w) =>
        {
            w.WriteMapHeader(1);
            w.Write(1);
            w.Write(2);
        });
        Refused(writer: static (ref MessagePackWriter w) =>
        {
            for (var i = 0; i < 10_000; i++)
                w.WriteArrayHeader(1);
            w.WriteNil();
        });
    }

    private delegate void Writes(ref MessagePackWriter writer);

    private static void Refused(Writes writer)
    {
        var message = HubProtocols.Product("messagepack").Parse(Call(writer));
        var failure = Assert.IsType<InvocationBindingFailureMessage>(message);
        Assert.StartsWith("invalid-body: The", failure.BindingFailure.SourceException.Message, StringComparison.Ordinal);
    }

    private static MessageBody Read(string protocol, string json) => Read(protocol, protocol == "json"
        ? Encoding.UTF8.GetBytes($"{{\"type\":1,\"target\":\"Message\",\"arguments\":[{json}]}}\u001e")
        : Call((ref MessagePackWriter writer) => writer.WriteRaw(MessagePackSerializer.ConvertFromJson(json))));

    private static MessageBody Read(string protocol, ReadOnlyMemory<byte> call)
    {
        var message = HubProtocols.Product(protocol).Parse(call);
        return Assert.IsType<MessageBody>(Assert.Single(Assert.IsType<InvocationMessage>(message).Arguments));
    }

    private static byte[] Call(Writes writes)
    {
        var body = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(body);
        writer.WriteArrayHeader(6);
        writer.Write(HubProtocolConstants.InvocationMessageType);
        writer.WriteMapHeader(0);
        writer.WriteNil();
        writer.Write("Message");
        writer.WriteArrayHeader(1);
        writes(ref writer);
        writer.WriteArrayHeader(0);
        writer.Flush();
        var prefix = new List<byte>();
        var length = body.WrittenCount;
        for (; length > 0x7F; length >>= 7)
            prefix.Add((byte)(length | 0x80));
        return [.. prefix, (byte)length, .. body.WrittenSpan];
    }
}
