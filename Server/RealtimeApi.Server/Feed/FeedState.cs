using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Feed;

/// <summary>Where the feed stands at one moment. Immutable.</summary>
internal sealed record FeedState
{
    public required string LogId { get; init; }

    /// <summary>
    /// Counts how often the log was found to be another one, or to have lost rows that were read: nothing of an earlier epoch continues in a later one.
    /// </summary>
    public int Epoch { get; init; }

    /// <summary>The definitions that the segments' changes refer to.</summary>
    public required ResourceCatalog Catalog { get; init; }

    /// <summary>Everything up to here has been read.</summary>
    public required LogPoint Head { get; init; }

    /// <summary>The window in memory, oldest first and without holes: it holds every change after <see cref="WindowStart"/> up to <see cref="Head"/>.</summary>
    public required IReadOnlyList<Segment> Window { get; init; }

    public required LogPoint WindowStart { get; init; }

    /// <summary>Where the capture of each watchable resource's present definition began, by resource name: older cursors are expired.
    /// A watchable resource that is missing here is not captured now: its triggers were switched off or removed, or another server on the same database captures another definition of it.</summary>
    public required IReadOnlyDictionary<string, LogPosition> CaptureStarts { get; init; }

    /// <summary>Whether the last read reached the log's end and the database answered; otherwise memory may be behind.</summary>
    public required bool IsCurrent { get; init; }

    /// <summary>Whether it is not current only because a transaction that has written is still open, and later changes must wait for it.</summary>
    public bool IsHeldBack { get; init; }

    /// <summary>Whether the window holds this very point; null where memory alone cannot tell.</summary>
    public bool? Holds(LogPoint point)
    {
        if (point.Position == WindowStart.Position)
            return point.Tag == WindowStart.Tag;
        if (point.Position < WindowStart.Position || point.Position > Head.Position)
            return null;
        var segment = Window[FindSegment(point.Position)];
        if (segment.Through.Position == point.Position)
            return segment.Through.Tag == point.Tag;
        foreach (var change in segment.Changes)
            if (change.Point.Position == point.Position)
                return change.Point.Tag == point.Tag;

        // A row of a resource that the catalog does not hold, or a place between rows.
        return null;
    }

    /// <summary>The index of the first segment that reaches beyond a position or ends there, the window's length where none does.</summary>
    public int FindSegment(LogPosition position)
    {
        var (low, high) = (0, Window.Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (Window[middle].Through.Position < position)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
