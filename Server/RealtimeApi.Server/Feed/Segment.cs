namespace RealtimeApi.Server.Feed;

/// <summary>A run of consecutive changes of the log. Immutable, shared by everything that follows the feed.</summary>
internal sealed record Segment
{
    /// <summary>The end of the segment before.</summary>
    public required LogPoint After { get; init; }

    /// <summary>Everything up to here is in this segment or an earlier one.</summary>
    public required LogPoint Through { get; init; }

    public required IReadOnlyList<Change> Changes { get; init; }

    public required IReadOnlyList<CaptureReset> Resets { get; init; }

    /// <summary>Bytes, the measure of the window.</summary>
    public required int Size { get; init; }

    /// <summary>About what changes take in memory: text twice its size in the log, and the objects around it.</summary>
    public static int Measure(IReadOnlyList<Change> changes)
    {
        var size = 128L;
        for (var i = 0; i < changes.Count; i++)
        {
            var change = changes[i];
            var images = (change.Before is null ? 0 : 1) + (change.After is null ? 0 : 1);
            size += 160 + 2L * change.Size + images * (64 + 24L * change.Resource.Columns.Count);
        }

        return (int)Math.Min(size, int.MaxValue);
    }
}
