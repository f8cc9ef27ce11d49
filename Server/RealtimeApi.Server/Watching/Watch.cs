using RealtimeApi.Contracts;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Feed;

namespace RealtimeApi.Server.Watching;

/// <summary>One watch: a position in the log and a scope. Holds no queue; what it has not been asked for stays in the segments or the log.</summary>
/// <remarks>
/// Read by one caller at a time, whose own the positions are; what other threads touch are <see cref="armed"/> and the flags, each by itself atomic.
/// Disposing stops it at once. Being slow, catching up and resuming are the same: the next event after a position, from the nearest
/// place that still has it.
/// </remarks>
internal sealed class Watch : IDisposable
{
    /// <summary>Bytes of the log that a read looks at without finding an event, before it says how far it got.</summary>
    private const int ScanBytes = 4 * 1024 * 1024;

    /// <summary>Pages that such a read looks at: those of other resources' changes count no bytes, and other watches wait for their turn meanwhile.</summary>
    private const int ScanSteps = 32;

    private readonly WatchEngine engine;
    private readonly Action<Watch> ready;
    private readonly LogPoint start;
    private Snapshot? snapshot;

    /// <summary>The point of the batch handed out last: the next one is from there.</summary>
    private LogPoint sent;

    /// <summary>No event stands after <see cref="sent"/> up to here.</summary>
    private LogPoint scanned;

    /// <summary>1 while the last read returned null and nobody has said since that there is something: the right to call <see cref="ready"/>.</summary>
    private int armed;

    private volatile bool bookmarkDue;
    private volatile bool hadEvents;
    private volatile bool disposed;

    internal Watch(WatchEngine engine, Scope scope, string caller, Action<Watch> ready, LogPoint start, Snapshot? snapshot)
    {
        this.engine = engine;
        this.ready = ready;
        this.start = start;
        this.snapshot = snapshot;
        Scope = scope;
        Caller = caller;
        StartsWithItems = snapshot is not null;
        sent = scanned = start;
    }

    /// <summary>The cursor of the subscribe reply; null where the current items come first.</summary>
    public string? StartCursor => StartsWithItems ? null : Scope.FormatCursor(start);

    /// <summary>Where the watch stands: the cursor of the batch read last, or the start's. Null while the initial items are read. For the watch's one reader.</summary>
    public string? Cursor => snapshot is not null ? null : Scope.FormatCursor(sent);

    /// <summary>Whether the last read returned null only because the database did not answer; it is tried again, and <c>ready</c> called, by itself.</summary>
    public bool IsStalled { get; private set; }

    /// <summary>Whether nothing that has been evaluated stands behind the batch read last, so that it is not worth asking again at once. For the watch's one reader.</summary>
    public bool IsAtFrontier => scanned.Position >= engine.Frontier.Point.Position;

    internal Scope Scope { get; }

    /// <summary>For whom it is, see <see cref="WatchEngine.StartAsync(WatchRequest, string, Action{Watch}, CancellationToken)"/>.</summary>
    internal string Caller { get; }

    /// <summary>Where the scope keeps the watch, -1 once it does not; guarded by the engine's lock.</summary>
    internal int PlaceInScope { get; set; }

    private bool StartsWithItems { get; }

    /// <summary>
    /// The next batch, or null when there is nothing now (then <c>ready</c> is called once there may be). Completes synchronously from memory; reads the
    /// database only to catch up or for the initial items.
    /// </summary>
    /// <param name="limit">How much it may hold.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProblemException">The watch has ended: its code and detail go to the client.</exception>
    /// <exception cref="ObjectDisposedException">The watch has been disposed.</exception>
    public ValueTask<WatchBatch?> ReadAsync(BatchLimit limit, CancellationToken cancellationToken)
    {
        Interlocked.Exchange(ref armed, 0);
        IsStalled = false;
        if (snapshot is not null)
            return ReadSlowlyAsync(limit, cancellationToken);
        return TryReadMemory(limit, out var batch) ? new(batch) : ReadSlowlyAsync(limit, cancellationToken);
    }

    public void Dispose()
    {
        disposed = true;
        engine.Remove(this);
    }

    /// <summary>Says that there may be something to read. Called by the engine with no lock held.</summary>
    internal void Signal()
    {
        // Most watches of a busy scope are being read already: looking first spares the cache line.
        if (Volatile.Read(ref armed) == 1 && Interlocked.CompareExchange(ref armed, 0, 1) == 1 && !disposed)
            ready(this);
    }

    /// <summary>Asks for a bookmark, unless there have been events since the last time.</summary>
    internal void SignalBookmark()
    {
        if (hadEvents)
        {
            hadEvents = false;
            return;
        }

        bookmarkDue = true;
        Signal();
    }

    /// <returns>False when memory does not have what comes next.</returns>
    private bool TryReadMemory(BatchLimit limit, out WatchBatch? batch)
    {
        while (true)
        {
            // The frontier first: the history read after it holds at least everything up to there, and an end or a mark that the frontier has passed shows after it.
            var frontier = engine.Frontier;
            var history = Scope.History;
            ThrowIfOver();
            if (scanned.Position < history.Start.Position)
            {
                batch = null;
                return false;
            }

            batch = NextEvents(frontier, history, limit) ?? NextBookmark(frontier);
            if (batch is not null)
            {
                Advance(batch);
                return true;
            }

            // Whoever publishes an event looks at the flag afterwards, and here the flag is set before looking once more: one of the two sees the other.
            Interlocked.Exchange(ref armed, 1);
            if (!MayHaveMore() || Interlocked.CompareExchange(ref armed, 0, 1) != 1)
                return true;
        }
    }

    private bool MayHaveMore()
    {
        if (disposed || Scope.HasEnded(scanned.Position))
            return true;
        var frontier = engine.Frontier;
        var history = Scope.History;
        if (scanned.Position < history.Start.Position)
            return true;
        var next = history.IndexAfter(scanned.Position);
        return (next < history.Events.Count && history.Events[next].Point.Position <= frontier.Point.Position)
            || (bookmarkDue && frontier.Point.Position > sent.Position);
    }

    private WatchBatch? NextEvents(Frontier frontier, ScopeHistory history, BatchLimit limit)
    {
        if (!history.HasAfter(scanned.Position))
            return null;
        var first = history.IndexAfter(scanned.Position);
        var count = history.Events.Count;
        while (count > first && history.Events[count - 1].Point.Position > frontier.Point.Position)
            count--;
        if (first == count)
            return null;

        var shared = Scope.WatchCount > 1;
        if (shared && engine.Batches.Find(Scope, sent, limit, history.Events[count - 1].Point.Position) is { } found)
            return found;

        var bytes = 0;
        var end = first;
        while (end < count && limit.HasRoom(end - first, bytes, history.Events[end]))
            bytes += history.Events[end++].Json.Length;
        var events = new WatchEvent[end - first];
        for (var i = 0; i < events.Length; i++)
            events[i] = history.Events[first + i];
        var batch = MakeBatch(events, end < count ? events[^1].Point : frontier.Point, hasMore: end < count);
        if (shared)
            engine.Batches.Keep(Scope, limit, batch);
        return batch;
    }

    private WatchBatch? NextBookmark(Frontier frontier)
    {
        if (!bookmarkDue)
            return null;
        bookmarkDue = false;
        return frontier.Point.Position > sent.Position ? MakeBatch([], frontier.Point, hasMore: false) : null;
    }

    private WatchBatch MakeBatch(IReadOnlyList<WatchEvent> events, LogPoint through, bool hasMore) => new()
    {
        From = Scope.FormatCursor(sent),
        Cursor = Scope.FormatCursor(through),
        FromPoint = sent,
        ThroughPoint = through,
        Events = events,
        HasMore = hasMore,
    };

    private void Advance(WatchBatch batch)
    {
        sent = scanned = batch.ThroughPoint;
        bookmarkDue = false;
        hadEvents = batch.Events.Count > 0;
    }

    private async ValueTask<WatchBatch?> ReadSlowlyAsync(BatchLimit limit, CancellationToken cancellationToken)
    {
        // A database may well answer on the thread that asks, and the thread may be the engine's own, which all watches wait for.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            if (snapshot is not null)
                return await ReadSnapshotAsync(snapshot, limit, cancellationToken);
            return await ReadBehindAsync(limit, cancellationToken);
        }
        catch (Exception exception) when (exception is DatabaseUnavailableException or SchemaChangedException)
        {
            // The feed meets the same trouble and deals with it: it waits for the database, or takes the new schema and ends what no longer fits.
            ComeBackLater();
            return null;
        }
    }

    private void ComeBackLater()
    {
        IsStalled = true;
        Interlocked.Exchange(ref armed, 1);
        engine.RetryLater(this);
    }

    private async ValueTask<WatchBatch?> ReadBehindAsync(BatchLimit limit, CancellationToken cancellationToken)
    {
        var (looked, steps) = (0, 0);
        while (true)
        {
            if (TryReadMemory(limit, out var batch))
                return batch;

            var step = await StepAsync(limit, cancellationToken);
            if (step.Shared is { } shared)
            {
                Advance(shared);
                return shared;
            }

            looked += step.Found.Bytes;
            scanned = step.Found.Through;
            if (step.Found.Events.Count == 0 && (scanned == sent || (looked < ScanBytes && ++steps < ScanSteps)))
                continue;
            batch = MakeBatch(step.Found.Events, scanned, hasMore: true);
            if (Scope.WatchCount > 1 && batch.Events.Count > 0)
                engine.Batches.Keep(Scope, limit, batch);
            Advance(batch);
            return batch;
        }
    }

    /// <summary>What comes next from the window or the log; or the batch that another watch at the same place has just made of it.</summary>
    private async ValueTask<(CatchUp.Step Found, WatchBatch? Shared)> StepAsync(BatchLimit limit, CancellationToken cancellationToken)
    {
        var state = engine.Frontier.State;
        if (scanned.Position >= state.Head.Position)
        {
            // The engine is just about to publish what it has evaluated.
            await Task.Yield();
            return (new([], scanned, 0), null);
        }

        if (scanned.Position >= state.WindowStart.Position)
        {
            if (engine.Batches.Find(Scope, sent, limit, LogPosition.Max) is { } found)
                return (default, found);
            var step = CatchUp.ReadWindow(Scope, state, scanned.Position, Scope.History.Start, limit);
            // A mark that stands before the history's start shows by now.
            ThrowIfOver();
            return (step, null);
        }

        await engine.CatchUp.DatabaseReads.WaitAsync(cancellationToken);
        try
        {
            if (engine.Batches.Find(Scope, sent, limit, LogPosition.Max) is { } found)
                return (default, found);
            if (!ReferenceEquals(state.Catalog.Find(Scope.View.Resource.Name), Scope.View.Resource))
                throw Expired.BeforeCapture(Scope.View.Resource.Name);
            var step = await engine.CatchUp.ReadLogAsync(Scope, state, scanned, Scope.History.Start, limit, cancellationToken);
            ThrowIfOver();
            return (step, null);
        }
        finally
        {
            engine.CatchUp.DatabaseReads.Release();
        }
    }

    private async ValueTask<WatchBatch?> ReadSnapshotAsync(Snapshot current, BatchLimit limit, CancellationToken cancellationToken)
    {
        while (true)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            if (Scope.End is { } end)
                throw end.ToException();
            if (current.Start is { } begun && Scope.HasEnded(begun.Position))
                current.Restart();
            if (current.Start is null)
                current.Begin(await engine.FindStartAsync(Scope.View.Resource, cancellationToken));

            WatchBatch? batch;
            await engine.CatchUp.DatabaseReads.WaitAsync(cancellationToken);
            try
            {
                batch = await current.ReadAsync(engine.Items, limit.Bytes, JudgeStartAsync, Scope.FormatCursor, cancellationToken);
            }
            finally
            {
                engine.CatchUp.DatabaseReads.Release();
            }

            if (batch is null)
            {
                ComeBackLater();
                return null;
            }

            ObjectDisposedException.ThrowIf(disposed, this);
            if (batch.Synced)
            {
                snapshot = null;
                Advance(batch);
            }

            return batch;
        }
    }

    private async ValueTask<ProblemException?> JudgeStartAsync(LogPoint point, CancellationToken cancellationToken)
    {
        if (Scope.End is { } end)
            throw end.ToException();
        return Scope.HasEnded(point.Position)
            ? Expired.BeforeCapture(Scope.View.Resource.Name)
            : await engine.Judge.FindReasonAsync(point, engine.Frontier.State, Scope.View.Resource, cancellationToken);
    }

    private void ThrowIfOver()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        Scope.ThrowIfEnded(scanned.Position);
    }
}
