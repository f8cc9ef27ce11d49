using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Rest;

namespace RealtimeApi.Server.Writing;

/// <summary>The conditions under which a write is to happen (RFC 9110, 13.1).</summary>
/// <param name="IfMatch">The ETags of which the item must have one.</param>
/// <param name="IfNoneMatch">The ETags of which it must have none.</param>
internal readonly record struct WriteConditions(StringValues IfMatch, StringValues IfNoneMatch)
{
    public static WriteConditions Of(IHeaderDictionary headers) => new(headers.IfMatch, headers.IfNoneMatch);

    /// <summary>Whether there are none, and no tag needs to be made.</summary>
    public bool AreNone => IfMatch.Count == 0 && IfNoneMatch.Count == 0;

    /// <param name="tag">The ETag of the whole item now (<see cref="ItemRepresentation.TagOf"/>); null where there is no item.</param>
    /// <exception cref="ProblemException">They do not hold (<c>precondition-failed</c>).</exception>
    public void Require(string? tag)
    {
        if (IfMatch.Count > 0 && (tag is null || !Names(IfMatch, tag, strong: true)))
            throw Failed(tag is null ? "There is no such item, and If-Match demands one." : "The item has changed: it no longer has the ETag in If-Match.");
        if (IfNoneMatch.Count > 0 && tag is not null && Names(IfNoneMatch, tag, strong: false))
            throw Failed(IfNoneMatch == "*" ? "The item is there already, and If-None-Match demands that it is not." : "The item has the ETag in If-None-Match.");
    }

    /// <summary>A header that cannot be read names nothing.</summary>
    private static bool Names(StringValues header, string tag, bool strong)
    {
        if (!EntityTagHeaderValue.TryParseList(header!, out var sent))
            return false;
        foreach (var one in sent)
            if (one.Equals(EntityTagHeaderValue.Any) || (!(strong && one.IsWeak) && ItemRepresentation.IsTagOf(one.Tag, tag)))
                return true;
        return false;
    }

    private static ProblemException Failed(string detail) => new(ProblemCodes.PreconditionFailed, detail + " Nothing was written.");
}
