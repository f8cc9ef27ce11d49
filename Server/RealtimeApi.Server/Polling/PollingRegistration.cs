using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using RealtimeApi.Server.Requests;

namespace RealtimeApi.Server.Polling;

internal static class PollingRegistration
{
    public static IServiceCollection AddPolling(this IServiceCollection services)
    {
        services.AddSingleton<ChangesEndpoint>();
        return services;
    }

    public static void MapPolling(this IEndpointRouteBuilder endpoints) => endpoints.MapWatching(
        ChangesEndpoint.Segment,
        endpoints.ServiceProvider.GetRequiredService<ChangesEndpoint>().InvokeAsync,
        new DisableRequestTimeoutAttribute());
}
