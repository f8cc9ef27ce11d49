using Microsoft.Extensions.DependencyInjection;

namespace RealtimeApi.Server.Leases;

internal static class LeasesRegistration
{
    public static IServiceCollection AddLeases(this IServiceCollection services)
    {
        services.AddSingleton<NodeIdentity>();
        services.AddSingleton<LeasedJobContext>();
        return services;
    }
}
