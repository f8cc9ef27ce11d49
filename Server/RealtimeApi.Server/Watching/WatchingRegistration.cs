using Microsoft.Extensions.DependencyInjection;

namespace RealtimeApi.Server.Watching;

internal static class WatchingRegistration
{
    public static IServiceCollection AddWatching(this IServiceCollection services)
    {
        services.AddSingleton<WatchEngine>();
        return services;
    }
}
