namespace RealtimeApi.Server.Watching;

/// <summary>Limits and intervals of watches.</summary>
public sealed class WatchingOptions
{
    /// <summary>How often an idle watch is sent its present cursor.</summary>
    /// <value>Default: 30 seconds.</value>
    public TimeSpan BookmarkInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The most watches that one connection may hold; another is refused with <c>limit-exceeded</c>.</summary>
    /// <value>Default: 1,000.</value>
    public int MaxWatchesPerConnection { get; set; } = 1000;

    /// <summary>How long a write to a client may stay pending before its connection is aborted.</summary>
    /// <value>Default: 15 seconds.</value>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(15);
}
