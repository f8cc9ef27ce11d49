namespace RealtimeApi.Client;

/// <summary>An item with what the answer said about it, see <see cref="ResourceClient{T}.GetEntryAsync"/>.</summary>
/// <typeparam name="T">What the item is read as.</typeparam>
public sealed record ItemEntry<T>
    where T : class
{
    /// <summary>The item.</summary>
    public required T Item { get; init; }

    /// <summary>The version of the item's content for this caller, with its quotes.</summary>
    /// <value>Null where the server sent none.</value>
    public string? ETag { get; init; }

    /// <summary>Where a watch continues this item without a gap: give it as <see cref="WatchOptions.Since"/>.</summary>
    /// <value>Null where the resource is not watchable.</value>
    public string? Cursor { get; init; }
}
