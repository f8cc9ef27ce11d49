using System.Collections.Frozen;
using RealtimeApi.Contracts;

namespace RealtimeApi.Server.Diagnostics;

/// <summary>What a problem code means: the part of a refusal that is the same every time.</summary>
/// <param name="Code">One of <see cref="ProblemCodes"/>.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">The problem's <c>title</c>.</param>
/// <param name="Remedy">What a client does about it; the text of <c>/problems/&lt;code&gt;</c>.</param>
internal sealed record ProblemKind(string Code, int Status, string Title, string Remedy)
{
    /// <summary>All kinds, by status.</summary>
    public static readonly IReadOnlyList<ProblemKind> All =
    [
        new(ProblemCodes.InvalidQuery, 400, "The query is not valid",
            "A query option is unknown, malformed, outside the supported subset of OData or over a limit. The detail quotes the offending text, and \"at\" counts the characters before it."),
        new(ProblemCodes.InvalidCursor, 400, "The cursor is not valid",
            "Send back a cursor exactly as a list, an item, an event or a watch gave it. The cursor of a write is good for Realtime-Min-Cursor only."),
        new(ProblemCodes.InvalidBody, 400, "The body is not valid",
            "Send a JSON object with the resource's fields, each of its type. Where fields are at fault, \"errors\" says of each why; where the JSON itself is, \"at\" counts the characters before the place."),
        new(ProblemCodes.Unauthorized, 401, "The caller is not known",
            "Send a valid token or API key."),
        new(ProblemCodes.Forbidden, 403, "The caller may not do this",
            "The caller is known but lacks the right. Another caller, or a changed right, is needed."),
        new(ProblemCodes.NotFound, 404, "There is no such item",
            "No item has this key, or nothing is at this path. The parts of a composite key are percent-encoded and joined with commas."),
        new(ProblemCodes.UnknownResource, 404, "There is no such resource",
            "The service document, /api, lists the resources that the caller may read."),
        new(ProblemCodes.NotWatchable, 404, "The resource cannot be watched",
            "Watching is off for this resource, or it is a view. It can be read."),
        new(ProblemCodes.NotWritable, 405, "The address does not take this method",
            "The header Allow names the methods that this path takes."),
        new(ProblemCodes.NotAcceptable, 406, "The answer would be of another type than was asked for",
            "Send an Accept header that includes text/event-stream, or none."),
        new(ProblemCodes.AlreadySubscribed, 409, "The connection already has a watch of this id",
            "Choose an id that is unique on the connection, or unsubscribe first."),
        new(ProblemCodes.Conflict, 409, "The write conflicts with the present state",
            "Another item holds a value that must be unique, or other rows refer to this one. Read it again and decide anew."),
        new(ProblemCodes.CursorExpired, 410, "The change log cannot continue from this cursor",
            "Changes since this cursor are no longer known: it is older than the log's retention or than the resource's present definition, or of another database. Forget it and list again."),
        new(ProblemCodes.PreconditionFailed, 412, "The item has changed",
            "Read the item again, apply the change to what it is now, and send it with the new ETag."),
        new(ProblemCodes.PayloadTooLarge, 413, "The body is too large",
            "Send less at once."),
        new(ProblemCodes.UnsupportedMediaType, 415, "The body is of another type than is taken",
            "Send the body with the Content-Type that the detail names: application/json, and application/merge-patch+json for PATCH; in UTF-8, and not compressed."),
        new(ProblemCodes.IdempotencyMismatch, 422, "The idempotency key belongs to another request",
            "Use a new Idempotency-Key for a new request."),
        new(ProblemCodes.LimitExceeded, 429, "A limit was reached",
            "Wait for the seconds in Retry-After, or use less at once."),
        new(ProblemCodes.Unavailable, 503, "The server cannot answer this now",
            "Nothing was done. Repeat the request after the seconds in Retry-After."),
    ];

    private static readonly FrozenDictionary<string, ProblemKind> Kinds = All.ToFrozenDictionary(kind => kind.Code, StringComparer.Ordinal);

    /// <summary>The kind of this code, or null.</summary>
    public static ProblemKind? Find(string code) => Kinds.GetValueOrDefault(code);

    public static ProblemKind Of(string code) => Find(code) ?? throw new ArgumentOutOfRangeException(nameof(code), code, "Not a problem code.");
}
