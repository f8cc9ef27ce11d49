using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace RealtimeApi.Client;

/// <summary>One resource of the server: <c>client.Resource&lt;Order>("orders")</c>.</summary>
/// <typeparam name="T">What an item is read as.</typeparam>
/// <remarks>Immutable and thread-safe; it costs nothing to make.</remarks>
public sealed class ResourceClient<T> : ResourceView<T>
    where T : class
{
    internal ResourceClient(RealtimeApiClient client, string name, JsonTypeInfo<T> type)
        : base(client, name, type)
    {
    }

    /// <summary>Reads one item.</summary>
    /// <param name="key">Its key; <see cref="ItemKey.Of"/> makes a composite one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The item, or null when there is none with this key.</returns>
    /// <exception cref="RealtimeApiException">The server refused, e.g. with <c>unknown-resource</c>.</exception>
    /// <exception cref="HttpRequestException">The server could not be reached. A read is tried once.</exception>
    /// <exception cref="JsonException">The item does not fit <typeparamref name="T"/>.</exception>
    public async Task<T?> GetAsync(ItemKey key, CancellationToken cancellationToken = default) =>
        (await GetEntryAsync(key, known: null, cancellationToken).ConfigureAwait(false))?.Item;

    /// <summary>Reads one item with its version and the cursor of the answer; cheaply, when an earlier answer is at hand.</summary>
    /// <param name="key">Its key; <see cref="ItemKey.Of"/> makes a composite one.</param>
    /// <param name="known">An earlier answer for this key. When the item is unchanged since, the server sends no item and the answer has the known one. Default: none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The item, or null when there is none with this key.</returns>
    /// <exception cref="RealtimeApiException">The server refused, e.g. with <c>unknown-resource</c>.</exception>
    /// <exception cref="HttpRequestException">The server could not be reached. A read is tried once.</exception>
    /// <exception cref="JsonException">The item does not fit <typeparamref name="T"/>.</exception>
    public Task<ItemEntry<T>?> GetEntryAsync(ItemKey key, ItemEntry<T>? known = null, CancellationToken cancellationToken = default) =>
        Client.Rest.GetItemAsync(Name, key, SelectQuery, Type, known, minimumCursor: null, cancellationToken);

    /// <summary>The changes of one item, present or not, as <see cref="ResourceView{T}.WatchAsync(WatchOptions?, CancellationToken)"/> gives those of a view.</summary>
    /// <param name="key">Its key; <see cref="ItemKey.Of"/> makes a composite one.</param>
    /// <param name="options">Where it begins and what it tells. Default: changes from now on.</param>
    /// <param name="cancellationToken">Ends the watch, with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    /// <exception cref="RealtimeApiException">While enumerating: the server refused or ended the watch.</exception>
    /// <exception cref="JsonException">While enumerating: the item does not fit <typeparamref name="T"/>.</exception>
    /// <exception cref="ObjectDisposedException">While enumerating: the client was disposed.</exception>
    public IAsyncEnumerable<ItemChange<T>> WatchItemAsync(ItemKey key, WatchOptions? options = null, CancellationToken cancellationToken = default) =>
        WatchAsync((ItemKey?)key, options, cancellationToken);

    /// <summary>The changes of one item after a cursor, as <see cref="ResourceView{T}.PollAsync(string?, PollOptions?, CancellationToken)"/> gives those of a view.</summary>
    /// <param name="key">Its key; <see cref="ItemKey.Of"/> makes a composite one.</param>
    /// <param name="since">The cursor of an earlier answer, a change, a page or an item; null to be told the present one and no changes.</param>
    /// <param name="options">How long the server may wait for a change, and the size of a page. Default: it answers at once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentOutOfRangeException">The options are out of bounds.</exception>
    /// <exception cref="RealtimeApiException">The server refused. <c>cursor-expired</c> means that changes after the cursor are gone: read again.</exception>
    /// <exception cref="HttpRequestException">The server could not be reached. A request is tried once.</exception>
    /// <exception cref="JsonException">The item does not fit <typeparamref name="T"/>.</exception>
    public Task<ChangePage<T>> PollItemAsync(ItemKey key, string? since, PollOptions? options = null, CancellationToken cancellationToken = default) =>
        PollAsync((ItemKey?)key, since, options, cancellationToken);
}
