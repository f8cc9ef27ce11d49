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

    /// <summary>
    /// The most requests that watch at one time on a node: hub connections, event streams and polls that are being answered, together. Another is refused with
    /// <c>limit-exceeded</c>.
    /// </summary>
    /// <value>Default: 10,000, some tens of kilobytes each.</value>
    public int MaxConnections { get; set; } = 10_000;

    /// <summary>
    /// The most of these that one caller has on a node: the user where the host knows who it is, else the address (of IPv6 the network, its first 64 bits). Behind a proxy every
    /// address is the proxy's unless it forwards theirs and the host believes it (<c>ASPNETCORE_FORWARDEDHEADERS_ENABLED</c>).
    /// </summary>
    /// <value>Default: 500. A page has one or two, and a client of the SDK one, but an office may have one address.</value>
    public int MaxConnectionsPerCaller { get; set; } = 500;

    /// <summary>
    /// What the watches of one resource on a node may cost together with every change of it, in comparisons (see <see cref="MaxCostPerCaller"/>); a watch that would exceed it is refused with
    /// <c>limit-exceeded</c>. Views that are the same count once, however many watch them; of views that are found by their key or by <c>field eq value</c>, only those of the same value
    /// count together.
    /// </summary>
    /// <value>Default: 50,000. A comparison takes 20 to 50 nanoseconds on a core of 2024, so that a change takes at most about two milliseconds.</value>
    public int MaxCost { get; set; } = 50_000;

    /// <summary>
    /// What the different views that one caller watches on a node may cost together. A view that is found by its key or by <c>field eq value</c> costs nothing; any other costs 4, 40 more with a <c>$select</c>
    /// (its events are its own), and for each comparison of its filter 1, <c>contains</c> 4, <c>year</c>, <c>month</c> and <c>day</c> 2 more, <c>tolower</c>, <c>toupper</c> and <c>length</c> 10 more, <c>in</c> 1 for each value.
    /// </summary>
    /// <value>Default: 5,000, which are a thousand different views with one comparison, or twelve with a hundred <c>contains</c>.</value>
    public int MaxCostPerCaller { get; set; } = 5_000;

    /// <summary>How long a write to a client may stay pending before its connection is aborted.</summary>
    /// <value>Default: 15 seconds.</value>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(15);
}
