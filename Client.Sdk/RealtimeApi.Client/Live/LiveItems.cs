using System.Collections.Immutable;

namespace RealtimeApi.Client;

/// <summary>The items of a live view at one moment, by key and in order. Immutable: the view swaps it whole, so that readers need no lock.</summary>
internal sealed class LiveItems<T>
    where T : class
{
    private readonly ImmutableDictionary<string, T> byKey;
    private readonly ImmutableSortedSet<Entry> order;

    private LiveItems(ImmutableDictionary<string, T> byKey, ImmutableSortedSet<Entry> order)
    {
        this.byKey = byKey;
        this.order = order;
    }

    public int Count => order.Count;

    public T this[int index] => order[index].Item;

    public IEnumerable<KeyValuePair<string, T>> Entries => order.Select(static e => new KeyValuePair<string, T>(e.Key, e.Item));

    public static LiveItems<T> Empty(IComparer<T>? comparer) => new(
        ImmutableDictionary.Create<string, T>(StringComparer.Ordinal, SameObject.Instance),
        ImmutableSortedSet.Create<Entry>(new EntryOrder(comparer)));

    public T? Find(string key) => byKey.TryGetValue(key, out var item) ? item : null;

    /// <summary>The place of an item in the order; it must be there.</summary>
    public int IndexOf(string key, T item) => order.IndexOf(new(key, item));

    /// <summary>With the item, which takes the place of <paramref name="previous"/> where that is there.</summary>
    public LiveItems<T> Put(string key, T item, T? previous) =>
        new(byKey.SetItem(key, item), (previous is null ? order : order.Remove(new(key, previous))).Add(new(key, item)));

    public LiveItems<T> Remove(string key, T item) => new(byKey.Remove(key), order.Remove(new(key, item)));

    public IEnumerator<T> GetEnumerator()
    {
        foreach (var entry in order)
            yield return entry.Item;
    }

    private readonly struct Entry(string key, T item)
    {
        public string Key { get; } = key;

        public T Item { get; } = item;
    }

    /// <summary>Without it, an item that equals the one before would not take its place.</summary>
    private sealed class SameObject : IEqualityComparer<T>
    {
        public static SameObject Instance { get; } = new();

        public bool Equals(T? x, T? y) => ReferenceEquals(x, y);

        public int GetHashCode(T obj) => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(obj);
    }

    private sealed class EntryOrder(IComparer<T>? comparer) : IComparer<Entry>
    {
        public int Compare(Entry x, Entry y) =>
            comparer?.Compare(x.Item, y.Item) is not (null or 0) and { } order ? order : KeyOrder.Instance.Compare(x.Key, y.Key);
    }
}
