using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;

namespace RealtimeApi.Server.Resources;

internal static class ResourcesRegistration
{
    public static IServiceCollection AddResources(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<RealtimeApiOptions>, ResourcesOptionsValidator>();
        services.AddSingleton<CatalogSource>();
        services.AddHostedService<ResourcesStart>();
        return services;
    }
}
