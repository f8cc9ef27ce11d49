namespace RealtimeApi.Client;

/// <summary>Changes that were asked for, see <see cref="ResourceView{T}.PollAsync(string?, PollOptions?, CancellationToken)"/>. Immutable.</summary>
/// <typeparam name="T">What the items are read as.</typeparam>
public sealed record ChangePage<T>
    where T : class
{
    /// <summary>The changes, in the order of the change log; none where nothing has changed.</summary>
    public required IReadOnlyList<ItemChange<T>> Changes { get; init; }

    /// <summary>Where to go on: give it as <c>since</c> of the next request, or as <see cref="WatchOptions.Since"/>.</summary>
    public required string Cursor { get; init; }

    /// <summary>Whether to ask again at once. There may be more even where this page has no changes.</summary>
    public bool HasMore { get; init; }
}
