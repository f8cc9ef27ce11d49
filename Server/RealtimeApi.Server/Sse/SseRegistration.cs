using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using RealtimeApi.Server.Requests;

namespace RealtimeApi.Server.Sse;

internal static class SseRegistration
{
    public static IServiceCollection AddSse(this IServiceCollection services)
    {
        services.AddSingleton<StreamContext>();
        services.AddSingleton<SseEndpoint>();
        return services;
    }

    public static void MapSse(this IEndpointRouteBuilder endpoints) => endpoints.MapWatching(
        SseEndpoint.Segment,
        endpoints.ServiceProvider.GetRequiredService<SseEndpoint>().InvokeAsync,
        new DisableRequestTimeoutAttribute());
}
