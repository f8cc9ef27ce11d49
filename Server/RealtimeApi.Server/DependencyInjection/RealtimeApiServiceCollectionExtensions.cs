using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Documents;
using RealtimeApi.Server.Draining;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Hubs;
using RealtimeApi.Server.Leases;
using RealtimeApi.Server.Maintenance;
using RealtimeApi.Server.Nodes;
using RealtimeApi.Server.Polling;
using RealtimeApi.Server.Requests;
using RealtimeApi.Server.Resources;
using RealtimeApi.Server.Rest;
using RealtimeApi.Server.Sse;
using RealtimeApi.Server.Watching;
using RealtimeApi.Server.Writing;

namespace RealtimeApi.Server.DependencyInjection;

/// <summary>Registers the product.</summary>
public static class RealtimeApiServiceCollectionExtensions
{
    /// <summary>Adds everything that <c>MapRealtimeApi()</c> needs, configured from the section <c>RealtimeApi</c> and then by <paramref name="configure"/>.</summary>
    /// <remarks>May be called again, as by parts of a program that each have resources: everything is there once, and configured by all of them.</remarks>
    /// <param name="services">The services to add to.</param>
    /// <param name="configure">Changes the bound options.</param>
    public static IRealtimeApiBuilder AddRealtimeApi(this IServiceCollection services, Action<RealtimeApiOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (!services.Any(static service => service.ServiceType == typeof(Drain)))
            AddParts(services);
        if (configure is not null)
            services.Configure(configure);
        return new RealtimeApiBuilder(services);
    }

    private static void AddParts(IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services
            .AddRealtimeApiOptions()
            .AddResources()
            .AddDatabase()
            .AddLeases()
            .AddMaintenance()
            .AddFeed()
            .AddWatching()
            .AddDiagnostics()
            .AddDraining()
            .AddRequests()
            .AddNodes()
            .AddRest()
            .AddWriting()
            .AddHubs()
            .AddSse()
            .AddPolling()
            .AddDocuments();
    }
}
