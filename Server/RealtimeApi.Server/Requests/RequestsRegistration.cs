using Microsoft.Extensions.DependencyInjection;

namespace RealtimeApi.Server.Requests;

internal static class RequestsRegistration
{
    public static IServiceCollection AddRequests(this IServiceCollection services) => services.AddSingleton<WatcherLimits>();
}
