using RealtimeApi.Server.Data;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Feed;

namespace RealtimeApi.Server.Watching;

/// <summary>Makes the events that a scope no longer keeps, from the feed's window or, before that, from the log itself.</summary>
/// <remarks>Stateless but for the number of reads that are under way; thread-safe.</remarks>
internal sealed class CatchUp(IDatabase database)
{
    /// <summary>How many changes of the window one step looks at, a few milliseconds' work.</summary>
    private const int MostChanges = 4096;

    private const int SmallestPage = 16 * 1024;

    /// <summary>Reads of the log and of snapshots at the same time: a crowd that resumes does not crowd out the feed and ordinary reads.</summary>
    public SemaphoreSlim DatabaseReads { get; } = new(8);

    /// <summary>What a step found: the events after where it began, and how far it got.</summary>
    /// <param name="Events">The events, within the limit that was asked for.</param>
    /// <param name="Through">Every event up to here is among them or before.</param>
    /// <param name="Bytes">Bytes looked at.</param>
    public readonly record struct Step(IReadOnlyList<WatchEvent> Events, LogPoint Through, int Bytes);

    /// <summary>The events after <paramref name="after"/>, a point that the window covers, and not after <paramref name="until"/>.</summary>
    public static Step ReadWindow(Scope scope, FeedState state, LogPosition after, LogPoint until, BatchLimit limit)
    {
        if (until.Position > state.Head.Position)
            until = state.Head;
        var collected = new Collector(scope, limit);
        var looked = 0;
        for (var i = state.FindSegment(after); i < state.Window.Count; i++)
        {
            var segment = state.Window[i];
            if (segment.After.Position >= until.Position)
                break;
            foreach (var change in segment.Changes)
            {
                if (change.Point.Position <= after)
                    continue;
                if (change.Point.Position > until.Position)
                    return collected.End(until);
                if (looked == MostChanges || !collected.TryAdd(change))
                    return collected.End();
                looked++;
            }

            if (segment.Through.Position > after && segment.Through.Position <= until.Position)
                collected.Pass(segment.Through);
        }

        return collected.End(until);
    }

    /// <summary>The events after <paramref name="after"/> and not after <paramref name="until"/>, from one page of the log.</summary>
    /// <exception cref="ProblemException"><c>cursor-expired</c>.</exception>
    /// <exception cref="DatabaseUnavailableException">The database does not answer.</exception>
    public async Task<Step> ReadLogAsync(Scope scope, FeedState state, LogPoint after, LogPoint until, BatchLimit limit, CancellationToken cancellationToken)
    {
        var resource = scope.View.Resource;
        var page = await database.Log.ReadAsync(state.Catalog, after.Position, Math.Max(limit.Bytes, SmallestPage), resource.Name, cancellationToken);
        if (page.LogId != scope.LogId || (page.After is { } found && found.Tag != after.Tag))
            throw Expired.OtherLog();
        if (page.LowWater > after.Position)
            throw Expired.Trimmed();
        foreach (var reset in page.Resets)
            if (reset.ResourceName == resource.Name && reset.Point.Position > after.Position)
                throw Expired.BeforeCapture(resource.Name);
        if (page.Through.Position <= after.Position)
            throw Expired.OtherLog();

        var collected = new Collector(scope, limit);
        foreach (var change in page.Changes)
        {
            if (change.Point.Position > until.Position)
                break;
            if (!collected.TryAdd(change))
                return collected.End();
        }

        return collected.End(page.Through.Position < until.Position ? page.Through : until);
    }

    private struct Collector(Scope scope, BatchLimit limit)
    {
        private readonly List<WatchEvent> events = [];
        private LogPoint through;
        private int eventBytes;
        private int bytes;

        /// <returns>False when the change makes an event for which there is no room.</returns>
        public bool TryAdd(Change change)
        {
            if (ReferenceEquals(change.Resource, scope.View.Resource) && scope.View.Judge(change) is { } view)
            {
                var made = EventWriter.Write(change, view, scope.View.Select, scope.LogId, scope.View.Rights);
                if (!limit.HasRoom(events.Count, eventBytes, made))
                    return false;
                events.Add(made);
                eventBytes += made.Json.Length;
            }

            bytes += change.Size;
            through = change.Point;
            return true;
        }

        public void Pass(LogPoint point) => through = point;

        public readonly Step End() => new(events, through, bytes);

        public readonly Step End(LogPoint point) => new(events, point, bytes);
    }
}
