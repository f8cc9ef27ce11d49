using System.Text.Json;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Hubs;
using Xunit;

namespace RealtimeApi.Tests.Unit.Hubs;

/// <summary>What clients send, through the stock protocol of a client and the hub's own of the server.</summary>
public sealed class WatchRequestReadingTests
{
    public static TheoryData<string> Protocols => HubProtocols.Names;

    public static TheoryData<string, string, object?[], string> BadCalls
    {
        get
        {
            var data = new TheoryData<string, string, object?[], string>();
            foreach (string protocol in HubProtocols.Names)
            {
                Add("Subscribe", [], "invalid-query: Subscribe takes two arguments: the watch's id, a string, and the request, an object.");
                Add("Subscribe", ["1"], "invalid-query: Subscribe takes two arguments: the watch's id, a string, and the request, an object.");
                Add("subscribe", ["1", new { resource = "orders" }, 3], "invalid-query: Subscribe takes two arguments: the watch's id, a string, and the request, an object.");
                Add("Subscribe", [1, new { resource = "orders" }], "invalid-query: Subscribe takes two arguments: the watch's id, a string, and the request, an object.");
                Add("Subscribe", ["1", "orders"], "invalid-query: The request must be an object, e.g. {\"resource\":\"orders\"}.");
                Add("Subscribe", ["1", new[] { "orders" }], "invalid-query: The request must be an object, e.g. {\"resource\":\"orders\"}.");
                Add("Subscribe", ["1", new { resource = "orders", fliter = "id eq 1" }], "invalid-query: A watch request has no 'fliter'; it has resource, key, filter, select, since and initial.");
                Add("Subscribe", ["1", new { resource = "orders", key = 7 }], "invalid-query: 'key' must be a string.");
                Add("Subscribe", ["1", new { resource = "orders", filter = new { id = new[] { 1 } } }], "invalid-query: 'filter' must be a string.");
                Add("Subscribe", ["1", new { resource = "orders", select = true }], "invalid-query: 'select' must be a string.");
                Add("Subscribe", ["1", new { resource = "orders", initial = "yes" }], "invalid-query: 'initial' must be true or false.");
                Add("Unsubscribe", [], "invalid-query: Unsubscribe takes one argument: the watch's id, a string.");
                Add("Unsubscribe", [new { }], "invalid-query: Unsubscribe takes one argument: the watch's id, a string.");
                Add("Drop", ["orders"], "not-found: The hub has no such method; it has Subscribe, Unsubscribe, Send and Presence.");

                void Add(string method, object?[] arguments, string error) => data.Add(protocol, method, arguments, error);
            }
            return data;
        }
    }

    [Theory, MemberData(nameof(Protocols))]
    public void Subscribe_AllFields_AreRead(string protocol)
    {
        var sent = new { resource = "orders", key = "1,2", filter = "name eq 'é'", select = "id,name", since = "k7", initial = true };

        var request = Read(protocol, sent);

        Assert.Equal(new() { Resource = "orders", Key = "1,2", Filter = "name eq 'é'", Select = "id,name", Since = "k7", Initial = true }, request);
    }

    [Theory, MemberData(nameof(Protocols))]
    public void Subscribe_NullFields_AreLeftOut(string protocol)
    {
        var request = Read(protocol, new { resource = "orders", key = (string?)null, filter = (string?)null, since = (string?)null, initial = (bool?)null });

        Assert.Equal(new() { Resource = "orders" }, request);
    }

    [Theory, MemberData(nameof(Protocols))]
    public void Subscribe_NullRequest_IsLeftToTheHub(string protocol) => Assert.Null(Read(protocol, null));

    [Theory, MemberData(nameof(BadCalls))]
    public void Call_ThatCannotBeBound_IsRefusedWithItsCause(string protocol, string method, object?[] arguments, string error)
    {
        var product = HubProtocols.Product(protocol);

        var failure = Assert.IsType<InvocationBindingFailureMessage>(
            product.Parse(HubProtocols.Stock(protocol).GetMessageBytes(new InvocationMessage("7", method, arguments))));

        Assert.Equal("7", failure.InvocationId);
        Assert.Equal(error, Assert.IsType<HubException>(failure.BindingFailure.SourceException).Message);
    }

    [Theory, MemberData(nameof(Protocols))]
    public void Completion_OfARefusal_IsItsCodeAndDetailAlone(string protocol)
    {
        var bytes = HubProtocols.Product(protocol).GetMessageBytes(CompletionMessage.WithResult("7", new Refusal("cursor-expired", "Too old.")));

        var completion = Assert.IsType<CompletionMessage>(HubProtocols.Stock(protocol).Parse(bytes));

        Assert.Equal("cursor-expired: Too old.", completion.Error);
        Assert.False(completion.HasResult);
    }

    [Theory, MemberData(nameof(Protocols))]
    public void Completion_OfABindingFailure_LosesSignalRsSentence(string protocol)
    {
        const string error = "Failed to invoke 'Subscribe' due to an error on the server. HubException: invalid-query: 'key' must be a string.";

        var bytes = HubProtocols.Product(protocol).GetMessageBytes(CompletionMessage.WithError("7", error));

        Assert.Equal("invalid-query: 'key' must be a string.", Assert.IsType<CompletionMessage>(HubProtocols.Stock(protocol).Parse(bytes)).Error);
    }

    [Theory, InlineData("json"), InlineData("messagepack")]
    public void Completion_OfAReply_CarriesTheCursorByItsName(string protocol)
    {
        var product = HubProtocols.Product(protocol);

        foreach (var cursor in new[] { "k7", null })
        {
            var reply = product.GetMessageBytes(CompletionMessage.WithResult("7", new SubscribeReply { Cursor = cursor })).ToArray();
            var plain = HubProtocols.Stock(protocol).GetMessageBytes(CompletionMessage.WithResult("7", new Dictionary<string, string?> { ["cursor"] = cursor })).ToArray();
            Assert.Equal(plain, reply);
        }
    }

    [Theory, InlineData("json"), InlineData("messagepack")]
    public void Ended_CarriesTheProblemByItsNames(string protocol)
    {
        var problem = new ProblemDetails { Type = "/problems/cursor-expired", Title = "Expired", Status = 410, Detail = "Too old." };

        var bytes = HubProtocols.Product(protocol).GetMessageBytes(new InvocationMessage("Ended", ["1", problem]));

        var ended = Assert.IsType<InvocationMessage>(HubProtocols.Stock(protocol).Parse(bytes));
        Assert.Equal("""{"type":"/problems/cursor-expired","title":"Expired","status":410,"detail":"Too old."}""", JsonSerializer.Serialize(ended.Arguments[1]));
    }

    private static WatchRequest? Read(string protocol, object? request)
    {
        var bytes = HubProtocols.Stock(protocol).GetMessageBytes(new InvocationMessage("1", "Subscribe", ["w", request]));
        var message = HubProtocols.Product(protocol).Parse(bytes);
        return (WatchRequest?)Assert.IsType<InvocationMessage>(message).Arguments[1];
    }
}
