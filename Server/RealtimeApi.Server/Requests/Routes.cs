using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;

namespace RealtimeApi.Server.Requests;

/// <summary>Where the resources stand, and how every endpoint there is mapped.</summary>
internal static class Routes
{
    public const string Api = "/api";

    public const string Resource = Api + "/{resource}";

    public const string Item = Resource + "/{key}";

    /// <summary>The last segment of a stream of changes.</summary>
    public const string Events = "events";

    /// <summary>The last segment of what has changed since a cursor.</summary>
    public const string Changes = "changes";

    /// <summary>The methods of an endpoint that only reads.</summary>
    private const string Reads = "GET, HEAD, OPTIONS";

    /// <summary>Whether a key is spelt like one of the ways to watch a resource, which stand where its item would; routes are matched without regard to case.</summary>
    public static bool IsTaken(string key) => key.Equals(Events, StringComparison.OrdinalIgnoreCase) || key.Equals(Changes, StringComparison.OrdinalIgnoreCase);

    /// <summary>Maps an endpoint whose every refusal and failure is answered with a problem.</summary>
    public static IEndpointConventionBuilder MapGuarded(this IEndpointRouteBuilder endpoints, string pattern, RequestDelegate endpoint)
    {
        var edge = endpoints.ServiceProvider.GetRequiredService<ProblemEdge>();
        return endpoints.Map(pattern, edge.Guard(endpoint)).WithDisplayName(pattern).WithMetadata(new ApiExplorerSettingsAttribute { IgnoreApi = true });
    }

    /// <summary>
    /// Maps a way to watch below a resource and below each of its items. Every method ends there, so that none is taken for one of an item whose key is spelt
    /// like <paramref name="name"/>.
    /// </summary>
    /// <param name="endpoints">Where to map.</param>
    /// <param name="name">The last segment of the path.</param>
    /// <param name="endpoint">Answers GET and HEAD.</param>
    /// <param name="metadata">What the endpoint is known for.</param>
    public static void MapWatching(this IEndpointRouteBuilder endpoints, string name, RequestDelegate endpoint, params object[] metadata)
    {
        var limited = endpoints.ServiceProvider.GetRequiredService<WatcherLimits>().Limit(endpoint);
        foreach (var parent in (string[])[Resource, Item])
            endpoints.MapGuarded($"{parent}/{name}", RefuseOtherMethods(limited)).WithMetadata(metadata);
    }

    private static RequestDelegate RefuseOtherMethods(RequestDelegate endpoint) => context =>
    {
        var method = context.Request.Method;
        if (HttpMethods.IsGet(method) || HttpMethods.IsHead(method))
            return endpoint(context);
        context.Response.Headers.Allow = Reads;
        if (!HttpMethods.IsOptions(method))
            throw new ProblemException(ProblemCodes.NotWritable, $"'{context.Request.Path}' takes {Reads} only.");
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    };
}
