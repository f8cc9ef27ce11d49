namespace RealtimeApi.Client;

/// <summary>Who is told of a live view's changes.</summary>
/// <remarks>
/// The list is immutable and swapped whole under the view's lock. Each observer has a lock of its own, held while it is told something: a new one is told the
/// items that were there first, on the thread that subscribed, while the view waits with the next change for it.
/// </remarks>
internal sealed class LiveObservers<T>(Action<Exception> failed)
    where T : class
{
    private readonly object gate = new();
    private volatile Observer[] observers = [];

    public Observer[] Current => observers;

    public Observer Create(IObserver<LiveChange<T>> observer) => new(this, observer);

    public void Add(Observer observer)
    {
        lock (gate)
            observers = [.. observers, observer];
    }

    private void Remove(Observer observer)
    {
        lock (gate)
            observers = [.. observers.Where(o => o != observer)];
    }

    internal sealed class Observer(LiveObservers<T> owner, IObserver<LiveChange<T>> observer) : IDisposable
    {
        private volatile bool gone;

        /// <summary>Held while the observer is told something.</summary>
        public object Gate { get; } = new();

        public void Tell(LiveChange<T> change) => Tell(static (observer, change) => observer.OnNext(change), change, last: false);

        public void End(Exception? error)
        {
            if (error is null)
                Tell(static (observer, _) => observer.OnCompleted(), error, last: true);
            else
                Tell(static (observer, error) => observer.OnError(error), error, last: true);
        }

        public void Dispose()
        {
            gone = true;
            owner.Remove(this);
        }

        private void Tell<TWhat>(Action<IObserver<LiveChange<T>>, TWhat> tell, TWhat what, bool last)
        {
            lock (Gate)
            {
                if (gone)
                    return;
                gone = last;
                try
                {
                    tell(observer, what);
                }
                catch (Exception e)
                {
                    owner.Failed(e);
                }
            }
        }
    }

    private void Failed(Exception error) => failed(error);
}
