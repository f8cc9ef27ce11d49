namespace RealtimeApi.Server.Feed;

/// <summary>A run of consecutive changes of the log. Immutable, shared by everything that follows the feed.</summary>
internal sealed record Segment
{
    private const int Overhead = 128;

    /// <summary>The change itself and its place in the list, and the key that is made of one image when the change is evaluated.</summary>
    private const int ChangeOverhead = 320;

    /// <summary>The end of the segment before.</summary>
    public required LogPoint After { get; init; }

    /// <summary>Everything up to here is in this segment or an earlier one.</summary>
    public required LogPoint Through { get; init; }

    public required IReadOnlyList<Change> Changes { get; init; }

    public required IReadOnlyList<CaptureReset> Resets { get; init; }

    /// <summary>Bytes, the measure of the window.</summary>
    public required int Size { get; init; }

    /// <summary>About what changes take in memory.</summary>
    public static int Measure(IReadOnlyList<Change> changes)
    {
        var size = (long)Overhead;
        for (var i = 0; i < changes.Count; i++)
        {
            var change = changes[i];
            size += ChangeOverhead + change.Item.Size;
            if (change is { Before: { } before, After: { } after })
                size += before.SizeBeside(after);
        }

        return (int)Math.Min(size, int.MaxValue);
    }
}
