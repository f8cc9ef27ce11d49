using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;

namespace RealtimeApi.Server.Watching;

internal static class WatchingRegistration
{
    public static IServiceCollection AddWatching(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<RealtimeApiOptions>, WatchingOptionsValidator>();
        services.AddSingleton<WatchEngine>();
        services.AddHostedService(static provider => provider.GetRequiredService<WatchEngine>());
        return services;
    }
}
