using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Feed;

namespace RealtimeApi.Server.Watching;

/// <summary>A distinct view with everything that its watches share: it is evaluated once per change, and keeps the events so made for a while.</summary>
/// <remarks>
/// <see cref="History"/>, <see cref="Reset"/> and <see cref="End"/> are immutable and swapped whole by the engine's loop, and read by any thread;
/// members named <c>_NeedsLock</c> are guarded by the engine's lock. There may be 100,000 of these, most with one watch, so that every field counts.
/// </remarks>
internal sealed class Scope(WatchView view, string logId, LogPoint start)
{
    private volatile ScopeHistory history = new(start, Run<WatchEvent>.Empty);
    private volatile CaptureReset? reset;
    private volatile ScopeEnd? end;
    private Watch[] watches = [];

    public WatchView View { get; } = view;

    /// <summary>The log that the scope's cursors are of.</summary>
    public string LogId { get; } = logId;

    public ScopeHistory History => history;

    /// <summary>The newest mark of the resource's capture that the feed has passed since the scope was made; watches before it end.</summary>
    public CaptureReset? Reset => reset;

    /// <summary>Why all watches of the scope end; null while they go on.</summary>
    public ScopeEnd? End => end;

    public int WatchCount { get; private set; }

    /// <summary>The next scope that the index finds by the same value.</summary>
    public Scope? Next_NeedsLock { get; set; }

    /// <summary>Whether the engine's loop already has the scope among those whose watches it is to signal.</summary>
    public bool IsTouched_NeedsLock { get; set; }

    public ReadOnlySpan<Watch> Watches_NeedsLock => watches.AsSpan(0, WatchCount);

    public void Add_NeedsLock(Watch watch)
    {
        if (WatchCount == watches.Length)
            Array.Resize(ref watches, Math.Max(1, WatchCount * 2));
        watch.PlaceInScope = WatchCount;
        watches[WatchCount++] = watch;
    }

    /// <returns>False when it had been removed before.</returns>
    public bool Remove_NeedsLock(Watch watch)
    {
        if (watch.PlaceInScope < 0)
            return false;
        var last = watches[--WatchCount];
        watches[watch.PlaceInScope] = last;
        last.PlaceInScope = watch.PlaceInScope;
        watches[WatchCount] = null!;
        watch.PlaceInScope = -1;
        return true;
    }

    public void Append_NeedsLock(WatchEvent made) => history = new(history.Start, history.Events.Append(made));

    /// <summary>Gives up the oldest event if it is this one.</summary>
    public void Drop_NeedsLock(WatchEvent oldest)
    {
        var current = history;
        if (current.Events.Count > 0 && ReferenceEquals(current.Events[0], oldest))
            history = new(oldest.Point, current.Events.DropFirst(1));
    }

    /// <summary>Gives up all events: what comes next is complete only after <paramref name="start"/>.</summary>
    public void StartAnew_NeedsLock(LogPoint start) => history = new(start, Run<WatchEvent>.Empty);

    public void Expire_NeedsLock(CaptureReset mark) => reset = mark;

    public void End_NeedsLock(ScopeEnd why) => end = why;

    /// <exception cref="ProblemException">A watch of this scope that stands at <paramref name="position"/> has ended.</exception>
    public void ThrowIfEnded(LogPosition position)
    {
        if (end is { } ended)
            throw ended.ToException();
        if (reset is { } mark && position < mark.Point.Position)
            throw Expired.BeforeCapture(View.Resource.Name);
    }

    public bool HasEnded(LogPosition position) => end is not null || (reset is { } mark && position < mark.Point.Position);

    public string FormatCursor(LogPoint point) => Cursor.Format(LogId, point, View.Rights);
}
