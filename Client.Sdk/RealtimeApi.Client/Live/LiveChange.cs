namespace RealtimeApi.Client;

/// <summary>What happened to one item of a <see cref="LiveView{T}"/>. Immutable.</summary>
/// <typeparam name="T">What the item is read as.</typeparam>
public sealed record LiveChange<T>
    where T : class
{
    /// <summary><see cref="ChangeKind.Added"/>, <see cref="ChangeKind.Modified"/> or <see cref="ChangeKind.Removed"/>; <see cref="ChangeKind.Synced"/>, without an item, when the items are complete, at first and after each new list.</summary>
    public required ChangeKind Kind { get; init; }

    /// <summary>The item's key as text.</summary>
    /// <value>Empty for <see cref="ChangeKind.Synced"/>.</value>
    public string Key { get; init; } = "";

    /// <summary>The item as it is now.</summary>
    /// <value>Null when it was removed.</value>
    public T? Item { get; init; }

    /// <summary>The item as the view had it before.</summary>
    /// <value>Null when it was added.</value>
    public T? Previous { get; init; }

    /// <summary>Whether this tells what was there already: an item of the first list, or one that the view held when the observer subscribed.</summary>
    public bool IsInitial { get; init; }
}
