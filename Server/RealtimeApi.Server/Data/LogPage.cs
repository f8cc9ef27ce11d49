using RealtimeApi.Server.Feed;

namespace RealtimeApi.Server.Data;

/// <summary>A run of the change log.</summary>
internal sealed record LogPage
{
    public required string LogId { get; init; }

    /// <summary>The changes, in the log's order.</summary>
    public required IReadOnlyList<Change> Changes { get; init; }

    /// <summary>The marks in the run.</summary>
    public required IReadOnlyList<CaptureReset> Resets { get; init; }

    /// <summary>How far the page reaches: everything up to here has been read. Equals the asked position when there is nothing new.</summary>
    public required LogPoint Through { get; init; }

    /// <summary>
    /// By the same read, the point of the newest row (of any resource) at or before the asked position, so that its reader notices a log that was restored or
    /// replaced; null when it has been trimmed or was not looked for.
    /// </summary>
    public LogPoint? After { get; init; }

    /// <summary>Whether rows after <see cref="Through"/> are already there.</summary>
    public required bool HasMore { get; init; }

    /// <summary>
    /// Whether changes that were committed a while ago may stand after <see cref="Through"/> and cannot be read yet, because another transaction is open.
    /// </summary>
    public bool IsHeldBack { get; init; }

    /// <summary>Read after the rows: when it has passed the asked position, the page may have holes and must not be used.</summary>
    public required LogPosition LowWater { get; init; }

    /// <inheritdoc cref="LogState.SchemaVersion"/>
    public required long SchemaVersion { get; init; }
}
