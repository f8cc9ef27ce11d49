using System.Text.Json;
using MessagePack;
using MessagePack.Resolvers;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using RealtimeApi.Contracts;

namespace RealtimeApi.Client;

/// <summary>Lets a client speak the hub protocol <c>messagepack</c>.</summary>
/// <remarks>PROTOCOL, section SignalR. The other transports stay as they are. The protocol's library reflects, so it is not for trimmed or ahead-of-time compiled programs.</remarks>
public static class MessagePackClientExtensions
{
    /// <summary>The same options, with MessagePack instead of JSON on the hub.</summary>
    /// <param name="options">What else the client is told.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    public static RealtimeApiClientOptions UseMessagePack(this RealtimeApiClientOptions options)
    {
        if (options is null)
            throw new ArgumentNullException(nameof(options));
        var configureHub = options.ConfigureHub;
        return options with
        {
            ConfigureHub = builder =>
            {
                builder.AddMessagePackProtocol(static protocol => protocol.SerializerOptions = protocol.SerializerOptions
                    .WithSecurity(MessagePackSecurity.UntrustedData)
                    .WithResolver(CompositeResolver.Create(
                        [new JsonFormatter<JsonElement>(), new JsonFormatter<WatchRequest>(), new JsonFormatter<SubscribeReply>(), new JsonFormatter<PresenceReply>(), new JsonFormatter<ProblemDetails>()],
                        [protocol.SerializerOptions.Resolver])));
                configureHub?.Invoke(builder);
            },
        };
    }
}
