using RealtimeApi.Contracts;

namespace RealtimeApi.Server.Diagnostics;

/// <summary>A refusal with a code of the protocol; every edge turns it into its own form (problem details, <c>HubException</c>, <c>Ended</c>).</summary>
/// <param name="code">One of <see cref="ProblemCodes"/>.</param>
/// <param name="detail">What is wrong with this request and how to mend it. Safe to send.</param>
internal sealed class ProblemException(string code, string detail) : Exception(detail)
{
    public string Code { get; } = code;

    /// <summary>Where in the offending text, counted from 0; null where that is not known.</summary>
    public int? At { get; init; }

    /// <summary>Seconds after which a repeat may succeed; null where none was judged.</summary>
    public int? RetryAfter { get; init; }

    public ProblemDetails ToProblemDetails()
    {
        var (status, title) = Describe(Code);
        return new() { Type = ProblemDetails.TypePrefix + Code, Title = title, Status = status, Detail = Message };
    }

    private static (int Status, string Title) Describe(string code) => code switch
    {
        ProblemCodes.InvalidQuery => (400, "The query is not valid"),
        ProblemCodes.InvalidCursor => (400, "The cursor is not valid"),
        ProblemCodes.InvalidBody => (400, "The body is not valid"),
        ProblemCodes.Unauthorized => (401, "The caller is not known"),
        ProblemCodes.Forbidden => (403, "The caller may not do this"),
        ProblemCodes.NotFound => (404, "There is no such item"),
        ProblemCodes.UnknownResource => (404, "There is no such resource"),
        ProblemCodes.NotWatchable => (404, "The resource cannot be watched"),
        ProblemCodes.NotWritable => (405, "The resource cannot be written"),
        ProblemCodes.AlreadySubscribed => (409, "The connection already has a watch of this id"),
        ProblemCodes.Conflict => (409, "The write conflicts with the present state"),
        ProblemCodes.CursorExpired => (410, "The change log cannot continue from this cursor"),
        ProblemCodes.PreconditionFailed => (412, "The item has changed"),
        ProblemCodes.PayloadTooLarge => (413, "The body is too large"),
        ProblemCodes.IdempotencyMismatch => (422, "The idempotency key belongs to another request"),
        ProblemCodes.LimitExceeded => (429, "A limit was reached"),
        ProblemCodes.Unavailable => (503, "The database does not answer"),
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "Not a problem code."),
    };
}
