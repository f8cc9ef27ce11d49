namespace RealtimeApi.Client;

/// <summary>One page of a list.</summary>
/// <typeparam name="T">What an item is read as.</typeparam>
public sealed record ItemPage<T>
    where T : class
{
    /// <summary>The items, in the list's order.</summary>
    public required IReadOnlyList<T> Items { get; init; }

    /// <summary>Where a watch continues this list without a gap: give it as <see cref="WatchOptions.Since"/>. All pages of a list carry the first one's.</summary>
    /// <value>Null where the resource is not watchable.</value>
    public string? Cursor { get; init; }

    /// <summary>The number of items on all pages together.</summary>
    /// <value>Null unless <see cref="ListOptions.Count"/> asked for it.</value>
    public long? Count { get; init; }

    /// <summary>Whether there is a next page.</summary>
    public bool HasNext => ReadNext is not null;

    internal Func<CancellationToken, Task<ItemPage<T>>>? ReadNext { get; init; }

    /// <summary>Reads the next page. Paging goes by key, so it neither skips nor repeats an item that stays, while others come and go.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The page, or null when this one is the last.</returns>
    /// <exception cref="RealtimeApiException">The server refused.</exception>
    /// <exception cref="HttpRequestException">The server could not be reached.</exception>
    public async Task<ItemPage<T>?> GetNextAsync(CancellationToken cancellationToken = default) =>
        ReadNext is null ? null : await ReadNext(cancellationToken).ConfigureAwait(false);
}
