using RealtimeApi.Contracts;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Watching;

/// <summary>Decides whether the log can still be continued from a cursor: from memory where the window covers it, else by the database's own word.</summary>
/// <remarks>PROTOCOL, Guarantees of a watch, 3. Stateless and thread-safe.</remarks>
internal sealed class CursorJudge(IDatabase database)
{
    /// <summary>The point that a client's cursor names, once it is certain that the log continues from there.</summary>
    /// <exception cref="ProblemException"><c>invalid-cursor</c>, <c>cursor-expired</c>.</exception>
    /// <exception cref="DatabaseUnavailableException">The database had to be asked and does not answer.</exception>
    public async ValueTask<LogPoint> AcceptAsync(string text, FeedState state, ResourceDefinition resource, string rights, CancellationToken cancellationToken)
    {
        if (!Cursor.TryParse(text, out var cursor))
            throw new ProblemException(ProblemCodes.InvalidCursor, "The cursor is not one that this server makes; send it back exactly as it was received.");
        if (cursor.IsWrite)
            throw new ProblemException(
                ProblemCodes.InvalidCursor,
                "The cursor of a write says how new an answer must be (Realtime-Min-Cursor); a watch cannot continue from it. Take the cursor of a list, an item or an event.");
        if (cursor.LogId != state.LogId)
            throw Expired.OtherLog();
        if (cursor.Rights != rights)
            throw Expired.OtherRights();
        if (await FindReasonAsync(cursor.Point, state, resource, cancellationToken) is { } reason)
            throw reason;
        return cursor.Point;
    }

    /// <summary>Why the log no longer continues from a point for a resource; null where it does.</summary>
    /// <exception cref="DatabaseUnavailableException">The database had to be asked and does not answer.</exception>
    public async ValueTask<ProblemException?> FindReasonAsync(LogPoint point, FeedState state, ResourceDefinition resource, CancellationToken cancellationToken)
    {
        if (IsBefore(point, state.CaptureStarts, resource))
            return Expired.BeforeCapture(resource.Name);
        if (state.Holds(point) is { } holds)
            return holds ? null : Expired.OtherLog();

        // The feed may lag behind the database, so only the database can say that a point is ahead of the log.
        var log = await database.Log.FindAsync(point.Position, cancellationToken);
        if (point.Position < log.LowWater.Position)
            return Expired.Trimmed();
        if (!log.Continues(state.LogId, point))
            return Expired.OtherLog();
        return IsBefore(point, log.CaptureStarts, resource) ? Expired.BeforeCapture(resource.Name) : null;
    }

    private static bool IsBefore(LogPoint point, IReadOnlyDictionary<string, LogPosition> captureStarts, ResourceDefinition resource) =>
        captureStarts.TryGetValue(resource.Name, out var start) && point.Position < start;
}
