using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;

namespace RealtimeApi.Server.Watching;

/// <summary>Turns the feed into the events of each watch; every transport is thin above it. Knows no HTTP.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class WatchEngine
{
    /// <summary>
    /// Starts a watch. <paramref name="ready"/> is called, without any lock held and from any thread, when the watch may have something to read after a read that
    /// returned null; at most once until it is read again. It must not block.
    /// </summary>
    /// <exception cref="ProblemException">The request is refused (unknown-resource, not-watchable, invalid-query, invalid-cursor, cursor-expired, unavailable).</exception>
    public ValueTask<Watch> StartAsync(WatchRequest request, Action<Watch> ready, CancellationToken cancellationToken) => throw new NotImplementedException();
}
