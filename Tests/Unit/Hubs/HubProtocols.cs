using System.Buffers;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Hubs;
using Xunit;

namespace RealtimeApi.Tests.Unit.Hubs;

/// <summary>The hub protocols as the product configures them, and as SignalR makes them.</summary>
internal static class HubProtocols
{
    public static TheoryData<string> Names => ["json", "messagepack"];

    /// <summary>What SignalR's own clients use.</summary>
    public static IHubProtocol Stock(string name) => name == "json" ? new JsonHubProtocol() : new MessagePackHubProtocol();

    /// <summary>What the hub's connections use.</summary>
    public static IHubProtocol Product(string name)
    {
        var services = new ServiceCollection().AddLogging();
        services.AddRealtimeApi();
        using var provider = services.BuildServiceProvider();
        return ResourceHubProtocol.Of(provider.GetRequiredService<IHubProtocolResolver>().GetProtocol(name, null)!);
    }

    public static HubMessage Parse(this IHubProtocol protocol, ReadOnlyMemory<byte> bytes, IInvocationBinder? binder = null)
    {
        var input = new ReadOnlySequence<byte>(bytes);
        Assert.True(protocol.TryParseMessage(ref input, binder ?? new HubBinder(), out var message));
        Assert.True(input.IsEmpty);
        return message;
    }
}
