using RealtimeApi.Server.Feed;

namespace RealtimeApi.Server.Watching;

/// <summary>How far the engine has evaluated the feed. Immutable and swapped whole.</summary>
/// <param name="Point">The histories of all scopes hold every event up to here.</param>
/// <param name="State">The feed's state that the point belongs to; its head may be ahead of the point.</param>
internal sealed record Frontier(LogPoint Point, FeedState State);
