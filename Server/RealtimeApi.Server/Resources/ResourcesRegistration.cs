using Microsoft.Extensions.DependencyInjection;

namespace RealtimeApi.Server.Resources;

internal static class ResourcesRegistration
{
    public static IServiceCollection AddResources(this IServiceCollection services) => services;
}
