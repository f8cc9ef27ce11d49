using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace RealtimeApi.Server.Rest;

internal static class RestRegistration
{
    public static IServiceCollection AddRest(this IServiceCollection services) => services;

    public static void MapRest(this IEndpointRouteBuilder endpoints)
    {
    }
}
