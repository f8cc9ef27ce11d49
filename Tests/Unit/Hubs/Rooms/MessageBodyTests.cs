using System.Buffers;
using System.Text;
using MessagePack;
using Microsoft.AspNetCore.SignalR;
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

    /// <summary>A client that cannot read a message loses its connection, so that one message could turn everybody else out.</summary>
    [Theory, InlineData("json"), InlineData("messagepack")]
    public void Read_AsDeepAsItMayBe_CanBeReadByClientsOfEitherProtocol(string protocol)
    {
        var deepest = Enumerable.Range(1, 100).Last(depth => TryReadNested(protocol, depth) is not null);
        var body = TryReadNested(protocol, deepest)!;

        foreach (var receiver in (string[])["json", "messagepack"])
        {
            var bytes = HubProtocols.Product(receiver).GetMessageBytes(new InvocationMessage("Message", ["boards", "1", "from", body]));
            Assert.IsType<InvocationMessage>(HubProtocols.Stock(receiver).Parse(bytes, new Listener()));
        }

        Assert.Equal(62, deepest);
    }

    [Theory, InlineData("json"), InlineData("messagepack")]
    public void Read_TextOfAnyAlphabet_HasTheBytesThatAClientCounts(string protocol)
    {
        const string json = """{"text":"<b>Grüße, 漢字 & 'more'</b> + \"quotes\""}""";

        Assert.Equal(json, Encoding.UTF8.GetString(Read(protocol, json).Json.Span));
    }

    private delegate void Writes(ref MessagePackWriter writer);

    private static void Refused(Writes writer)
    {
        var message = HubProtocols.Product("messagepack").Parse(Call(writer));
        var failure = Assert.IsType<InvocationBindingFailureMessage>(message);
        Assert.StartsWith("invalid-body: The", failure.BindingFailure.SourceException.Message, StringComparison.Ordinal);
    }

    private static MessageBody Read(string protocol, string json) => Read(protocol, CallWith(protocol, json));

    /// <summary>What is read of arrays within arrays, so many; null where they are refused.</summary>
    private static MessageBody? TryReadNested(string protocol, int depth)
    {
        var call = CallWith(protocol, new string('[', depth) + new string(']', depth));
        try
        {
            return (HubProtocols.Product(protocol).Parse(call) as InvocationMessage)?.Arguments[0] as MessageBody;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static byte[] CallWith(string protocol, string json) => protocol == "json"
        ? Encoding.UTF8.GetBytes($"{{\"type\":1,\"target\":\"Message\",\"arguments\":[{json}]}}\u001e")
        : Call((ref MessagePackWriter writer) => writer.WriteRaw(MessagePackSerializer.ConvertFromJson(json)));

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

    /// <summary>A client of the .NET client library for SignalR that takes any message.</summary>
    private sealed class Listener : IInvocationBinder
    {
        public IReadOnlyList<Type> GetParameterTypes(string methodName) => [typeof(string), typeof(string), typeof(string), typeof(object)];

        public Type GetReturnType(string invocationId) => typeof(object);

        public Type GetStreamItemType(string streamId) => typeof(object);
    }
}
