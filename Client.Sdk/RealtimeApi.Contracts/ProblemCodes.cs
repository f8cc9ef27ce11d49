namespace RealtimeApi.Contracts;

/// <summary>The codes a refusal can carry, the last part of a problem's <c>type</c> (<c>/problems/&lt;code&gt;</c>).</summary>
/// <remarks>PROTOCOL, section Errors. On the hub a refused call's message is <c>&lt;code&gt;: &lt;detail&gt;</c>.</remarks>
public static class ProblemCodes
{
    /// <summary>400: a query option is unknown, malformed, outside the supported subset or over a limit.</summary>
    public const string InvalidQuery = "invalid-query";

    /// <summary>400: the cursor is not one that this server makes, or is not good for this use.</summary>
    public const string InvalidCursor = "invalid-cursor";

    /// <summary>400: the body is not JSON, or does not fit the resource.</summary>
    public const string InvalidBody = "invalid-body";

    /// <summary>401: the caller is not known.</summary>
    public const string Unauthorized = "unauthorized";

    /// <summary>403: the caller may not do this.</summary>
    public const string Forbidden = "forbidden";

    /// <summary>404: no item has this key.</summary>
    public const string NotFound = "not-found";

    /// <summary>404: there is no such resource, or the caller may not read it.</summary>
    public const string UnknownResource = "unknown-resource";

    /// <summary>404: the resource can be read but not watched.</summary>
    public const string NotWatchable = "not-watchable";

    /// <summary>405: the resource cannot be written, or its address does not take the method.</summary>
    public const string NotWritable = "not-writable";

    /// <summary>406: the <c>Accept</c> header excludes the only type that this address can answer with.</summary>
    public const string NotAcceptable = "not-acceptable";

    /// <summary>409: the connection already has a watch of this id.</summary>
    public const string AlreadySubscribed = "already-subscribed";

    /// <summary>409: the write conflicts with the present state.</summary>
    public const string Conflict = "conflict";

    /// <summary>410: the change log can no longer continue from this cursor; list again.</summary>
    public const string CursorExpired = "cursor-expired";

    /// <summary>412: the item has changed since the given ETag.</summary>
    public const string PreconditionFailed = "precondition-failed";

    /// <summary>413: the body is too large.</summary>
    public const string PayloadTooLarge = "payload-too-large";

    /// <summary>415: the body's <c>Content-Type</c> is not the one that the method takes.</summary>
    public const string UnsupportedMediaType = "unsupported-media-type";

    /// <summary>422: the idempotency key was used with another body.</summary>
    public const string IdempotencyMismatch = "idempotency-mismatch";

    /// <summary>429: a limit was reached; try again after the time in <c>Retry-After</c>.</summary>
    public const string LimitExceeded = "limit-exceeded";

    /// <summary>503: the database does not answer; try again after the time in <c>Retry-After</c>.</summary>
    public const string Unavailable = "unavailable";
}
