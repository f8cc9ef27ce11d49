using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using MessagePack.Resolvers;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Options;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;

namespace RealtimeApi.Server.Hubs;

/// <summary>A stock hub protocol whose refused calls read <c>&lt;code&gt;: &lt;detail&gt;</c> and nothing else. For this hub's connections only.</summary>
/// <remarks>PROTOCOL, section Errors. SignalR itself answers arguments that it cannot bind with a sentence that names no cause.</remarks>
internal sealed class ResourceHubProtocol(IHubProtocol inner) : IHubProtocol
{
    private const string HubExceptionPrefix = nameof(HubException) + ": ";

    /// <summary>The form in which this hub uses a protocol of SignalR: that of the same name with options of its own.</summary>
    /// <remarks>Those of the host are for its own hubs: they may write nothing that is null, know no types but its own, or be shared and not to be changed any more.</remarks>
    public static ResourceHubProtocol Of(IHubProtocol registered) => registered.Name switch
    {
        "json" => new(new JsonHubProtocol(Options.Create(JsonOptions()))),
        FrameComposer.MessagePackProtocol => new(new MessagePackHubProtocol(Options.Create(MessagePackOptions()))),
        _ => new(registered),
    };

    /// <summary>What this hub's <c>messagepack</c> reads and writes with.</summary>
    public static MessagePackHubProtocolOptions MessagePackOptions()
    {
        var options = new MessagePackHubProtocolOptions();
        options.SerializerOptions = options.SerializerOptions.WithResolver(CompositeResolver.Create(ContractFormatters.All, [options.SerializerOptions.Resolver]));
        return options;
    }

    public string Name => inner.Name;

    public int Version => inner.Version;

    public TransferFormat TransferFormat => inner.TransferFormat;

    public bool IsVersionSupported(int version) => inner.IsVersionSupported(version);

    public bool TryParseMessage(ref ReadOnlySequence<byte> input, IInvocationBinder binder, [NotNullWhen(true)] out HubMessage? message)
    {
        if (!inner.TryParseMessage(ref input, binder, out message))
            return false;
        if (message is InvocationBindingFailureMessage failure)
        {
            var refusal = new HubException(Explain(failure).ToString(), failure.BindingFailure.SourceException);
            message = new InvocationBindingFailureMessage(failure.InvocationId, failure.Target, ExceptionDispatchInfo.Capture(refusal));
        }
        return true;
    }

    public void WriteMessage(HubMessage message, IBufferWriter<byte> output) => inner.WriteMessage(Reword(message), output);

    public ReadOnlyMemory<byte> GetMessageBytes(HubMessage message) => inner.GetMessageBytes(Reword(message));

    private static JsonHubProtocolOptions JsonOptions()
    {
        var options = new JsonHubProtocolOptions();
        options.PayloadSerializerOptions.Converters.Add(new WatchRequestJsonConverter());
        options.PayloadSerializerOptions.Converters.Add(new MessageBody.JsonConverter());
        return options;
    }

    private static HubMessage Reword(HubMessage message)
    {
        if (message is not CompletionMessage { InvocationId: { } id } completion)
            return message;
        if (completion.Result is Refusal refusal)
            return CompletionMessage.WithError(id, refusal.ToString());
        var at = completion.Error?.IndexOf(HubExceptionPrefix, StringComparison.Ordinal) ?? -1;
        return at < 0 ? message : CompletionMessage.WithError(id, completion.Error![(at + HubExceptionPrefix.Length)..]);
    }

    private static Refusal Explain(InvocationBindingFailureMessage failure)
    {
        for (var cause = failure.BindingFailure.SourceException; cause is not null; cause = cause.InnerException)
        {
            if (cause is ProblemException problem)
                return new(problem.Code, problem.Message);
        }
        if (Is(nameof(ResourceHub.Subscribe)))
            return new(ProblemCodes.InvalidQuery, "Subscribe takes two arguments: the watch's id, a string, and the request, an object.");
        if (Is(nameof(ResourceHub.Unsubscribe)))
            return new(ProblemCodes.InvalidQuery, "Unsubscribe takes one argument: the watch's id, a string.");
        if (Is(nameof(ResourceHub.Send)))
            return new(ProblemCodes.InvalidBody, "Send takes three arguments: the resource, a string; the key, a string or null; and the message, any JSON value.");
        if (Is(nameof(ResourceHub.Presence)))
            return new(ProblemCodes.InvalidQuery, "Presence takes two arguments: the resource and the key, both strings.");
        return new(ProblemCodes.NotFound, "The hub has no such method; it has Subscribe, Unsubscribe, Send and Presence.");

        bool Is(string method) => string.Equals(failure.Target, method, StringComparison.OrdinalIgnoreCase);
    }
}
