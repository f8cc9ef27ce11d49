using System.Collections;

namespace RealtimeApi.Server.Feed;

/// <summary>A list that grows at its end and shrinks at its start, each state of it immutable: appending costs O(1) amortised, not a copy.</summary>
/// <remarks>
/// States share storage: a slot is written once, before the state that shows it exists, and never again. So any thread may read any state, while one
/// writer at a time derives the next state from the newest. Slots given up at the start are freed once they are a quarter of those in use: what they refer to
/// is kept alive until then.
/// </remarks>
internal sealed class Run<T> : IReadOnlyList<T>
{
    private const int MostDropped = 4;

    public static readonly Run<T> Empty = new([], 0, 0);

    private readonly T[] storage;
    private readonly int start;

    private Run(T[] storage, int start, int count)
    {
        this.storage = storage;
        this.start = start;
        Count = count;
    }

    public int Count { get; }

    public T this[int index] => (uint)index < (uint)Count ? storage[start + index] : throw new ArgumentOutOfRangeException(nameof(index));

    public Run<T> Append(T item)
    {
        var end = start + Count;
        if (end < storage.Length)
        {
            storage[end] = item;
            return new(storage, start, Count + 1);
        }

        var grown = new T[Math.Max(1, Count * 2)];
        Array.Copy(storage, start, grown, 0, Count);
        grown[Count] = item;
        return new(grown, 0, Count + 1);
    }

    public Run<T> DropFirst(int dropped)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)dropped, (uint)Count);
        var left = Count - dropped;
        if (left == 0)
            return Empty;
        if (start + dropped <= left / MostDropped)
            return new(storage, start + dropped, left);
        return new(storage.AsSpan(start + dropped, left).ToArray(), 0, left);
    }

    public IEnumerator<T> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
            yield return storage[start + i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
