using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Diagnostics;

namespace RealtimeApi.Server.Nodes;

internal static class NodesRegistration
{
    public static IServiceCollection AddNodes(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<RealtimeApiOptions>, RedisOptionsValidator>();
        services.AddSingleton<RedisLink>();
        services.AddHostedService(static provider => provider.GetRequiredService<RedisLink>());
        services.AddHostedService<RedisHints>();
        services.AddSingleton<RedisHealthCheck>();
        // Only where there is a Redis, which is known when the options are.
        services.AddOptions<HealthCheckServiceOptions>().Configure<RedisLink>(static (health, link) =>
        {
            if (link.IsConfigured)
                health.Registrations.Add(new(
                    DiagnosticsRegistration.NamePrefix + "redis",
                    static provider => provider.GetRequiredService<RedisHealthCheck>(),
                    HealthStatus.Degraded,
                    [DiagnosticsRegistration.ReadyTag]));
        });
        return services;
    }
}
