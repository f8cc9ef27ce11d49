using Microsoft.Extensions.DependencyInjection;

namespace RealtimeApi.Server.Feed;

internal static class FeedRegistration
{
    public static IServiceCollection AddFeed(this IServiceCollection services) => services;
}
