using System.Runtime.CompilerServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Watching;

/// <summary>Turns the feed into the events of each watch; every transport is thin above it. Knows no HTTP.</summary>
/// <remarks>
/// Thread-safe. One loop follows the feed and evaluates each change once for each scope that it may concern; members named <c>_NeedsLock</c>, here, in
/// <see cref="ScopeSet"/> and in <see cref="Scope"/>, are guarded by <see cref="gate"/>, which is never held while a callback or the database is waited for.
/// The frontier and the scopes' histories are immutable and swapped whole, so that reads take no lock.
/// </remarks>
internal sealed partial class WatchEngine : BackgroundService
{
    /// <summary>How many changes are evaluated while the lock is held: starting a watch waits no longer than that.</summary>
    private const int ChangesPerLock = 64;

    /// <summary>How many changes are evaluated before watches are told, where the feed brings many at once.</summary>
    private const int ChangesPerSignal = 1024;

    private const int BookmarkSlices = 16;

    private readonly Lock gate = new();
    private readonly ScopeSet scopes_NeedsLock;
    private readonly RetainedEvents retained_NeedsLock;
    private readonly List<Watch> stalled_NeedsLock = [];
    private readonly ChangeFeed feed;
    private readonly WatchStart starts;
    private readonly IDatabase database;
    private readonly WatchingOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<WatchEngine> logger;

    /// <summary>The loop's own: scopes with new events, and scratch space for the watches that are told of them.</summary>
    private readonly List<Scope> touched = [];
    private readonly List<Scope> found = [];
    private readonly List<Watch> told = [];
    private readonly ChangeEvents events = new();

    private volatile Frontier? frontier;

    public WatchEngine(
        ChangeFeed feed,
        CatalogSource catalogs,
        IDatabase database,
        IOptions<RealtimeApiOptions> options,
        TimeProvider time,
        ILogger<WatchEngine> logger)
    {
        this.feed = feed;
        this.database = database;
        this.options = options.Value.Watching;
        this.time = time;
        this.logger = logger;
        retained_NeedsLock = new(options.Value.Feed.WindowBytes);
        scopes_NeedsLock = new(this.options);
        CatchUp = new(database);
        Judge = new(database);
        starts = new(this, catalogs, database);
    }

    /// <summary>How far the feed has been evaluated; null where nothing is watched yet or nothing can be.</summary>
    public LogPoint? Through => frontier?.Point;

    /// <summary>The watches that are open on this node.</summary>
    public int WatchCount
    {
        get
        {
            lock (gate)
                return scopes_NeedsLock.WatchCount;
        }
    }

    /// <summary>The distinct views among them.</summary>
    public int ScopeCount
    {
        get
        {
            lock (gate)
                return scopes_NeedsLock.Count;
        }
    }

    internal Frontier Frontier => frontier!;

    internal BatchCache Batches { get; } = new();

    internal CatchUp CatchUp { get; }

    internal CursorJudge Judge { get; }

    internal IItemReader Items => database.Items;

    /// <summary>
    /// Starts a watch. <paramref name="ready"/> is called, without any lock held and from any thread, when the watch may have something to read after a read that
    /// returned null; at most once until it is read again. It may come before that read has handed its null over, and must not block. The first read is the
    /// caller's to make.
    /// </summary>
    /// <param name="request">What to watch, and from where.</param>
    /// <param name="caller">For whom: what is watched for one caller is bounded. Empty for the server's own watches.</param>
    /// <param name="ready">See above.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProblemException">
    /// The request is refused (unknown-resource, not-watchable, invalid-query, invalid-cursor, cursor-expired, limit-exceeded, unavailable).
    /// </exception>
    public ValueTask<Watch> StartAsync(WatchRequest request, string caller, Action<Watch> ready, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(ready);
        return starts.StartAsync(request, caller, ready, cancellationToken);
    }

    /// <summary>Starts a watch of the server's own, which counts as no caller's.</summary>
    /// <exception cref="ProblemException">As above.</exception>
    public ValueTask<Watch> StartAsync(WatchRequest request, Action<Watch> ready, CancellationToken cancellationToken) =>
        StartAsync(request, caller: "", ready, cancellationToken);

    /// <summary>Evaluates from where the feed stands; watches can be started once the host has started.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (feed.State is { } state)
            frontier = new(state.Head, state);
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc cref="WatchStart.FindAsync"/>
    internal ValueTask<LogPoint> FindStartAsync(ResourceDefinition resource, CancellationToken cancellationToken) => starts.FindAsync(resource, cancellationToken);

    internal void Remove(Watch watch)
    {
        lock (gate)
        {
            scopes_NeedsLock.Remove_NeedsLock(watch);
            Forget_NeedsLock();
        }
    }

    /// <summary>Tells a watch to read again once the feed has had an answer from the database, or after a while.</summary>
    internal void RetryLater(Watch watch)
    {
        lock (gate)
            stalled_NeedsLock.Add(watch);
        feed.Wake();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var bookmarks = new BookmarkClock(RemindIdle, BookmarkSlices, options.BookmarkInterval, time);
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                var state = await feed.WaitAsync(frontier?.State, stoppingToken);
                Advance(state);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    /// <summary>Adds a watch whose start was judged by <paramref name="judged"/>; null where that holds no longer, and is to be judged again.</summary>
    internal Watch? TryAdd(WatchView view, FeedState judged, LogPoint? start, string caller, Action<Watch> ready)
    {
        lock (gate)
        {
            var current = Frontier;
            if (current.State.Epoch != judged.Epoch || !ReferenceEquals(current.State.Catalog.Find(view.Resource.Name), view.Resource))
                return null;
            // The capture may have ended or begun anew since the start was judged. A scope that is made now would not see it: the engine has passed the mark.
            if (!current.State.CaptureStarts.TryGetValue(view.Resource.Name, out var captureStart) || start?.Position < captureStart)
                return null;
            return scopes_NeedsLock.Add_NeedsLock(
                view,
                caller,
                current.State.LogId,
                current.Point,
                scope => new(this, scope, caller, ready, start ?? current.Point, start is null ? new Snapshot(scope.View, time) : null));
        }
    }

    /// <summary>Where nothing is watched, nothing needs to be kept.</summary>
    private void Forget_NeedsLock()
    {
        if (scopes_NeedsLock.Count > 0)
            return;
        retained_NeedsLock.Clear();
        Batches.Clear();
    }

    /// <summary>Takes the feed's next state: ends what cannot go on, evaluates the new segments, tells the watches.</summary>
    private void Advance(FeedState state)
    {
        if (frontier is not { } from)
        {
            frontier = new(state.Head, state);
            return;
        }

        if (from.State.Epoch != state.Epoch)
            EndAll(state);
        else if (!ReferenceEquals(from.State.Catalog, state.Catalog))
            EndChanged(state);

        var before = Frontier.Point.Position;
        if (before < state.WindowStart.Position)
            Skip(state);
        else if (before < state.Head.Position && TrySkipUnwatched(state))
            before = state.Head.Position;

        var untold = 0;
        for (var i = state.FindSegment(before); i < state.Window.Count; i++)
        {
            var segment = state.Window[i];
            if (segment.Through.Position <= before)
                continue;
            ApplyResets(segment);
            for (var first = 0; first == 0 || first < segment.Changes.Count; first += ChangesPerLock)
            {
                Evaluate(state, segment, first);
                untold += ChangesPerLock;
                if (untold >= ChangesPerSignal)
                {
                    Tell();
                    untold = 0;
                }
            }
        }

        lock (gate)
        {
            frontier = new(state.Head, state);
            retained_NeedsLock.Trim_NeedsLock();
            if (state.IsCurrent)
                Touch_NeedsLock(stalled_NeedsLock);
        }

        Tell();
    }

    private bool TrySkipUnwatched(FeedState state)
    {
        lock (gate)
        {
            if (scopes_NeedsLock.Count > 0)
                return false;
            frontier = new(state.Head, state);
            return true;
        }
    }

    /// <summary>The window has moved on beyond what has been evaluated: the scopes start anew there, and their watches catch up from the log.</summary>
    private void Skip(FeedState state)
    {
        lock (gate)
        {
            foreach (var scope in scopes_NeedsLock.All_NeedsLock)
            {
                scope.StartAnew_NeedsLock(state.WindowStart);
                Touch_NeedsLock(scope);
            }

            retained_NeedsLock.Clear();
            frontier = new(state.WindowStart, state);
        }
    }

    private void Evaluate(FeedState state, Segment segment, int first)
    {
        lock (gate)
        {
            var end = Math.Min(first + ChangesPerLock, segment.Changes.Count);
            for (var i = first; i < end; i++)
            {
                var change = segment.Changes[i];
                found.Clear();
                scopes_NeedsLock.Find_NeedsLock(change, found);
                if (found.Count == 0)
                    continue;
                events.Begin(change);
                foreach (var scope in found)
                    Evaluate_NeedsLock(scope, change);
            }

            frontier = new(end == segment.Changes.Count ? segment.Through : segment.Changes[end - 1].Point, state);
            retained_NeedsLock.Trim_NeedsLock();
        }
    }

    private void Evaluate_NeedsLock(Scope scope, Change change)
    {
        try
        {
            if (scope.View.Judge(change) is not { } view)
                return;
            var made = events.Make(scope, view);
            scope.Append_NeedsLock(made);
            retained_NeedsLock.Add_NeedsLock(scope, made);
        }
        catch (Exception exception)
        {
            // One view that cannot be evaluated must not hold all others; and a watch must not go on as if nothing had happened.
            Log.EvaluationFailed(logger, scope.View.Resource.Name, exception);
            End_NeedsLock(scope, new(ProblemCodes.Unavailable, "The watch could not be evaluated. Read the items again and watch from there."));
        }

        Touch_NeedsLock(scope);
    }

    private void ApplyResets(Segment segment)
    {
        if (segment.Resets.Count == 0)
            return;
        lock (gate)
        {
            foreach (var reset in segment.Resets)
            {
                foreach (var scope in scopes_NeedsLock.All_NeedsLock)
                {
                    if (scope.View.Resource.Name != reset.ResourceName)
                        continue;
                    scope.Expire_NeedsLock(reset);
                    Touch_NeedsLock(scope);
                }
            }
        }
    }

    private void EndAll(FeedState state)
    {
        lock (gate)
        {
            var why = new ScopeEnd(ProblemCodes.CursorExpired, Expired.LogBroke);
            foreach (var scope in scopes_NeedsLock.All_NeedsLock.ToArray())
            {
                End_NeedsLock(scope, why);
                Touch_NeedsLock(scope);
            }

            frontier = new(state.Head, state);
        }
    }

    private void EndChanged(FeedState state)
    {
        lock (gate)
        {
            foreach (var scope in scopes_NeedsLock.All_NeedsLock.ToArray())
            {
                var present = state.Catalog.Find(scope.View.Resource.Name);
                var isCaptured = state.CaptureStarts.ContainsKey(scope.View.Resource.Name);
                if (isCaptured && ReferenceEquals(present, scope.View.Resource))
                    continue;
                End_NeedsLock(scope, present switch
                {
                    { Watchable: true } when !isCaptured => new(ProblemCodes.Unavailable, WatchStart.NotCaptured(present.Name)),
                    null => new(ProblemCodes.UnknownResource, $"The resource '{scope.View.Resource.Name}' is no longer there."),
                    { Watchable: false } => new(ProblemCodes.NotWatchable, $"The resource '{present.Name}' can no longer be watched."),
                    _ => new(ProblemCodes.CursorExpired, $"The definition of '{present.Name}' has changed. Read the items again and watch from there."),
                });
                Touch_NeedsLock(scope);
            }

            frontier = new(Frontier.Point, state);
        }
    }

    private void End_NeedsLock(Scope scope, ScopeEnd why)
    {
        scopes_NeedsLock.End_NeedsLock(scope, why);
        Forget_NeedsLock();
    }

    private void Touch_NeedsLock(Scope scope)
    {
        if (scope.IsTouched_NeedsLock)
            return;
        scope.IsTouched_NeedsLock = true;
        touched.Add(scope);
    }

    private void Touch_NeedsLock(List<Watch> watches)
    {
        told.AddRange(watches);
        watches.Clear();
    }

    /// <summary>Tells the watches of the touched scopes that there may be something to read.</summary>
    private void Tell()
    {
        if (touched.Count > 0)
        {
            lock (gate)
            {
                foreach (var scope in touched)
                {
                    scope.IsTouched_NeedsLock = false;
                    told.AddRange(scope.Watches_NeedsLock);
                }
            }

            touched.Clear();
        }

        foreach (var watch in told)
            Tell(watch, static w => w.Signal());
        told.Clear();
    }

    private void Tell(Watch watch, Action<Watch> signal)
    {
        try
        {
            signal(watch);
        }
        catch (Exception exception)
        {
            Log.ReadyFailed(logger, exception);
        }
    }

    /// <summary>Offers a bookmark to the watches of a slice of the scopes, and another try to those that the database has failed.</summary>
    private void RemindIdle(int slice)
    {
        List<Watch> idle = [];
        List<Watch> stalled;
        lock (gate)
        {
            foreach (var scope in scopes_NeedsLock.All_NeedsLock)
                if ((RuntimeHelpers.GetHashCode(scope) & int.MaxValue) % BookmarkSlices == slice)
                    idle.AddRange(scope.Watches_NeedsLock);
            stalled = [.. stalled_NeedsLock];
            stalled_NeedsLock.Clear();
        }

        foreach (var watch in idle)
            Tell(watch, static w => w.SignalBookmark());
        foreach (var watch in stalled)
            Tell(watch, static w => w.Signal());
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A watch of {Resource} could not be evaluated and has been ended.")]
        public static partial void EvaluationFailed(ILogger logger, string resource, Exception exception);

        [LoggerMessage(2, LogLevel.Error, "A transport failed when it was told of something to read.")]
        public static partial void ReadyFailed(ILogger logger, Exception exception);
    }
}
