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
}
