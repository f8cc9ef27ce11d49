using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Watching;

namespace RealtimeApi.Server.Polling;

/// <summary>Reads one page of changes from a watch that lasts no longer than the request.</summary>
/// <remarks>One reader; <see cref="told"/> is set by the engine, on any thread, and replaced by the reader before it reads.</remarks>
internal sealed class ChangesPoll(WatchEngine engine, string caller, TimeProvider time)
{
    /// <summary>About how many bytes of events an answer has at most.</summary>
    private const int MostBytes = 1024 * 1024;

    /// <summary>What is read for each event that may be sent, so that a small request reads no large page of the log.</summary>
    private const int BytesPerEvent = 16 * 1024;

    private const int FewestBytes = 64 * 1024;

    /// <summary>How often the log is read for one answer, where the matching changes are few and far between.</summary>
    private const int MostReads = 8;

    private volatile TaskCompletionSource told = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The changes since the request's cursor, as soon as there are any; none where none came in time. Without a cursor, the present one at once.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="stopping">The server sends its clients elsewhere: waits no longer.</param>
    /// <param name="cancellationToken">Nobody waits for the answer any more.</param>
    /// <exception cref="ProblemException">The request is refused, or the watch has ended.</exception>
    public async Task<ChangesPage> ReadAsync(ChangesRequest request, CancellationToken stopping, CancellationToken cancellationToken)
    {
        using var watch = await engine.StartAsync(request.Watch, caller, _ => told.TrySetResult(), cancellationToken);
        if (request.Watch.Since is null)
            return new([], watch.StartCursor!, More: false);

        using var patience = new CancellationTokenSource(request.Wait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stopping, cancellationToken);
        while (true)
        {
            var isLast = request.Wait == TimeSpan.Zero || either.IsCancellationRequested;
            if (isLast)
                watch.SignalBookmark();
            told = new(TaskCreationOptions.RunContinuationsAsynchronously);
            var page = await ReadNowAsync(watch, request.Limit, cancellationToken);
            if (page.Changes.Count > 0 || page.More)
                return page;
            if (isLast)
            {
                return watch.IsStalled
                    ? throw new ProblemException(ProblemCodes.Unavailable, "The database does not answer now, so that it is not known what has changed. Try again in 1 second.") { RetryAfter = 1 }
                    : page;
            }

            try
            {
                await told.Task.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // The last look says how far the watch has come meanwhile.
            }
        }
    }

    private static async Task<ChangesPage> ReadNowAsync(Watch watch, int limit, CancellationToken cancellationToken)
    {
        List<WatchEvent> changes = [];
        var bytesLeft = Math.Clamp(limit * BytesPerEvent, FewestBytes, MostBytes);
        for (var reads = 1; ; reads++)
        {
            if (await watch.ReadAsync(new(bytesLeft, limit - changes.Count), cancellationToken) is not { } batch)
                return new(changes, watch.Cursor!, More: false);
            changes.AddRange(batch.Events);
            foreach (var made in batch.Events)
                bytesLeft -= made.Json.Length;
            var more = batch.HasMore && !watch.IsAtFrontier;

            // A bookmark, or a scan that found nothing up to the newest change. Only a read that returns null arms the watch to tell of the next one.
            if (changes.Count == 0 && !more)
                continue;
            if (!batch.HasMore || batch.Events.Count == 0 || changes.Count >= limit || bytesLeft <= 0 || reads >= MostReads)
                return new(changes, batch.Cursor!, more);
        }
    }
}
