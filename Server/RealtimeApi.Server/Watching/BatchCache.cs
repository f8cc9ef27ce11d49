using System.Runtime.CompilerServices;
using RealtimeApi.Server.Feed;

namespace RealtimeApi.Server.Watching;

/// <summary>The batches made last, so that watches which stand at the same place share one and its encoded bytes.</summary>
/// <remarks>
/// A fixed number of places that any thread reads and overwrites without a lock; entries are immutable, and a lost one is only made again. So what it holds
/// does not grow with the number of scopes.
/// </remarks>
internal sealed class BatchCache
{
    private const int Places = 256;

    private readonly Entry?[] entries = new Entry?[Places];

    /// <summary>
    /// The batch of these events that starts at <paramref name="from"/>, if it is still the one to send: cut off by the same limit, or ending with the newest
    /// event there is.
    /// </summary>
    public WatchBatch? Find(Scope scope, LogPoint from, BatchLimit limit, LogPosition newest)
    {
        var entry = Volatile.Read(ref entries[PlaceOf(scope, from)]);
        if (entry is null || !ReferenceEquals(entry.Scope, scope) || entry.Batch.FromPoint != from || entry.Limit != limit)
            return null;
        return entry.Batch.HasMore || entry.Batch.Events[^1].Point.Position == newest ? entry.Batch : null;
    }

    /// <summary>Keeps a batch that has events.</summary>
    public void Keep(Scope scope, BatchLimit limit, WatchBatch batch) =>
        Volatile.Write(ref entries[PlaceOf(scope, batch.FromPoint)], new(scope, limit, batch));

    /// <summary>Forgets the batches of scopes that have no watches left.</summary>
    public void Clear() => Array.Clear(entries);

    private static int PlaceOf(Scope scope, LogPoint from) =>
        (int)((uint)HashCode.Combine(RuntimeHelpers.GetHashCode(scope), from.Position) % Places);

    private sealed record Entry(Scope Scope, BatchLimit Limit, WatchBatch Batch);
}
