using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using RealtimeApi.Server.Hubs;
using RealtimeApi.Server.Rest;

namespace RealtimeApi.Server.DependencyInjection;

/// <summary>Maps the product's routes.</summary>
public static class RealtimeApiEndpointRouteBuilderExtensions
{
    /// <summary>Maps <c>/api</c> and <c>/hubs/resources</c>.</summary>
    /// <returns>A builder for conventions that apply to all of them (authorization, CORS, rate limits).</returns>
    public static IEndpointConventionBuilder MapRealtimeApi(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var group = endpoints.MapGroup("");
        group.MapRest();
        group.MapHubs();
        return group;
    }
}
