using Microsoft.Extensions.Hosting;

namespace RealtimeApi.Server.Feed;

/// <summary>Follows the change log: one per node. Reads it once, in order, and keeps its tail in memory as immutable segments.</summary>
/// <remarks>
/// Knows no subscriber: followers wait for a state that differs from the one they have seen. Thread-safe; the state is immutable and swapped whole by
/// the feed's one loop.
/// </remarks>
internal sealed class ChangeFeed : BackgroundService
{
    /// <summary>Where the feed stands; null until the log has been opened, and where nothing is watchable.</summary>
    public FeedState? State => throw new NotImplementedException();

    /// <summary>Completes with a state other than <paramref name="seen"/>, at once if there is one.</summary>
    public ValueTask<FeedState> WaitAsync(FeedState? seen, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Says that this server has committed a write, so that the feed reads at once.</summary>
    public void Wake() => throw new NotImplementedException();

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => throw new NotImplementedException();
}
