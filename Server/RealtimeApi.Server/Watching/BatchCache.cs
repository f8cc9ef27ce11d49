using System.Runtime.CompilerServices;
using RealtimeApi.Server.Feed;

namespace RealtimeApi.Server.Watching;

/// <summary>The batches made last, so that watches which stand at the same place share one and its encoded bytes.</summary>
/// <remarks>
/// A fixed number of places that any thread reads and overwrites without a lock; entries are immutable, and a lost one is only made again. So what it holds
/// does not grow with the number of scopes; nor with the size of their items, because all are given up when they are too many bytes together.
/// </remarks>
internal sealed class BatchCache
{
    /// <summary>About the bytes that the batches may take, but for the newest alone. A frame of a few events at every place takes half of that.</summary>
    internal const int MostBytes = 32 * 1024 * 1024;

    private const int Places = 256;

    /// <summary>What a batch takes: its events, and the form in which they are sent.</summary>
    private const int Forms = 2;

    private readonly Entry?[] entries = new Entry?[Places];
    private long bytes;

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
    public void Keep(Scope scope, BatchLimit limit, WatchBatch batch)
    {
        var entry = new Entry(scope, limit, batch);
        if (Volatile.Read(ref bytes) + entry.Size > MostBytes)
            Clear();
        Interlocked.Add(ref bytes, entry.Size);
        Put(PlaceOf(scope, batch.FromPoint), entry);
    }

    /// <summary>Forgets the batches of scopes that have no watches left.</summary>
    public void Clear()
    {
        for (var place = 0; place < Places; place++)
            Put(place, null);
    }

    internal static int PlaceOf(Scope scope, LogPoint from) =>
        (int)((uint)HashCode.Combine(RuntimeHelpers.GetHashCode(scope), from.Position) % Places);

    private void Put(int place, Entry? entry)
    {
        if (Interlocked.Exchange(ref entries[place], entry) is { } lost)
            Interlocked.Add(ref bytes, -lost.Size);
    }

    private sealed record Entry(Scope Scope, BatchLimit Limit, WatchBatch Batch)
    {
        public long Size { get; } = Measure(Batch);

        private static long Measure(WatchBatch batch)
        {
            var size = 0L;
            for (var i = 0; i < batch.Events.Count; i++)
                size += batch.Events[i].Size;
            return Forms * size;
        }
    }
}
