using Microsoft.AspNetCore.SignalR;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Hubs;

namespace RealtimeApi.Tests.Unit.Hubs;

/// <summary>What the hub's dispatcher tells a protocol about the methods' arguments.</summary>
internal sealed class HubBinder : IInvocationBinder
{
    public IReadOnlyList<Type> GetParameterTypes(string methodName) => methodName switch
    {
        "Subscribe" => [typeof(string), typeof(WatchRequest)],
        "Unsubscribe" => [typeof(string)],
        "Message" => [typeof(MessageBody)],
        "Changes" or "Ended" => [typeof(string), typeof(object)],
        _ => throw new HubException("Method does not exist."),
    };

    public Type GetReturnType(string invocationId) => typeof(object);

    public Type GetStreamItemType(string streamId) => typeof(object);
}
