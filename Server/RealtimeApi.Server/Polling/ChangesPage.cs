using RealtimeApi.Server.Watching;

namespace RealtimeApi.Server.Polling;

/// <summary>What a request for changes is answered with.</summary>
/// <param name="Changes">The events, in order.</param>
/// <param name="Cursor">Where they end, and the next request begins.</param>
/// <param name="More">Whether to ask again at once.</param>
internal readonly record struct ChangesPage(IReadOnlyList<WatchEvent> Changes, string Cursor, bool More);
