using Microsoft.AspNetCore.Http;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Requests;

/// <summary>What the path of a way to watch names.</summary>
internal static class WatchTarget
{
    /// <summary>A request for the resource, or the item of it, that stands before the last segment of the path.</summary>
    /// <param name="request">The request.</param>
    /// <param name="catalog">Tells how many parts a key has, and so how its segment is read.</param>
    /// <exception cref="ProblemException"><c>unknown-resource</c>.</exception>
    public static WatchRequest Of(HttpRequest request, ResourceCatalog catalog)
    {
        var name = (string)request.RouteValues["resource"]!;
        var resource = catalog.Find(name) ?? throw new ProblemException(ProblemCodes.UnknownResource, $"There is no resource '{name}'. GET /api lists the resources.");
        return new()
        {
            Resource = resource.Name,
            Key = request.RouteValues.ContainsKey("key") ? ItemKey.TextOfPath(resource, RequestPath.KeySegment(request, following: 1)) : null,
        };
    }
}
