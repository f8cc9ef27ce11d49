using System.Buffers;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Logging;

namespace RealtimeApi.Server.Hubs;

/// <summary>A connection without a client, by which a node hears what SignalR's backplane has for it.</summary>
internal sealed class NodeEar : HubConnectionContext
{
    private static readonly JsonHubProtocol Json = new();

    private readonly Action<string, string> receive;

    /// <param name="receive">Told the topic and the text of each message, on any thread; must not block.</param>
    /// <param name="loggerFactory">Of the host.</param>
    public NodeEar(Action<string, string> receive, ILoggerFactory loggerFactory)
        : base(
            new DefaultConnectionContext($"node-{Guid.NewGuid():N}"),
            new HubConnectionContextOptions { KeepAliveInterval = Timeout.InfiniteTimeSpan, ClientTimeoutInterval = Timeout.InfiniteTimeSpan },
            loggerFactory)
    {
        this.receive = receive;
        Protocol = Json;
    }

    public override ValueTask WriteAsync(HubMessage message, CancellationToken cancellationToken = default)
    {
        if (message is InvocationMessage { Target: NodeBus.Method, Arguments: [string topic, string text] })
            receive(topic, text);
        return default;
    }

    public override ValueTask WriteAsync(SerializedHubMessage message, CancellationToken cancellationToken = default)
    {
        // From another node it comes as bytes of each protocol, from this one as itself.
        var bytes = new ReadOnlySequence<byte>(message.GetSerializedMessage(Json));
        return Json.TryParseMessage(ref bytes, Binder.Instance, out var parsed) ? WriteAsync(parsed, cancellationToken) : default;
    }

    private sealed class Binder : IInvocationBinder
    {
        public static readonly Binder Instance = new();

        private static readonly Type[] Texts = [typeof(string), typeof(string)];

        public IReadOnlyList<Type> GetParameterTypes(string methodName) => methodName == NodeBus.Method ? Texts : [];

        public Type GetReturnType(string invocationId) => typeof(object);

        public Type GetStreamItemType(string streamId) => typeof(object);
    }
}
