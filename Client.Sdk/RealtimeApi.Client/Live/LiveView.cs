using System.Collections;
using System.Collections.Specialized;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace RealtimeApi.Client;

/// <summary>The items of a view as a collection in memory that is always current, made by <see cref="ResourceView{T}.OpenLiveView"/>.</summary>
/// <typeparam name="T">What the items are read as. The view gives out the objects that it holds; do not change them.</typeparam>
/// <remarks>
/// It lists the items and then follows their changes, through every disconnect. Where changes were missed for good (<c>cursor-expired</c>), it lists again and
/// tells of what differs as ordinary changes.
/// <para>
/// Thread-safe: every member may be used on any thread, and an enumeration gives the items of the moment at which it began, whatever happens meanwhile.
/// Items change and events are raised one at a time, on <see cref="LiveViewOptions{T}.Context"/> or <see cref="LiveViewOptions{T}.Scheduler"/>, so that code
/// which runs there finds the collection as the event tells. A handler may wait for anything, be it that the view is disposed; until it returns, the view changes no further. What a handler or an observer throws is
/// logged as an error; the others are told all the same, and the view goes on. What the comparer or the context itself throws ends the view with that error.
/// </para>
/// </remarks>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "A view is what the protocol calls it.")]
public sealed partial class LiveView<T> : IReadOnlyList<T>, INotifyCollectionChanged, INotifyPropertyChanged, IObservable<LiveChange<T>>, IAsyncDisposable
    where T : class
{
    private static readonly PropertyChangedEventArgs CountChanged = new(nameof(Count));
    private static readonly PropertyChangedEventArgs IndexerChanged = new("Item[]");
    private static readonly PropertyChangedEventArgs StatusPropertyChanged = new(nameof(Status));

    private readonly object gate = new();
    private readonly LiveFollower<T> follower;
    private readonly LiveObservers<T> observers;
    private readonly Action<Exception> failed;
    private volatile LiveItems<T> items;
    private volatile LiveStatus status;

    internal LiveView(LiveFollower<T> follower, LiveViewOptions<T> options, DateTimeOffset now, ILogger logger)
    {
        this.follower = follower;
        failed = error => Log.HandlerFailed(logger, error);
        items = LiveItems<T>.Empty(options.Comparer);
        observers = new(failed);
        status = new(LiveState.Connecting, now);
        follower.Start(this);
    }

    /// <summary>Raised for each item that is added, replaced or removed, with its place in the order. An item that moves is removed and added.</summary>
    public event NotifyCollectionChangedEventHandler? CollectionChanged;

    /// <summary>Raised when <see cref="Count"/>, the items by index, or <see cref="Status"/> has changed.</summary>
    public event PropertyChangedEventHandler? PropertyChanged;

    /// <summary>How the view stands, and since when.</summary>
    public LiveStatus Status => status;

    /// <summary>The number of items.</summary>
    public int Count => items.Count;

    /// <summary>The item at this place in the order.</summary>
    /// <param name="index">From 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such place.</exception>
    public T this[int index] => items[index];

    /// <summary>The item with this key, or null when there is none.</summary>
    /// <param name="key">The key's text is compared as it is: what the column's collation holds equal is another key here.</param>
    public T? Find(ItemKey key) => items.Find(key.Text);

    /// <summary>Waits until the items are complete for the first time; at once where they have been.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RealtimeApiException">The server refused.</exception>
    /// <exception cref="ObjectDisposedException">The view, or its client, was disposed before.</exception>
    public Task WhenSyncedAsync(CancellationToken cancellationToken = default) => follower.Synced.WaitAsync(cancellationToken);

    /// <summary>Tells an observer first of the items that are there, on this thread, and then of each change.</summary>
    /// <remarks>The view's next change waits until the observer knows what was there, which it must thus not have the view's context wait for.</remarks>
    /// <param name="observer">Told of an end by an error with <see cref="IObserver{T}.OnError"/>, and of <see cref="DisposeAsync"/> with <see cref="IObserver{T}.OnCompleted"/>.</param>
    /// <returns>Dispose it to be told nothing more.</returns>
    public IDisposable Subscribe(IObserver<LiveChange<T>> observer)
    {
        if (observer is null)
            throw new ArgumentNullException(nameof(observer));

        var added = observers.Create(observer);
        // Before others can see it, so that what happens from now on waits until it knows what was there.
        Monitor.Enter(added.Gate);
        try
        {
            LiveItems<T> present;
            LiveStatus standing;
            lock (gate)
            {
                observers.Add(added);
                (present, standing) = (items, status);
            }

            foreach (var entry in present.Entries)
                added.Tell(new() { Kind = ChangeKind.Added, Key = entry.Key, Item = entry.Value, IsInitial = true });
            if (standing.State is LiveState.Current or LiveState.Stale)
                added.Tell(new() { Kind = ChangeKind.Synced });
            if (standing.State == LiveState.Ended)
                added.End(standing.Error);
        }
        finally
        {
            Monitor.Exit(added.Gate);
        }
        return added;
    }

    /// <summary>The items in order, as they are now.</summary>
    public IEnumerator<T> GetEnumerator() => items.GetEnumerator();

    /// <summary>Stops following. The items stay as they are, and <see cref="Status"/> is <see cref="LiveState.Ended"/> from then on, also where the context runs nothing more. A handler that is being called is not waited for, and the end may be told after this.</summary>
    public ValueTask DisposeAsync() => follower.DisposeAsync();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal LiveItems<T> Items => items;

    /// <summary>Takes an item in. Called by the follower alone, as all that changes the view.</summary>
    /// <returns>Whether the view has changed.</returns>
    internal void Put(string key, T item, T? previous, bool isInitial)
    {
        var (before, after) = (items, items.Put(key, item, previous));
        var change = new LiveChange<T> { Kind = previous is null ? ChangeKind.Added : ChangeKind.Modified, Key = key, Item = item, Previous = previous, IsInitial = isInitial };
        if (previous is null)
        {
            Swap(after, change, NotifyCollectionChangedAction.Add, item, after.IndexOf(key, item));
            return;
        }

        var (from, to) = (before.IndexOf(key, previous), after.IndexOf(key, item));
        if (from == to)
        {
            Tell(SwapAndObservers(after), change, CollectionChanged is null ? null : new(NotifyCollectionChangedAction.Replace, item, previous, to));
            return;
        }

        // Each event finds the collection as it tells.
        if (CollectionChanged is not null)
            Swap(before.Remove(key, previous), null, NotifyCollectionChangedAction.Remove, previous, from);
        Swap(after, change, NotifyCollectionChangedAction.Add, item, to);
    }

    /// <summary>Takes an item out that is there.</summary>
    internal void Remove(string key, T previous)
    {
        var index = items.IndexOf(key, previous);
        Swap(items.Remove(key, previous), new() { Kind = ChangeKind.Removed, Key = key, Previous = previous }, NotifyCollectionChangedAction.Remove, previous, index);
    }

    /// <summary>Sets the status, and tells the observers that the items are complete.</summary>
    internal void SetSynced(LiveStatus next)
    {
        foreach (var observer in SetStatus(next))
            observer.Tell(new() { Kind = ChangeKind.Synced });
    }

    /// <summary>Sets the last status.</summary>
    internal void SetEnded(LiveStatus next)
    {
        lock (gate)
            status = next;
    }

    /// <summary>Tells of the last status, and ends the observers.</summary>
    internal void TellEnded()
    {
        Raise(StatusPropertyChanged);
        foreach (var observer in observers.Current)
            observer.End(status.Error);
    }

    /// <summary>Sets the status, unless the view has ended.</summary>
    internal LiveObservers<T>.Observer[] SetStatus(LiveStatus next)
    {
        LiveObservers<T>.Observer[] told;
        lock (gate)
        {
            if (status.State == LiveState.Ended)
                return [];
            status = next;
            told = observers.Current;
        }
        Raise(StatusPropertyChanged);
        return told;
    }

    private void Swap(LiveItems<T> next, LiveChange<T>? change, NotifyCollectionChangedAction action, T item, int index) =>
        Tell(SwapAndObservers(next), change, CollectionChanged is null ? null : new(action, item, index));

    /// <summary>Who is told of a change is who was there when it took place: one that came since has found it among the items.</summary>
    private LiveObservers<T>.Observer[] SwapAndObservers(LiveItems<T> next)
    {
        lock (gate)
        {
            items = next;
            return observers.Current;
        }
    }

    private void Tell(LiveObservers<T>.Observer[] told, LiveChange<T>? change, NotifyCollectionChangedEventArgs? args)
    {
        if (args is not null)
        {
            if (args.Action != NotifyCollectionChangedAction.Replace)
                Raise(CountChanged);
            Raise(IndexerChanged);
            Handlers.InvokeEach(CollectionChanged, handler => handler(this, args), failed);
        }
        else if (PropertyChanged is not null)
        {
            Raise(CountChanged);
            Raise(IndexerChanged);
        }

        if (change is not null)
            foreach (var observer in told)
                observer.Tell(change);
    }

    private void Raise(PropertyChangedEventArgs args) => Handlers.InvokeEach(PropertyChanged, handler => handler(this, args), failed);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A handler of a live view's events failed", EventName = "HandlerFailed")]
        public static partial void HandlerFailed(ILogger logger, Exception exception);
    }
}
