using Microsoft.AspNetCore.Http;

namespace RealtimeApi.Server.Documents;

/// <summary>Where the server is for whoever asks.</summary>
/// <param name="IsSecure">Whether by TLS.</param>
/// <param name="Host">The name and port that were asked for.</param>
/// <param name="Path">What stands before every path: a path base, a route group; percent-encoded, empty or with a slash before and none behind.</param>
internal readonly record struct ServerAddress(bool IsSecure, string Host, string Path)
{
    /// <summary>The address, without a slash at its end.</summary>
    public string Url => $"{(IsSecure ? "https" : "http")}://{Host}{Path}";

    /// <param name="request">A request.</param>
    /// <param name="path">The end of its path, which stands beside the product's other routes.</param>
    public static ServerAddress Of(HttpRequest request, string path)
    {
        var asked = request.Path.Value!.TrimEnd('/');
        var before = new PathString(asked[..^path.Length]);
        return new(request.IsHttps, request.Host.ToUriComponent(), request.PathBase.ToUriComponent() + before.ToUriComponent());
    }
}
