namespace RealtimeApi.Client;

/// <summary>How a <see cref="LiveView{T}"/> is ordered and where it tells of its changes. Immutable.</summary>
/// <typeparam name="T">What the items are read as.</typeparam>
public sealed record LiveViewOptions<T>
    where T : class
{
    /// <summary>The order of the items; the key breaks ties. It must compare by what the item holds and nothing else. <see cref="OrderBy"/> makes one.</summary>
    /// <value>Default: null, by key: parts that are numbers by value, others by their characters.</value>
    public IComparer<T>? Comparer { get; init; }

    /// <summary>Where the view changes its items and raises its events, for example that of a user interface's thread. Code that runs there sees the items change only between its own steps.</summary>
    /// <value>Default: null, the thread pool. Not together with <see cref="Scheduler"/>.</value>
    public SynchronizationContext? Context { get; init; }

    /// <summary>Where the view changes its items and raises its events. The scheduler should run one task at a time.</summary>
    /// <value>Default: null, the thread pool. Not together with <see cref="Context"/>.</value>
    public TaskScheduler? Scheduler { get; init; }

    /// <summary>Whether an item is the same as before, when the view lists again and tells only of what differs.</summary>
    /// <value>Default: null, which compares by <see cref="EqualityComparer{T}.Default"/> and then by what the serializer writes.</value>
    public IEqualityComparer<T>? ItemComparer { get; init; }

    /// <summary>The number of items in a page of a list.</summary>
    /// <value>Default: null, which is the server's (100). A large view is there sooner with the most that the server allows (1,000 unless it says otherwise).</value>
    public int? PageSize { get; init; }

    internal static LiveViewOptions<T> Default { get; } = new();

    /// <summary>The same options, ordered by this as well: after the order that is set already, if one is.</summary>
    /// <param name="field">What to compare.</param>
    /// <param name="comparer">How to compare it. Default: by its own order.</param>
    public LiveViewOptions<T> OrderBy<TField>(Func<T, TField> field, IComparer<TField>? comparer = null) => Then(field, comparer, descending: false);

    /// <summary>The same options, ordered by this as well, largest first: after the order that is set already, if one is.</summary>
    /// <param name="field">What to compare.</param>
    /// <param name="comparer">How to compare it. Default: by its own order.</param>
    public LiveViewOptions<T> OrderByDescending<TField>(Func<T, TField> field, IComparer<TField>? comparer = null) => Then(field, comparer, descending: true);

    internal void Validate()
    {
        if (Context is not null && Scheduler is not null)
            throw new ArgumentException($"A view tells of its changes either on a context ({nameof(Context)}) or on a scheduler ({nameof(Scheduler)}), not on both.", "options");
    }

    private LiveViewOptions<T> Then<TField>(Func<T, TField> field, IComparer<TField>? comparer, bool descending)
    {
        if (field is null)
            throw new ArgumentNullException(nameof(field));
        var (before, by) = (Comparer, comparer ?? Comparer<TField>.Default);
        return this with
        {
            Comparer = Comparer<T>.Create((x, y) =>
            {
                var first = before?.Compare(x, y) ?? 0;
                return first != 0 ? first : descending ? by.Compare(field(y), field(x)) : by.Compare(field(x), field(y));
            }),
        };
    }
}
