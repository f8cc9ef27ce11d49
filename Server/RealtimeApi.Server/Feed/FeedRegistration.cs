using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;

namespace RealtimeApi.Server.Feed;

internal static class FeedRegistration
{
    public static IServiceCollection AddFeed(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<RealtimeApiOptions>, FeedOptionsValidator>();
        services.AddSingleton<ChangeFeed>();
        services.AddHostedService(static provider => provider.GetRequiredService<ChangeFeed>());
        services.AddHostedService<Retention>();
        return services;
    }
}
