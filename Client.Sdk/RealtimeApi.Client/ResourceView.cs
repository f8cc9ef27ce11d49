#if NET
using System.Diagnostics.CodeAnalysis;
#endif
using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using RealtimeApi.Contracts;

namespace RealtimeApi.Client;

/// <summary>The items of a resource that a list gives or a watch covers: all of them, narrowed by <see cref="Where(string)"/>.</summary>
/// <typeparam name="T">What an item is read as.</typeparam>
/// <remarks>Immutable and thread-safe; every step gives a new view.</remarks>
public class ResourceView<T>
    where T : class
{
    private readonly string? filter;
    private readonly string? select;

    private protected ResourceView(RealtimeApiClient client, string name, JsonTypeInfo<T> type, string? filter = null, string? select = null)
    {
        Client = client;
        Name = name;
        Type = type;
        this.filter = filter;
        this.select = select;
    }

    /// <summary>The resource's name.</summary>
    public string Name { get; }

    private protected RealtimeApiClient Client { get; }

    private protected JsonTypeInfo<T> Type { get; }

    /// <summary>The items of this view for which the condition holds.</summary>
    /// <param name="filter">
    /// Compares fields with values: <c>== != &lt; &lt;= &gt; &gt;= &amp;&amp; || !</c>, null, captured variables; <c>Contains</c>, <c>StartsWith</c>, <c>EndsWith</c>,
    /// <c>ToLower</c>, <c>ToUpper</c> and <c>Length</c> of text; <c>Year</c>, <c>Month</c> and <c>Day</c> of dates; <c>Value</c> and <c>HasValue</c>;
    /// <c>list.Contains(o.Field)</c>. Fields are named as the serializer names them. Text compares by the column's collation, and dates without an offset are UTC.
    /// </param>
    /// <exception cref="ArgumentException">A filter cannot express the condition; the message names the part.</exception>
#if NET
    // The compiler's code for a comparison of decimals finds the operator by its name, which trimming does not see.
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicMethods, typeof(decimal))]
#endif
    public ResourceView<T> Where(Expression<Func<T, bool>> filter)
    {
        if (filter is null)
            throw new ArgumentNullException(nameof(filter));
        return FilterTranslator.Translate(filter, Type.Options) is { } text ? Where(text) : this;
    }

    /// <summary>The items of this view that match the filter.</summary>
    /// <param name="filter">An OData filter, e.g. <c>status eq 'pending' and total gt 100</c>. PROTOCOL, section Reading, has the subset. The server checks it.</param>
    public ResourceView<T> Where(string filter)
    {
        if (string.IsNullOrWhiteSpace(filter))
            throw new ArgumentException("The filter is empty.", nameof(filter));
        return new(Client, Name, Type, this.filter is null ? filter : $"({this.filter}) and ({filter})", select);
    }

    /// <summary>The same items with only these fields, and the key's; the others keep the default of <typeparamref name="T"/>. A change that alters none of them is no event of a watch.</summary>
    /// <param name="fields">One field, or several: <c>o => new { o.Id, o.Total }</c>.</param>
    /// <exception cref="ArgumentException">The expression is not a list of fields.</exception>
    public ResourceView<T> Select(Expression<Func<T, object?>> fields) => new(Client, Name, Type, filter, FieldsOf(fields));

    /// <summary>The same items with only these fields, and the key's; the others keep the default of <typeparamref name="T"/>. A change that alters none of them is no event of a watch.</summary>
    /// <param name="fields">JSON names, separated by commas.</param>
    public ResourceView<T> Select(string fields) => new(Client, Name, Type, filter, FieldsOf(fields));

    /// <summary>Reads the first page; <see cref="ItemPage{T}.GetNextAsync"/> reads on.</summary>
    /// <param name="options">The order and the size of a page. Default: by key, 100 items.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RealtimeApiException">The server refused, e.g. with <c>invalid-query</c> or <c>unknown-resource</c>.</exception>
    /// <exception cref="HttpRequestException">The server could not be reached. A read is tried once.</exception>
    /// <exception cref="JsonException">An item does not fit <typeparamref name="T"/>.</exception>
    public Task<ItemPage<T>> ListAsync(ListOptions? options = null, CancellationToken cancellationToken = default) =>
        ReadPageAsync(QueryOf(options ?? ListOptions.Default), cancellationToken);

    /// <summary>All items, read page by page as they are taken.</summary>
    /// <param name="options">The order and the size of a page. Default: by key, 100 items.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="RealtimeApiException">The server refused, e.g. with <c>invalid-query</c> or <c>unknown-resource</c>.</exception>
    /// <exception cref="HttpRequestException">The server could not be reached. Each page is tried once.</exception>
    /// <exception cref="JsonException">An item does not fit <typeparamref name="T"/>.</exception>
    public async IAsyncEnumerable<T> ListAllAsync(ListOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var page = await ListAsync(options, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            foreach (var item in page.Items)
                yield return item;
            if (await page.GetNextAsync(cancellationToken).ConfigureAwait(false) is not { } next)
                yield break;
            page = next;
        }
    }

    /// <summary>The changes of the view as they are committed, each once and in order, from <see cref="WatchOptions.Since"/> or from now on; optionally the current items first.</summary>
    /// <remarks>
    /// It goes on until the caller stops or the server refuses. A lost connection, a restarted server and a busy one are waited for as long as it takes, and the
    /// watch resumes from where it stood, so that no change is lost or given twice. A server that takes the watch and itself fails at it, 20 times in a row, has refused it. Over a WebSocket, all watches of a client share one connection. PROTOCOL, section Watching.
    /// The watch begins when the enumeration does, and ends with it.
    /// </remarks>
    /// <param name="options">Where it begins and what it tells. Default: changes from now on.</param>
    /// <param name="cancellationToken">Ends the watch, with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    /// <exception cref="RealtimeApiException">
    /// While enumerating: the server refused or ended the watch. <c>cursor-expired</c> means that changes after the cursor are gone: list, or watch with <see cref="WatchOptions.Initial"/>, again.
    /// </exception>
    /// <exception cref="JsonException">While enumerating: an item does not fit <typeparamref name="T"/>.</exception>
    /// <exception cref="ObjectDisposedException">While enumerating: the client was disposed.</exception>
    public IAsyncEnumerable<ItemChange<T>> WatchAsync(WatchOptions? options = null, CancellationToken cancellationToken = default) =>
        WatchAsync(key: null, options, cancellationToken);

    /// <summary>The changes after a cursor, at most a page of them: for those who ask when they please and keep no watch. The changes are the ones that a watch would give.</summary>
    /// <param name="since">The cursor of an earlier answer, a change, a page or an item; null to be told the present one and no changes.</param>
    /// <param name="options">How long the server may wait for a change, and the size of a page. Default: it answers at once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentOutOfRangeException">The options are out of bounds.</exception>
    /// <exception cref="RealtimeApiException">The server refused. <c>cursor-expired</c> means that changes after the cursor are gone: list again.</exception>
    /// <exception cref="HttpRequestException">The server could not be reached. A request is tried once.</exception>
    /// <exception cref="JsonException">An item does not fit <typeparamref name="T"/>.</exception>
    public Task<ChangePage<T>> PollAsync(string? since, PollOptions? options = null, CancellationToken cancellationToken = default) =>
        PollAsync(key: null, since, options, cancellationToken);

    /// <summary>The view's items as a collection in memory that is always current, see <see cref="LiveView{T}"/>.</summary>
    /// <remarks>It begins to list and to follow at once; <see cref="LiveView{T}.WhenSyncedAsync"/> waits for the first items. Dispose it to end that.</remarks>
    /// <param name="options">Its order, and where it tells of its changes. Default: by key, on the thread pool.</param>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    /// <exception cref="ObjectDisposedException">The client was disposed.</exception>
    public LiveView<T> OpenLiveView(LiveViewOptions<T>? options = null)
    {
        options ??= LiveViewOptions<T>.Default;
        options.Validate();
        _ = Client.Transports.Current; // Refuses at once where the client is disposed, rather than as the view's end.
        var watch = new WatchOptions { Initial = true, PageSize = options.PageSize };
        var follower = new LiveFollower<T>((standing, token) => EnumerateAsync(key: null, watch, standing, token), options, Type, Client.Time, Client.NewBackoff(), Client.Logger);
        return new(follower, options, Client.Time.GetUtcNow(), Client.Logger);
    }

    private protected IAsyncEnumerable<ItemChange<T>> WatchAsync(ItemKey? key, WatchOptions? options, CancellationToken cancellationToken)
    {
        options ??= WatchOptions.Default;
        options.Validate();
        return EnumerateAsync(key, options, standing: null, cancellationToken);
    }

    private protected Task<ChangePage<T>> PollAsync(ItemKey? key, string? since, PollOptions? options, CancellationToken cancellationToken)
    {
        options ??= PollOptions.Default;
        options.Validate();
        return ReadChangesAsync(new() { Resource = Name, Key = key?.Text, Filter = filter, Select = select, Since = since }, options, cancellationToken);
    }

    private async Task<ChangePage<T>> ReadChangesAsync(WatchRequest request, PollOptions options, CancellationToken cancellationToken)
    {
        var answer = await Client.Rest.GetChangesAsync(request, options.Wait, options.Limit, cancellationToken).ConfigureAwait(false);
        var batch = ChangeBatch.Of(request.Since ?? "", answer.Cursor!, answer.Changes!);
        return new()
        {
            Changes = [.. Enumerable.Range(0, batch.Count).Select(i => ChangeReader.Read(batch, i, Type))],
            Cursor = batch.Cursor,
            HasMore = answer.More,
        };
    }

    private protected string FieldsOf(Expression<Func<T, object?>> fields) =>
        FilterTranslator.TranslateFields(fields ?? throw new ArgumentNullException(nameof(fields)), Type.Options);

    private protected static string FieldsOf(string fields) =>
        string.IsNullOrWhiteSpace(fields) ? throw new ArgumentException("There is no field in the list.", nameof(fields)) : fields;

    private protected string SelectQuery => select is null ? "" : "$select=" + Uri.EscapeDataString(select);

    private async IAsyncEnumerable<ItemChange<T>> EnumerateAsync(ItemKey? key, WatchOptions options, Action<bool, Exception?>? standing, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new WatchRequest { Resource = Name, Key = key?.Text, Filter = filter, Select = select, Since = options.Since };
        var (watch, first) = options.Initial
            ? await StartWhereReadAsync(key, request, options, standing, cancellationToken).ConfigureAwait(false)
            : (Client.StartWatch(request, options.BufferSize, standing), null);
        using var ending = watch;
        var start = await watch.Started.WaitAsync(cancellationToken).ConfigureAwait(false);

        if (first is not null)
        {
            await foreach (var item in ReadPagesAsync(first, watch, start, cancellationToken).ConfigureAwait(false))
                yield return item;
            yield return new() { Kind = ChangeKind.Synced, Cursor = start };
        }
        else if (options.Bookmarks)
        {
            yield return new() { Kind = ChangeKind.Bookmark, Cursor = start };
        }

        while (await watch.Buffer.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (watch.Buffer.Reader.TryRead(out var batch))
            {
                for (var i = 0; i < batch.Count; i++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    yield return ChangeReader.Read(batch, i, Type);
                }
                if (batch.Count == 0 && options.Bookmarks)
                    yield return new() { Kind = ChangeKind.Bookmark, Cursor = batch.Cursor };
                watch.Buffer.Release(batch);
            }
        }
    }

    /// <summary>Reads the item, or the first page, and starts the watch at the cursor of that answer: its changes lead on from what was read, and repeat nothing of it.</summary>
    private async Task<(Watch Watch, ListAnswer First)> StartWhereReadAsync(
        ItemKey? key, WatchRequest request, WatchOptions options, Action<bool, Exception?>? standing, CancellationToken cancellationToken)
    {
        var query = QueryOf(new() { Top = options.PageSize });
        var first = await ReadAsync(minimumCursor: null).ConfigureAwait(false);
        var watch = Client.StartWatch(request with { Since = first.Cursor }, options.BufferSize, standing);
        try
        {
            var start = await watch.Started.WaitAsync(cancellationToken).ConfigureAwait(false);
            // What was read could not be watched then, and so had no cursor.
            return (watch, first.Cursor is null ? await ReadAsync(start).ConfigureAwait(false) : first);
        }
        catch
        {
            watch.Dispose();
            throw;
        }

        Task<ListAnswer> ReadAsync(string? minimumCursor) => Client.RepeatAsync(
            token => key is { } one ? Client.Rest.ListOneAsync(Name, one, SelectQuery, minimumCursor, token) : Client.Rest.ListAsync(Name, query, minimumCursor, token),
            cancellationToken,
            minimumCursor is null ? trouble => standing?.Invoke(false, trouble) : null);
    }

    /// <summary>
    /// The items of the first page and of those that follow, each read when the caller comes to it and none older than <paramref name="start"/>, where the watch began. Reading
    /// pages rather than having the hub send the items lets the caller set the pace, and a broken connection cost no more than a page.
    /// </summary>
    private async IAsyncEnumerable<ItemChange<T>> ReadPagesAsync(ListAnswer first, Watch watch, string start, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var fields = await Client.RepeatAsync(token => Client.Rest.GetKeyFieldsAsync(Name, token), cancellationToken).ConfigureAwait(false);
        var page = first;
        while (true)
        {
            foreach (var item in page.Value!)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return ChangeReader.ReadInitial(item, fields, Type);
            }
            if (page.NextLink is not { } next)
                yield break;

            // The watch was refused meanwhile. What has come so far is not all that is there, so this must not end as if it were.
            if (watch.Buffer.Reader.Completion is { IsFaulted: true } refused)
                await refused.ConfigureAwait(false);
            var query = RestApi.QueryOf(next);
            page = await Client.RepeatAsync(token => Client.Rest.ListAsync(Name, query, start, token), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<ItemPage<T>> ReadPageAsync(string query, CancellationToken cancellationToken)
    {
        var answer = await Client.Rest.ListAsync(Name, query, minimumCursor: null, cancellationToken).ConfigureAwait(false);
        var next = answer.NextLink is null ? null : RestApi.QueryOf(answer.NextLink);
        return new()
        {
            Items = [.. answer.Value!.Select(item => ChangeReader.ReadItem(item, Type))],
            Cursor = answer.Cursor,
            Count = answer.Count,
            ReadNext = next is null ? null : token => ReadPageAsync(next, token),
        };
    }

    private string QueryOf(ListOptions options)
    {
        var parts = new List<string>();
        Add("$filter", filter);
        Add("$orderby", options.OrderBy);
        Add("$top", options.Top?.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Add("$select", select);
        Add("$count", options.Count ? "true" : null);
        return string.Join("&", parts);

        void Add(string name, string? value)
        {
            if (value is not null)
                parts.Add(name + "=" + Uri.EscapeDataString(value));
        }
    }
}
