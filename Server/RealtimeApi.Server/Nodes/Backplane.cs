using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.StackExchangeRedis;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace RealtimeApi.Server.Nodes;

/// <summary>SignalR's own backplane on the node's connection to Redis, for messages to groups and users, so that it bears an outage.</summary>
/// <remarks>
/// By itself it fails each connection that comes while Redis is down, and after a failure never again listens where it meant to. Here it is shown a Redis to which subscribing always
/// succeeds at once: the client library keeps what is subscribed to, and tells Redis whenever that is back. A message that Redis does not take is refused to whoever sends it.
/// </remarks>
internal static class Backplane
{
    /// <summary>The lifetime manager of a hub, to which connecting never fails.</summary>
    public static HubLifetimeManager<THub> Create<THub>(
        RedisLink link, IHubProtocolResolver protocols, IOptions<HubOptions> allHubs, IOptions<HubOptions<THub>> hub)
        where THub : Hub
    {
        var options = Options.Create(new RedisOptions
        {
            ConnectionFactory = async _ => PatientRedis.Around<IConnectionMultiplexer>(await link.ConnectAsync()),
        });
        // It would log every failure of every connection as an error; the link tells of each outage once.
        return new RedisHubLifetimeManager<THub>(NullLogger<RedisHubLifetimeManager<THub>>.Instance, options, protocols, allHubs, hub);
    }
}
