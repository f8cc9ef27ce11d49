using RealtimeApi.Server.Feed;

namespace RealtimeApi.Server.Data;

/// <summary>The change log at one moment.</summary>
internal sealed record LogState
{
    /// <summary>The log's id, drawn when it was made.</summary>
    public required string LogId { get; init; }

    /// <summary>The newest row below the high-water mark.</summary>
    public required LogPoint Head { get; init; }

    /// <summary>Everything after this position is still there; nothing before it can be continued from.</summary>
    public required LogPoint LowWater { get; init; }

    /// <summary>For <see cref="IChangeLog.FindAsync"/>: the point of the newest row at or before the asked position; null when that has been trimmed.</summary>
    public LogPoint? Found { get; init; }

    /// <summary>Where the capture of each watchable resource's present definition began, by resource name.</summary>
    public required IReadOnlyDictionary<string, LogPosition> CaptureStarts { get; init; }

    /// <summary>Differs from the last one when the database's schema may have changed.</summary>
    public required long SchemaVersion { get; init; }

    /// <summary>Whether the log still continues from a point, <see cref="Found"/> having been asked for at its position.</summary>
    public bool Continues(string logId, LogPoint point)
    {
        if (logId != LogId || point.Position < LowWater.Position || point.Position > Head.Position)
            return false;
        return Found is { } found ? found.Tag == point.Tag : point == LowWater;
    }
}
