using RealtimeApi.Server.Feed;

namespace RealtimeApi.Server.Watching;

/// <summary>The events of a scope that are kept in memory: all of those after <see cref="Start"/>. Immutable.</summary>
internal sealed class ScopeHistory(LogPoint start, Run<WatchEvent> events)
{
    public LogPoint Start { get; } = start;

    public Run<WatchEvent> Events { get; } = events;

    public bool HasAfter(LogPosition position) => Events.Count > 0 && Events[^1].Point.Position > position;

    /// <summary>The index of the first event after a position.</summary>
    public int IndexAfter(LogPosition position)
    {
        var (low, high) = (0, Events.Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (Events[middle].Point.Position <= position)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
