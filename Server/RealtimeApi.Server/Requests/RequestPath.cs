using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace RealtimeApi.Server.Requests;

/// <summary>The path of a request as the client sent it.</summary>
internal static class RequestPath
{
    /// <summary>The segment with the key: still encoded, since a key is split at its commas before it is decoded.</summary>
    /// <param name="request">The request.</param>
    /// <param name="following">How many segments of the path follow it.</param>
    public static string KeySegment(HttpRequest request, int following = 0)
    {
        var seen = Segment(request.Path.Value, following);
        var target = (request.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget).AsSpan();
        if (target.IndexOf('?') is >= 0 and var query)
            target = target[..query];
        var sent = Segment(target, following);
        if (sent.SequenceEqual(seen) && !sent.Contains('%'))
            return sent.ToString();

        // A server decodes the path for routing, but for its slashes. Where that does not lead from what was sent to what is seen, something has
        // rewritten the path (or it held dot segments), and what is seen holds.
        var decoded = Uri.UnescapeDataString(sent.ToString().Replace("%2F", "%252F", StringComparison.Ordinal).Replace("%2f", "%252f", StringComparison.Ordinal));
        return seen.SequenceEqual(decoded) ? sent.ToString() : Segment(request.Path.ToUriComponent(), following).ToString();
    }

    private static ReadOnlySpan<char> Segment(ReadOnlySpan<char> path, int following)
    {
        path = path.TrimEnd('/');
        for (; following > 0 && path.LastIndexOf('/') is >= 0 and var end; following--)
            path = path[..end];
        return path[(path.LastIndexOf('/') + 1)..];
    }
}
