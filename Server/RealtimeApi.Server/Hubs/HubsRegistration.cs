using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RealtimeApi.Contracts;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Draining;
using RealtimeApi.Server.Nodes;
using RealtimeApi.Server.Requests;

namespace RealtimeApi.Server.Hubs;

internal static class HubsRegistration
{
    /// <summary>The largest message a client may send, in bytes: a request with a filter at its limits and a cursor fit.</summary>
    private const int MaxReceiveBytes = 32 * 1024;

    /// <summary>
    /// How many bytes may wait in each direction. For a client, its pump waits from here on, so that a frame more is the most a connection holds; from a client,
    /// it must hold the largest message.
    /// </summary>
    private const int BufferBytes = 64 * 1024;

    public static IServiceCollection AddHubs(this IServiceCollection services)
    {
        services.AddSignalR().AddMessagePackProtocol().AddHubOptions<ResourceHub>(hub =>
        {
            hub.SupportedProtocols = ["json", FrameComposer.MessagePackProtocol];
            hub.MaximumReceiveMessageSize = MaxReceiveBytes;
            hub.MaximumParallelInvocationsPerClient = 1;
            hub.EnableDetailedErrors = false;
        });
        services.AddSingleton<ResourceHubProtocols>();
        services.AddSingleton<IValidateOptions<RealtimeApiOptions>, MessagesOptionsValidator>();
        services.AddSingleton<IValidateOptions<RealtimeApiOptions>, PresenceOptionsValidator>();
        services.AddSingleton(static provider =>
        {
            var backplane = ((CapturingLifetimeManager)provider.GetRequiredService<HubLifetimeManager<ResourceHub>>()).Inner;
            return new NodeBus(
                backplane,
                isShared: backplane is not DefaultHubLifetimeManager<ResourceHub>,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILoggerFactory>());
        });
        services.AddSingleton<RoomIndex>();
        services.AddSingleton<PresenceBoard>();
        services.AddSingleton<PresenceGossip>();
        services.AddHostedService(static provider => provider.GetRequiredService<PresenceGossip>());
        services.AddSingleton<RoomDesk>();
        services.TryAddSingleton<PumpContext>();
        services.AddSingleton<HubLifetimeManager<ResourceHub>>(provider => new CapturingLifetimeManager(
            FindRedis(provider) is { } redis ? CreateBackplane(provider, redis) : CreateRegisteredLifetimeManager(services, provider),
            provider.GetRequiredService<ResourceHubProtocols>(),
            new(provider.GetRequiredService<PumpContext>)));
        return services;
    }

    public static void MapHubs(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHub<ResourceHub>(ResourceHub.Path, hub =>
        {
            hub.TransportMaxBufferSize = BufferBytes;
            hub.ApplicationMaxBufferSize = BufferBytes;
            if (FindSendTimeout(endpoints.ServiceProvider) is { } sendTimeout)
                hub.TransportSendTimeout = sendTimeout;
            hub.AllowStatefulReconnects = false;
        }).Add(endpoint => Limit(endpoint, endpoints.ServiceProvider));
    }

    /// <summary>
    /// Bounds the connections. A request that opens one, or keeps one open, holds its place for as long as it lasts, and so does a poll of the transport of that name; what a client
    /// sends by POST belongs to a connection that has its place.
    /// </summary>
    private static void Limit(EndpointBuilder endpoint, IServiceProvider provider)
    {
        var limits = provider.GetRequiredService<WatcherLimits>();
        var edge = provider.GetRequiredService<ProblemEdge>();
        var drain = provider.GetRequiredService<Drain>();
        var opens = endpoint.Metadata.OfType<NegotiateMetadata>().Any();
        var inner = endpoint.RequestDelegate!;
        endpoint.RequestDelegate = async context =>
        {
            if (!opens && (HttpMethods.IsPost(context.Request.Method) || HttpMethods.IsDelete(context.Request.Method)))
            {
                await inner(context);
                return;
            }

            if (drain.FindRefusal() is { } stopping && IsNew(context, opens))
            {
                await edge.AnswerAsync(context, stopping);
                return;
            }

            if (!limits.TryEnter(context, out var place, out var refusal))
            {
                await edge.AnswerAsync(context, refusal);
                return;
            }

            // SignalR cuts off what still carries a farewell when the host goes on to stop.
            using (drain.Stay())
            using (place)
                await inner(context);
        };
    }

    /// <summary>Whether a request is to open a connection; else it is the next poll of one, which may bring its farewell.</summary>
    private static bool IsNew(HttpContext context, bool negotiates) =>
        negotiates
        || !context.Request.Query.ContainsKey("id")
        || context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
        || context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true };

    private static TimeSpan? FindSendTimeout(IServiceProvider provider)
    {
        try
        {
            return provider.GetRequiredService<IOptions<RealtimeApiOptions>>().Value.Watching.SendTimeout;
        }
        catch (OptionsValidationException)
        {
            // The start, which comes after the mapping, reports every mistake at once.
            return null;
        }
    }

    private static RedisLink? FindRedis(IServiceProvider provider)
    {
        try
        {
            return provider.GetRequiredService<RedisLink>() is { IsConfigured: true } link ? link : null;
        }
        catch (OptionsValidationException)
        {
            return null;
        }
    }

    /// <summary>The backplane for this hub alone: the host's own hubs are its own affair.</summary>
    private static HubLifetimeManager<ResourceHub> CreateBackplane(IServiceProvider provider, RedisLink redis) => Backplane.Create(
        redis,
        provider.GetRequiredService<ResourceHubProtocols>(),
        provider.GetRequiredService<IOptions<HubOptions>>(),
        provider.GetRequiredService<IOptions<HubOptions<ResourceHub>>>());

    /// <summary>
    /// The lifetime manager that SignalR or a backplane registered for every hub; looked up when all services are known, since the host may add a backplane after
    /// this product.
    /// </summary>
    private static HubLifetimeManager<ResourceHub> CreateRegisteredLifetimeManager(IServiceCollection services, IServiceProvider provider)
    {
        var registered = services.Last(service => service.ServiceType == typeof(HubLifetimeManager<>)).ImplementationType!.MakeGenericType(typeof(ResourceHub));
        // One that goes by way of bytes writes them as this hub does: what nodes tell each other must not depend on what the host's own hubs can write.
        var goesByBytes = registered.GetConstructors().Any(static made => made.GetParameters().Any(static parameter => parameter.ParameterType == typeof(IHubProtocolResolver)));
        object[] own = goesByBytes ? [provider.GetRequiredService<ResourceHubProtocols>()] : [];
        return (HubLifetimeManager<ResourceHub>)ActivatorUtilities.CreateInstance(provider, registered, own);
    }
}
