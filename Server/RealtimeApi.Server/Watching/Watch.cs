using RealtimeApi.Server.Diagnostics;

namespace RealtimeApi.Server.Watching;

/// <summary>One watch: a position in the log and a scope. Holds no queue; what it has not been asked for stays in the segments or the log.</summary>
/// <remarks>Read by one caller at a time. Disposing stops it at once.</remarks>
internal sealed class Watch : IDisposable
{
    /// <summary>The cursor of the subscribe reply; null where the current items come first.</summary>
    public string? StartCursor => throw new NotImplementedException();

    /// <summary>
    /// The next batch, or null when there is nothing now (then <c>ready</c> is called once there may be). Completes synchronously from memory; reads the
    /// database only to catch up or for the initial items.
    /// </summary>
    /// <param name="maxBytes">About how many bytes of events; one larger event comes alone.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProblemException">The watch has ended: its code and detail go to the client.</exception>
    public ValueTask<WatchBatch?> ReadAsync(int maxBytes, CancellationToken cancellationToken) => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
