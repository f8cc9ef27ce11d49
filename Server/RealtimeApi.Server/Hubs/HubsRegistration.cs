using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace RealtimeApi.Server.Hubs;

internal static class HubsRegistration
{
    public static IServiceCollection AddHubs(this IServiceCollection services) => services;

    public static void MapHubs(this IEndpointRouteBuilder endpoints)
    {
    }
}
