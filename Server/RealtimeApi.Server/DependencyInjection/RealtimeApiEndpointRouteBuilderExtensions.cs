using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Documents;
using RealtimeApi.Server.Hubs;
using RealtimeApi.Server.Polling;
using RealtimeApi.Server.Rest;
using RealtimeApi.Server.Sse;
using RealtimeApi.Server.Writing;

namespace RealtimeApi.Server.DependencyInjection;

/// <summary>Maps the product's routes.</summary>
public static class RealtimeApiEndpointRouteBuilderExtensions
{
    /// <summary>Maps <c>/api</c>, <c>/hubs/resources</c> and the pages that explain problems, <c>/problems/&lt;code&gt;</c>.</summary>
    /// <remarks>
    /// Browsers of another origin see <c>ETag</c>, <c>Realtime-Cursor</c>, <c>Link</c> and <c>Retry-After</c> only where the host's CORS policy exposes them
    /// (<c>WithExposedHeaders</c>).
    /// </remarks>
    /// <returns>A builder for conventions that apply to all of them (authorization, CORS, rate limits).</returns>
    public static IEndpointConventionBuilder MapRealtimeApi(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var group = endpoints.MapGroup("");
        group.MapRest();
        group.MapWriting();
        group.MapHubs();
        group.MapSse();
        group.MapPolling();
        return group;
    }

    /// <summary>
    /// Maps <c>/openapi/v1.json</c>, <c>/asyncapi/v1.json</c> and <c>/docs</c>, the API reference, apart from <see cref="MapRealtimeApi"/>: a host with documents of
    /// its own may leave them out (the OpenAPI document is then also one of its <c>MapOpenApi()</c>, by the name <c>realtimeapi</c>), and one that publishes
    /// them may do so with other conventions than the resources have.
    /// </summary>
    /// <remarks>They tell the names and types of everything that can be read, and no value. Map them in the same group as <see cref="MapRealtimeApi"/>.</remarks>
    /// <returns>A builder for conventions that apply to all of them.</returns>
    public static IEndpointConventionBuilder MapRealtimeApiDocuments(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var group = endpoints.MapGroup("");
        group.MapDocuments();
        return group;
    }

    /// <summary>Maps <c>/health/live</c> and <c>/health/ready</c>, apart from <see cref="MapRealtimeApi"/>, since probes seldom carry what its conventions demand.</summary>
    /// <returns>A builder for conventions that apply to both.</returns>
    public static IEndpointConventionBuilder MapRealtimeApiHealth(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var group = endpoints.MapGroup("");
        group.MapHealth();
        return group;
    }
}
