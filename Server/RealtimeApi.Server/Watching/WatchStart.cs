using RealtimeApi.Contracts;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Watching;

/// <summary>Judges what a watch asks for, and finds the point from which it has every event.</summary>
internal sealed class WatchStart(WatchEngine engine, CatalogSource catalogs, IDatabase database)
{
    /// <inheritdoc cref="WatchEngine.StartAsync(WatchRequest, string, Action{Watch}, CancellationToken)"/>
    public async ValueTask<Watch> StartAsync(WatchRequest request, string caller, Action<Watch> ready, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                if (engine.Through is null)
                {
                    WatchView.FindWatchable(request.Resource, catalogs.Current);
                    throw Unavailable("The change log has not been opened yet.");
                }

                var state = engine.Frontier.State;
                var view = WatchView.Parse(request, state.Catalog);
                if (!state.CaptureStarts.ContainsKey(view.Resource.Name))
                    throw Unavailable(NotCaptured(view.Resource.Name));
                LogPoint? start = null;
                if (request.Since is { } since)
                    start = await engine.Judge.AcceptAsync(since, state, view.Resource, view.Rights, cancellationToken);
                else if (!request.Initial)
                    start = await FindAsync(view.Resource, cancellationToken);

                if (engine.TryAdd(view, state, start, caller, ready) is { } watch)
                    return watch;
            }
        }
        catch (DatabaseUnavailableException)
        {
            // What is wrong with it is for the log, where the feed says it.
            throw Unavailable("The database does not answer now. Try again in 1 second.");
        }
    }

    /// <summary>Where a watch of the resource starts that asks for what comes from now on.</summary>
    /// <exception cref="DatabaseUnavailableException">The database had to be asked and does not answer.</exception>
    public async ValueTask<LogPoint> FindAsync(ResourceDefinition resource, CancellationToken cancellationToken)
    {
        var current = engine.Frontier;
        if (!current.State.CaptureStarts.TryGetValue(resource.Name, out var captureStart) || current.Point.Position >= captureStart)
            return current.Point;

        // The capture has just been set up anew and the feed has not come to its mark: what follows the mark can be watched.
        var log = await database.Log.FindAsync(captureStart, cancellationToken);
        return log.LogId == current.State.LogId && log.Found is { } mark && mark.Position >= captureStart
            ? mark
            : throw new DatabaseUnavailableException("The change log is being set up.");
    }

    /// <summary>Why the resource, which is watchable, has no changes now.</summary>
    public static string NotCaptured(string resource) =>
        $"The changes of '{resource}' are not being captured now; the server's log says why.";

    private static ProblemException Unavailable(string detail) => new(ProblemCodes.Unavailable, detail) { RetryAfter = 1 };
}
