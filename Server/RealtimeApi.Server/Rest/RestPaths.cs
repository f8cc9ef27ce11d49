using System.Text;
using Microsoft.AspNetCore.Http;
using RealtimeApi.Server.Requests;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Rest;

/// <summary>Where the routes stand, read from a request, so that links fit behind a path base, a proxy or a route group.</summary>
internal static class RestPaths
{
    private const string HubPath = "/hubs/resources";

    /// <summary>The path under which the resources stand, percent-encoded, e.g. <c>/api</c>.</summary>
    /// <param name="request">The request.</param>
    /// <param name="depth">How many segments of the request's path follow it.</param>
    public static string Root(HttpRequest request, int depth)
    {
        var path = request.Path.Value.AsSpan().TrimEnd('/');
        for (; depth > 0; depth--)
            path = path[..path.LastIndexOf('/')];
        var root = path.SequenceEqual(Routes.Api) ? Routes.Api : new PathString(path.ToString()).ToUriComponent();
        return request.PathBase.HasValue ? request.PathBase.ToUriComponent() + root : root;
    }

    /// <summary>The hub, which stands beside the root.</summary>
    public static string Hub(string root) => string.Concat(root.AsSpan(0, root.Length - Routes.Api.Length), HubPath);

    public static string Of(string root, ResourceDefinition resource) => $"{root}/{Uri.EscapeDataString(resource.Name)}";

    public static string Of(string root, ResourceDefinition resource, ItemKey key) => $"{Of(root, resource)}/{Encode(resource, key)}";

    /// <summary>Appends an option of a query; its name is one of the known ones and needs no encoding.</summary>
    public static void AppendOption(StringBuilder link, string name, string value) =>
        link.Append(link.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));

    // The text of a single key is not encoded, the parts of a composite one already are.
    private static string Encode(ResourceDefinition resource, ItemKey key) => resource.Key.Count == 1 ? Uri.EscapeDataString(key.Text) : key.Text;
}
