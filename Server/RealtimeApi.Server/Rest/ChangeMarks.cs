using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Rest;

/// <summary>Judges whether what was read has changed since, by what the feed has seen.</summary>
/// <remarks>
/// Thread-safe: one lock guards everything; followers of the feed pay nothing, since the marks catch up with it only when somebody asks.
/// Bounded: past <see cref="MaxKeys"/> changed keys a resource forgets which they were and takes all as changed.
/// </remarks>
internal sealed class ChangeMarks(Func<FeedState?> feed)
{
    internal const int MaxKeys = 4096;

    // To read this many changes takes longer than to read the items again.
    internal const int MaxCatchUp = 20_000;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Marks> byResource = new(StringComparer.Ordinal);
    private FeedState? seen;
    private int epoch;

    /// <summary>Follows a resource from now on.</summary>
    /// <returns>
    /// The epoch that a read which starts now belongs to; null where memory cannot judge: the feed is behind, or does not see the changes of this definition.
    /// </returns>
    public int? Follow(ResourceDefinition resource)
    {
        lock (gate)
        {
            if (CatchUp_NeedsLock() is not { } state || !IsFollowed(resource, state))
                return null;
            byResource.TryAdd(resource.Name, new(state.Head.Position));
            return epoch;
        }
    }

    /// <summary>Whether what was read at a point is still what the feed knows.</summary>
    /// <param name="read">What was read.</param>
    /// <param name="state">Where the feed stands, which has no change of it since.</param>
    public bool Holds(Read read, out FeedState state)
    {
        lock (gate)
        {
            state = CatchUp_NeedsLock()!;
            return state is not null
                && read.Epoch == epoch
                && IsFollowed(read.Resource, state)
                && byResource.TryGetValue(read.Resource.Name, out var marks)
                && marks.NewestFor(read.Key?.Identity) <= read.Point.GetValueOrDefault().Position;
        }
    }

    // Of a table that is not captured (another server captures it by another definition, say) the feed sees no change.
    private static bool IsFollowed(ResourceDefinition resource, FeedState state) =>
        ReferenceEquals(state.Catalog.Find(resource.Name), resource) && state.CaptureStarts.ContainsKey(resource.Name);

    private FeedState? CatchUp_NeedsLock()
    {
        // Taken under the lock, so that the marks never go back to an older state.
        var state = feed();
        if (state is null || !state.IsCurrent)
            return null;
        if (ReferenceEquals(state, seen))
            return state;
        if (seen is null || !Continue_NeedsLock(seen, state))
        {
            epoch++;
            byResource.Clear();
        }

        seen = state;
        return state;
    }

    /// <returns>False where the marks cannot be carried on: another log, changes that have left the window, or too many at once.</returns>
    private bool Continue_NeedsLock(FeedState from, FeedState to)
    {
        if (to.Epoch != from.Epoch || to.WindowStart.Position > from.Head.Position)
            return false;
        var first = to.Window.Count;
        var changes = 0;
        while (first > 0 && to.Window[first - 1].Through.Position > from.Head.Position)
        {
            changes += to.Window[--first].Changes.Count;
            if (changes > MaxCatchUp)
                return false;
        }

        for (; first < to.Window.Count; first++)
            Mark_NeedsLock(to.Window[first], from.Head.Position);
        return true;
    }

    private void Mark_NeedsLock(Segment segment, LogPosition after)
    {
        foreach (var change in segment.Changes)
            if (change.Point.Position > after && byResource.TryGetValue(change.Resource.Name, out var marks))
                marks.Add(change);
        foreach (var reset in segment.Resets)
            byResource.Remove(reset.ResourceName);
    }

    /// <param name="since">Nothing is known of what changed before.</param>
    private sealed class Marks(LogPosition since)
    {
        private readonly Dictionary<string, LogPosition> keys = new(StringComparer.Ordinal);
        private LogPosition newest = since;
        private LogPosition floor = since;

        /// <summary>The newest change of the item with this key, or of any where there is none.</summary>
        public LogPosition NewestFor(string? key) => key is null ? newest : keys.GetValueOrDefault(key, floor);

        public void Add(Change change)
        {
            newest = change.Point.Position;
            if (keys.Count >= MaxKeys)
            {
                keys.Clear();
                floor = newest;
            }

            if (change.Before is { } before)
                keys[before.Key.Identity] = newest;
            if (change.After is { } after)
                keys[after.Key.Identity] = newest;
        }
    }
}
