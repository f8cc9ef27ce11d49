using System.Linq.Expressions;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using RealtimeApi.Contracts;

namespace RealtimeApi.Client;

/// <summary>One resource of the server: <c>client.Resource&lt;Order>("orders")</c>.</summary>
/// <typeparam name="T">What an item is read as.</typeparam>
/// <remarks>Immutable and thread-safe; it costs nothing to make.</remarks>
public sealed class ResourceClient<T> : ResourceView<T>
    where T : class
{
    internal ResourceClient(RealtimeApiClient client, string name, JsonTypeInfo<T> type, string? select = null)
        : base(client, name, type, filter: null, select)
    {
    }

    /// <summary>The same resource with only these fields of its items, and the key's, in all that is read and watched, single items included: <c>orders.Select(o => o.Status).WatchItemAsync(42)</c>.</summary>
    /// <remarks>The other fields keep the default of <typeparamref name="T"/>, and a change that alters none of these is no event of a watch. Writes, and what they answer, are not narrowed.</remarks>
    /// <param name="fields">One field, or several: <c>o => new { o.Id, o.Total }</c>.</param>
    /// <exception cref="ArgumentException">The expression is not a list of fields.</exception>
    public new ResourceClient<T> Select(Expression<Func<T, object?>> fields) => new(Client, Name, Type, FieldsOf(fields));

    /// <summary>The same resource with only these fields of its items, and the key's, in all that is read and watched, single items included.</summary>
    /// <remarks>The other fields keep the default of <typeparamref name="T"/>, and a change that alters none of these is no event of a watch. Writes, and what they answer, are not narrowed.</remarks>
    /// <param name="fields">JSON names, separated by commas.</param>
    /// <exception cref="ArgumentException">The list is empty.</exception>
    public new ResourceClient<T> Select(string fields) => new(Client, Name, Type, FieldsOf(fields));

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
        Client.Rest.GetItemAsync(Name, key, SelectQuery, Type, known, minimumCursor: null, fromDatabase: false, cancellationToken);

    /// <summary>The changes of one item, present or not, as <see cref="ResourceView{T}.WatchAsync(WatchOptions?, CancellationToken)"/> gives those of a view; after <see cref="Select(string)"/>, of the chosen fields alone.</summary>
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

    /// <summary>Enters the room of those who watch one item over the hub: to say things to the others, and to see who is there.</summary>
    /// <remarks>Where the resource allows it. It is entered at once and again after each lost connection; <see cref="Room.WhenOpenAsync"/> waits for it, and tells of a refusal. Dispose it to leave.</remarks>
    /// <param name="key">The item's key, present or not; <see cref="ItemKey.Of"/> makes a composite one.</param>
    /// <param name="presence">Whether to be told who is there. Default: true; false where the resource allows messages only.</param>
    /// <exception cref="RealtimeApiException"><see cref="RealtimeApiException.NeedsWebSocket"/>: the client's options name a transport that has no rooms.</exception>
    /// <exception cref="ObjectDisposedException">The client was disposed.</exception>
    public Room OpenRoom(ItemKey key, bool presence = true) => Client.OpenRoom(Name, key.Text, presence);

    /// <summary>Enters the room of those who watch the whole resource, with or without a filter, over the hub: to say things to the others.</summary>
    /// <remarks>As <see cref="OpenRoom(ItemKey, bool)"/>; who is there is told of items only.</remarks>
    /// <exception cref="RealtimeApiException"><see cref="RealtimeApiException.NeedsWebSocket"/>: the client's options name a transport that has no rooms.</exception>
    /// <exception cref="ObjectDisposedException">The client was disposed.</exception>
    public Room OpenRoom() => Client.OpenRoom(Name, key: null, presence: false);

    /// <summary>Makes a new item.</summary>
    /// <remarks>
    /// A server that is away or busy is tried again up to three times, with the same <paramref name="idempotencyKey"/>, so that the item is made once, whichever of the answers is lost.
    /// </remarks>
    /// <param name="item">Its key is left out, so that the database gives one, where it is null or, where it has one part, 0 or the empty GUID.</param>
    /// <param name="idempotencyKey">Names this creation for 24 hours: giving it again, after a crash say, gives the first item again. Default: null, a new random one.</param>
    /// <param name="cancellationToken">Ends the wait. The item may have been made.</param>
    /// <returns>The item as it is stored, with its key, defaults and <see cref="ItemEntry{T}.ETag"/>.</returns>
    /// <exception cref="RealtimeApiException">The server refused, e.g. with <c>invalid-body</c> (<see cref="ProblemDetails.Errors"/> has the fields), <c>conflict</c> or <c>not-writable</c>.</exception>
    /// <exception cref="HttpRequestException">The server could not be reached. The item may have been made.</exception>
    public async Task<ItemEntry<T>> CreateAsync(T item, string? idempotencyKey = null, CancellationToken cancellationToken = default)
    {
        var body = ItemBody.Of(item, Type);
        var fields = await Client.Rest.GetKeyFieldsAsync(Name, cancellationToken).ConfigureAwait(false);
        return await Client.Writes.CreateAsync(Name, ItemBody.WithoutUnsetKey(body, fields), idempotencyKey ?? Guid.NewGuid().ToString("N"), Type, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes an item with this key, and refuses with <c>precondition-failed</c> where there is one.</summary>
    /// <param name="key">Its key, which is not one that the database numbers.</param>
    /// <param name="item">The item.</param>
    /// <param name="cancellationToken">Ends the wait. The item may have been made.</param>
    /// <exception cref="RealtimeApiException">The server refused.</exception>
    /// <exception cref="HttpRequestException">The server could not be reached. A write is tried once, and may have been done.</exception>
    public Task<ItemEntry<T>> CreateAtAsync(ItemKey key, T item, CancellationToken cancellationToken = default) =>
        Client.Writes.ReplaceAsync(Name, key, ItemBody.Of(item, Type), etag: null, onlyNew: true, Type, cancellationToken);

    /// <summary>Replaces an item, or makes it where there is none and the key is not one that the database numbers.</summary>
    /// <remarks>Fields that <typeparamref name="T"/> does not have get their defaults: <see cref="UpdateAsync"/> and <see cref="PatchAsync"/> leave them as they are.</remarks>
    /// <param name="key">Its key.</param>
    /// <param name="item">The item as it is to be.</param>
    /// <param name="etag">The <see cref="ItemEntry{T}.ETag"/> of the item as it was read; the server refuses with <c>precondition-failed</c> where it has changed since. Default: null, whatever it is.</param>
    /// <param name="cancellationToken">Ends the wait. The item may have been written.</param>
    /// <exception cref="RealtimeApiException">The server refused, e.g. with <c>precondition-failed</c> or <c>invalid-body</c>.</exception>
    /// <exception cref="HttpRequestException">The server could not be reached. A write is tried once, and may have been done.</exception>
    public Task<ItemEntry<T>> ReplaceAsync(ItemKey key, T item, string? etag = null, CancellationToken cancellationToken = default) =>
        Client.Writes.ReplaceAsync(Name, key, ItemBody.Of(item, Type), etag, onlyNew: false, Type, cancellationToken);

    /// <summary>Changes fields of an item.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="mergePatch">The fields to change with their new values, by their JSON names (RFC 7396).</param>
    /// <param name="etag">The <see cref="ItemEntry{T}.ETag"/> of the item as it was read; the server refuses with <c>precondition-failed</c> where it has changed since. Default: null, whatever it is.</param>
    /// <param name="cancellationToken">Ends the wait. The item may have been written.</param>
    /// <exception cref="RealtimeApiException">The server refused, e.g. with <c>not-found</c> or <c>invalid-body</c>.</exception>
    /// <exception cref="HttpRequestException">The server could not be reached. A write is tried once, and may have been done.</exception>
    public Task<ItemEntry<T>> PatchAsync(ItemKey key, JsonObject mergePatch, string? etag = null, CancellationToken cancellationToken = default) =>
        Client.Writes.PatchAsync(Name, key, mergePatch ?? throw new ArgumentNullException(nameof(mergePatch)), etag, Type, cancellationToken);

    /// <summary>Deletes an item.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="etag">The <see cref="ItemEntry{T}.ETag"/> of the item as it was read; the server refuses with <c>precondition-failed</c> where it has changed since. Default: null, whatever it is.</param>
    /// <param name="cancellationToken">Ends the wait. The item may have been deleted.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="RealtimeApiException">The server refused, e.g. with <c>precondition-failed</c>.</exception>
    /// <exception cref="HttpRequestException">The server could not be reached. A write is tried once, and may have been done.</exception>
    public Task<bool> DeleteAsync(ItemKey key, string? etag = null, CancellationToken cancellationToken = default) =>
        Client.Writes.DeleteAsync(Name, key, etag, cancellationToken);

    /// <summary>Reads an item, changes it, and writes it back if nobody else has changed it meanwhile; otherwise it begins again, up to ten times.</summary>
    /// <remarks>Only the fields that <paramref name="change"/> alters are written, so that those which <typeparamref name="T"/> does not have stay as they are.</remarks>
    /// <param name="key">Its key.</param>
    /// <param name="change">Gives the item as it is to be: another one, or the same one changed. It may be called several times, and should do nothing else.</param>
    /// <param name="cancellationToken">Ends it. The item may have been written.</param>
    /// <returns>The item as it is stored then, or null when there is none with this key.</returns>
    /// <exception cref="RealtimeApiException">The server refused; <c>precondition-failed</c> after the last time that others were faster.</exception>
    /// <exception cref="HttpRequestException">The server could not be reached. The item may have been written.</exception>
    public async Task<ItemEntry<T>?> UpdateAsync(ItemKey key, Func<T, T> change, CancellationToken cancellationToken = default)
    {
        if (change is null)
            throw new ArgumentNullException(nameof(change));

        const int MaximumAttempts = 10;
        var waits = Client.NewBackoff();
        for (var attempt = 1; ; attempt++)
        {
            // What was refused as outdated came from a memory that is behind, perhaps: the next attempt asks the database.
            var entry = await Client.Rest.GetItemAsync(Name, key, "", Type, known: null, minimumCursor: null, fromDatabase: attempt > 1, cancellationToken).ConfigureAwait(false);
            if (entry is null)
                return null;

            var before = ItemBody.Of(entry.Item, Type);
            var patch = ItemBody.Difference(before, ItemBody.Of(change(entry.Item), Type));
            if (patch.Count == 0)
                return entry;
            try
            {
                return await Client.Writes.PatchAsync(Name, key, patch, entry.ETag, Type, cancellationToken).ConfigureAwait(false);
            }
            catch (RealtimeApiException e) when (e.Code == ProblemCodes.PreconditionFailed && attempt < MaximumAttempts)
            {
                await waits.WaitAsync(null, cancellationToken).ConfigureAwait(false);
            }
            catch (RealtimeApiException e) when (e.Code == ProblemCodes.NotFound)
            {
                return null; // Deleted meanwhile.
            }
        }
    }
}
