namespace RealtimeApi.Server.Feed;

/// <summary>The change log's retention and the feed's memory.</summary>
public sealed class FeedOptions
{
    /// <summary>How long changes are kept; an older cursor is answered with <c>cursor-expired</c>.</summary>
    /// <value>Default: 3 days.</value>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(3);

    /// <summary>
    /// How often older changes are deleted, by one node. Another takes that over from one that died within two and a half of these intervals.
    /// </summary>
    /// <value>Default: a twentieth of <see cref="Retention"/>, but at least a minute and at most an hour.</value>
    public TimeSpan? TrimInterval { get; set; }

    /// <summary>
    /// Bytes of changes that each node keeps in memory, and as many again of the events that watches have made of them; watches further behind read the log table.
    /// </summary>
    /// <value>Default: 64 MiB.</value>
    public int WindowBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>How long the feed waits before it looks at the log without being told of a write.</summary>
    /// <value>Default: 1 second.</value>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);
}
