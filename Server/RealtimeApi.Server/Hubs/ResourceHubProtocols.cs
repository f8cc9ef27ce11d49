using System.Collections.Frozen;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace RealtimeApi.Server.Hubs;

/// <summary>The protocols of SignalR in the form in which this hub uses them: for its connections, and for what its nodes tell each other. Immutable.</summary>
/// <param name="registered">Those of the host, whose own hubs may have them otherwise.</param>
internal sealed class ResourceHubProtocols(IHubProtocolResolver registered) : IHubProtocolResolver
{
    private readonly FrozenDictionary<string, IHubProtocol> protocols = registered.AllProtocols.ToFrozenDictionary(
        static protocol => protocol.Name, static IHubProtocol (protocol) => ResourceHubProtocol.Of(protocol), StringComparer.OrdinalIgnoreCase);

    public IReadOnlyList<IHubProtocol> AllProtocols => protocols.Values;

    public IHubProtocol? GetProtocol(string protocolName, IReadOnlyList<string>? supportedProtocols) =>
        supportedProtocols?.Contains(protocolName, StringComparer.OrdinalIgnoreCase) == false ? null : protocols.GetValueOrDefault(protocolName);

    /// <summary>This hub's form of a protocol of the host.</summary>
    public IHubProtocol Of(IHubProtocol protocol) => protocols[protocol.Name];
}
