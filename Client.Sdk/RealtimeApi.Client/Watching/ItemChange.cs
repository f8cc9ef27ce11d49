namespace RealtimeApi.Client;

/// <summary>One event of a watch, see <see cref="ResourceView{T}.WatchAsync(WatchOptions?, CancellationToken)"/>. Immutable.</summary>
/// <typeparam name="T">What the item is read as.</typeparam>
public sealed record ItemChange<T>
    where T : class
{
    /// <summary>What it means for the watch.</summary>
    public required ChangeKind Kind { get; init; }

    /// <summary>The item's key as text.</summary>
    /// <value>Empty for <see cref="ChangeKind.Synced"/> and <see cref="ChangeKind.Bookmark"/>.</value>
    public string Key { get; init; } = "";

    /// <summary>The whole item after the change.</summary>
    /// <value>Null when it is <see cref="ChangeKind.Removed"/>, and where <see cref="Kind"/> carries none.</value>
    public T? Item { get; init; }

    /// <summary>What was done to the row.</summary>
    public ChangeOperation Operation { get; init; }

    /// <summary>When the row was changed, by the database's clock.</summary>
    /// <value>Null where nothing was changed: initial items, <see cref="ChangeKind.Synced"/>, <see cref="ChangeKind.Bookmark"/>.</value>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Whether this is one of the items that were there when the watch began.</summary>
    public bool IsInitial { get; init; }

    /// <summary>Where the watch stands after this event. Store it with what you made of the event, give it as <see cref="WatchOptions.Since"/>, and the watch goes on with the next one, on any server and after any time within the retention of the change log.</summary>
    /// <value>Null for the initial items: a watch that ends before <see cref="ChangeKind.Synced"/> starts over.</value>
    public string? Cursor { get; init; }
}
