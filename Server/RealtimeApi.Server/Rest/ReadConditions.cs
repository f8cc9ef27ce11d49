using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Feed;

namespace RealtimeApi.Server.Rest;

/// <summary>What the headers of a read ask for.</summary>
/// <param name="Min">The answer must be at least as new as this.</param>
/// <param name="NoCache">The database must be read.</param>
/// <param name="IfNoneMatch">The ETags of what the client has.</param>
internal readonly record struct ReadConditions(Cursor? Min, bool NoCache, StringValues IfNoneMatch)
{
    private const string MinCursorHeader = "Realtime-Min-Cursor";

    /// <exception cref="ProblemException">The minimum is not a cursor (<c>invalid-cursor</c>).</exception>
    public static ReadConditions Of(IHeaderDictionary headers)
    {
        Cursor? min = null;
        if (headers.TryGetValue(MinCursorHeader, out var text) && !Cursor.TryParse(text.Count == 1 ? text[0]! : "", out min))
            throw new ProblemException(ProblemCodes.InvalidCursor, $"The header {MinCursorHeader} is not a cursor; send the Realtime-Cursor of an earlier answer as it came.");
        return new(min, IsNoCache(headers.CacheControl), headers.IfNoneMatch);
    }

    /// <summary>Whether the client has the representation of this tag already (RFC 9110, 13.1.2: weak comparison).</summary>
    public bool Have(string tag)
    {
        if (IfNoneMatch.Count == 0)
            return false;
        if (IfNoneMatch.Count == 1 && IfNoneMatch[0] == tag)
            return true;
        if (!EntityTagHeaderValue.TryParseList(IfNoneMatch!, out var sent))
            return false;
        var own = EntityTagHeaderValue.Parse(tag);
        foreach (var one in sent)
            if (one.Equals(EntityTagHeaderValue.Any) || one.Compare(own, useStrongComparison: false))
                return true;
        return false;
    }

    /// <exception cref="ProblemException">The minimum is of another log (<c>cursor-expired</c>).</exception>
    public void RequireLog(string logId)
    {
        if (Min is not null && Min.LogId != logId)
            throw Expired("is of another database, or of one that has been replaced since");
    }

    /// <summary>Whether the minimum is ahead of the point that was found before or with what was read.</summary>
    public bool AreAheadOf(LogPoint read) => Min is not null && Min.Least > read.Position;

    /// <summary>The minimum is ahead of the log: the database was restored (<c>cursor-expired</c>).</summary>
    public static ProblemException AheadOfLog() => Expired("is ahead of the change log: the database was restored to an earlier state");

    private static ProblemException Expired(string reason) =>
        new(ProblemCodes.CursorExpired, $"The cursor in {MinCursorHeader} {reason}. Forget it and what was read with it, and read again without it.");

    private static bool IsNoCache(StringValues header) =>
        header.Count > 0 && CacheControlHeaderValue.TryParse(header.ToString(), out var cacheControl) && cacheControl.NoCache;
}
