using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using RealtimeApi.Contracts;

namespace RealtimeApi.Client;

/// <summary>The requests to <c>/api</c>, with the caller's credentials. Thread-safe.</summary>
internal sealed class RestApi(RealtimeApiClientOptions options, Func<HttpClient> http)
{
    public const string ApiKeyHeader = "X-Api-Key";
    public const string CursorHeader = "Realtime-Cursor";
    public const string MinimumCursorHeader = "Realtime-Min-Cursor";

    private const string JsonType = "application/json";
    private const string EventsType = "text/event-stream";

    private readonly OwnWrites ownWrites = new();
    private readonly ConcurrentDictionary<string, IReadOnlyList<string>> keyFields = new(StringComparer.OrdinalIgnoreCase);

    public async Task<ServiceDocument> GetServiceDocumentAsync(CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new(HttpMethod.Get, options.ApiAddress), JsonType, cancellationToken).ConfigureAwait(false);
        return await ReadOwnAsync(response, ClientJsonContext.Default.ServiceDocument, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The names of the fields that make a resource's key, asked once.</summary>
    public async Task<IReadOnlyList<string>> GetKeyFieldsAsync(string resource, CancellationToken cancellationToken)
    {
        if (keyFields.TryGetValue(resource, out var known))
            return known;

        var document = await GetServiceDocumentAsync(cancellationToken).ConfigureAwait(false);
        foreach (var description in document.Resources)
            keyFields[description.Name] = description.Key;
        return keyFields.TryGetValue(resource, out var fields)
            ? fields
            : throw new RealtimeApiException(Problems.Make(ProblemCodes.UnknownResource, 404, $"There is no resource '{resource}'."));
    }

    /// <summary>One page of a list.</summary>
    /// <param name="resource">The resource's name.</param>
    /// <param name="query">The query string, without the question mark.</param>
    /// <param name="minimumCursor">The answer must be at least this new; null for as new as the client's own writes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ListAnswer> ListAsync(string resource, string query, string? minimumCursor, CancellationToken cancellationToken)
    {
        var address = new Uri(AddressOf(resource).AbsoluteUri + (query.Length > 0 ? "?" + query : ""));
        return ReadNewEnoughAsync(minimumCursor, mark => ListAsync(address, mark, cancellationToken));
    }

    private async Task<ListAnswer> ListAsync(Uri address, ReadMark mark, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(Get(address, mark), JsonType, cancellationToken).ConfigureAwait(false);
        var answer = await ReadOwnAsync(response, ClientJsonContext.Default.ListAnswer, cancellationToken).ConfigureAwait(false);
        return answer.Value is null ? throw Problems.Invalid($"{address} answered without the field 'value'.") : answer;
    }

    /// <summary>The query of the page that a <c>nextLink</c> names.</summary>
    /// <remarks>Only its query is taken: a proxy may have hidden the address that the server sees, and credentials go nowhere but to the configured one.</remarks>
    public static string QueryOf(string nextLink)
    {
        var question = nextLink.IndexOf('?');
        return question >= 0 ? nextLink.Substring(question + 1) : throw Problems.Invalid($"The nextLink '{nextLink}' has no query.");
    }

    /// <summary>One item, or null when there is none with this key. A 304 gives <paramref name="known"/>.</summary>
    /// <param name="resource">The resource's name.</param>
    /// <param name="key">The item's key.</param>
    /// <param name="query">The query string, without the question mark.</param>
    /// <param name="type">How the item is read.</param>
    /// <param name="known">An earlier answer.</param>
    /// <param name="minimumCursor">The answer must be at least this new; null for as new as the client's own writes.</param>
    /// <param name="fromDatabase">Whether the answer must not come from a cache.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<ItemEntry<T>?> GetItemAsync<T>(
        string resource, ItemKey key, string query, JsonTypeInfo<T> type, ItemEntry<T>? known, string? minimumCursor, bool fromDatabase, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await ReadItemAsync(resource, key, query, type, known, minimumCursor, fromDatabase, cancellationToken).ConfigureAwait(false);
        }
        catch (RealtimeApiException e) when (e.Code == ProblemCodes.NotFound)
        {
            return null;
        }
    }

    /// <summary>One item as a list of it, which has a cursor also where there is none.</summary>
    /// <param name="resource">The resource's name.</param>
    /// <param name="key">The item's key.</param>
    /// <param name="query">The query string, without the question mark.</param>
    /// <param name="minimumCursor">The answer must be at least this new; null for as new as the client's own writes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<ListAnswer> ListOneAsync(string resource, ItemKey key, string query, string? minimumCursor, CancellationToken cancellationToken)
    {
        try
        {
            var entry = await ReadItemAsync(resource, key, query, ClientJsonContext.Default.JsonDocument, known: null, minimumCursor, fromDatabase: false, cancellationToken).ConfigureAwait(false);
            return new() { Value = [entry.Item.RootElement], Cursor = entry.Cursor };
        }
        catch (RealtimeApiException e) when (e.Code == ProblemCodes.NotFound)
        {
            return new() { Value = [], Cursor = e.Cursor };
        }
    }

    private async Task<ItemEntry<T>> ReadItemAsync<T>(
        string resource, ItemKey key, string query, JsonTypeInfo<T> type, ItemEntry<T>? known, string? minimumCursor, bool fromDatabase, CancellationToken cancellationToken)
        where T : class
    {
        if (await AddressOfAsync(resource, key, cancellationToken).ConfigureAwait(false) is not { } address)
            return await FindItemAsync(resource, key, query, type, minimumCursor, cancellationToken).ConfigureAwait(false);

        if (query.Length > 0)
            address = new(address.AbsoluteUri + "?" + query);
        return await ReadNewEnoughAsync(
            minimumCursor,
            mark => GetItemAsync(address, type, known, fromDatabase ? mark with { FromDatabase = true } : mark, cancellationToken)).ConfigureAwait(false);
    }

    private async Task<ItemEntry<T>> GetItemAsync<T>(Uri address, JsonTypeInfo<T> type, ItemEntry<T>? known, ReadMark mark, CancellationToken cancellationToken)
        where T : class
    {
        var request = Get(address, mark);
        if (known?.ETag is { } tag)
            request.Headers.TryAddWithoutValidation("If-None-Match", tag);

        using var response = await SendAsync(request, JsonType, cancellationToken).ConfigureAwait(false);
        return new()
        {
            Item = response.StatusCode == HttpStatusCode.NotModified && known is not null
                ? known.Item
                : await ReadAsync(response, type, cancellationToken).ConfigureAwait(false),
            ETag = response.Headers.ETag?.ToString(),
            Cursor = HeaderOf(response, CursorHeader),
        };
    }

    /// <summary>Whether the hub answers a plain request, as one does that is in good order.</summary>
    /// <exception cref="RealtimeApiException">It refuses.</exception>
    public async Task<bool> AskHubAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await SendAsync(new(HttpMethod.Get, options.HubAddress), JsonType, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (RealtimeApiException e) when (e.Status == HttpStatusCode.NotFound)
        {
            throw new RealtimeApiException(Problems.Make(ProblemCodes.NotFound, 404, $"There is no hub at {options.HubAddress}."), e);
        }
        catch (RealtimeApiException e) when (e.Code == RealtimeApiException.InvalidAnswer)
        {
            // A request without a connection gets a plain 400, which has no code of the protocol; a proxy whose server is away says 502 or 504.
            return !e.IsTransient;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            return false;
        }
    }

    /// <summary>Opens a stream of events.</summary>
    /// <exception cref="RealtimeApiException">The server refuses, or what answers gives no events.</exception>
    public async Task<HttpResponseMessage> OpenEventsAsync(WatchRequest request, CancellationToken cancellationToken)
    {
        var address = await WatchAddressOfAsync(request, "events", "", cancellationToken).ConfigureAwait(false);
        var response = await SendAsync(new(HttpMethod.Get, address), EventsType, cancellationToken).ConfigureAwait(false);
        if (response.Content.Headers.ContentType?.MediaType == EventsType)
            return response;
        using (response)
            throw Problems.Invalid($"{address} answered with {response.Content.Headers.ContentType?.MediaType ?? "no content type"}, not a stream of events.");
    }

    /// <summary>The changes after a cursor, or without one the present cursor.</summary>
    /// <exception cref="RealtimeApiException">The server refuses, or the answer is none.</exception>
    public async Task<ChangesAnswer> GetChangesAsync(WatchRequest request, TimeSpan wait, int? limit, CancellationToken cancellationToken)
    {
        var more = FormattableString.Invariant($"wait={(int)wait.TotalSeconds}") + (limit is { } most ? FormattableString.Invariant($"&limit={most}") : "");
        var address = await WatchAddressOfAsync(request, "changes", more, cancellationToken).ConfigureAwait(false);
        using var response = await SendAsync(new(HttpMethod.Get, address), JsonType, cancellationToken).ConfigureAwait(false);
        var answer = await ReadOwnAsync(response, ClientJsonContext.Default.ChangesAnswer, cancellationToken).ConfigureAwait(false);
        return answer.Cursor is null || answer.Changes is null ? throw Problems.Invalid($"{address} answered without the field 'cursor' or 'changes'.") : answer;
    }

    /// <summary>What an error of a watch's request means for the watch: that the server refuses, that it is away, or that the way to it is not one.</summary>
    public static SubscriptionEnd EndOf(RealtimeApiException error) =>
        new(
            error.IsServerFailure ? SubscriptionEndReason.Failed
            : error.Code != RealtimeApiException.InvalidAnswer ? SubscriptionEndReason.Ended
            : error.IsTransient ? SubscriptionEndReason.Broken
            : SubscriptionEndReason.Unsuitable,
            error);

    private async Task<Uri> WatchAddressOfAsync(WatchRequest request, string end, string more, CancellationToken cancellationToken)
    {
        var address = new StringBuilder(options.ApiAddress.AbsoluteUri).Append('/').Append(Uri.EscapeDataString(request.Resource)).Append('/');
        var filter = request.Filter;
        if (request.Key is { } text)
        {
            ItemKey key = text;
            if (key.IsReservedInPaths)
                filter = await FilterOfAsync(request.Resource, key, cancellationToken).ConfigureAwait(false);
            else
                address.Append(await SegmentOfAsync(request.Resource, key, cancellationToken).ConfigureAwait(false)).Append('/');
        }

        var separator = '?';
        address.Append(end);
        Add("$filter", filter);
        Add("$select", request.Select);
        Add("since", request.Since);
        if (more.Length > 0)
            address.Append(separator).Append(more);
        return new(address.ToString());

        void Add(string name, string? value)
        {
            if (value is null)
                return;
            address.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }
    }

    private async Task<string> SegmentOfAsync(string resource, ItemKey key, CancellationToken cancellationToken) =>
        key.ToPathSegment(key.MayBeComposite && (await GetKeyFieldsAsync(resource, cancellationToken).ConfigureAwait(false)).Count > 1);

    private async Task<string> FilterOfAsync(string resource, ItemKey key, CancellationToken cancellationToken) =>
        $"{(await GetKeyFieldsAsync(resource, cancellationToken).ConfigureAwait(false))[0]} eq {ODataLiteral.Of(key.Text)}";

    /// <summary>An item that no path can name, found by its key's field.</summary>
    private async Task<ItemEntry<T>> FindItemAsync<T>(
        string resource, ItemKey key, string query, JsonTypeInfo<T> type, string? minimumCursor, CancellationToken cancellationToken)
        where T : class
    {
        var filter = "$filter=" + Uri.EscapeDataString(await FilterOfAsync(resource, key, cancellationToken).ConfigureAwait(false));
        var answer = await ListAsync(resource, query.Length > 0 ? query + "&" + filter : filter, minimumCursor, cancellationToken).ConfigureAwait(false);
        return answer.Value!.Count == 0
            ? throw new RealtimeApiException(Problems.Make(ProblemCodes.NotFound, 404, $"There is no item '{key.Text}' in '{resource}'.")) { Cursor = answer.Cursor }
            : new() { Item = answer.Value[0].Deserialize(type) ?? throw Problems.Invalid("An item came as null."), Cursor = answer.Cursor };
    }

    /// <summary>Where a resource is.</summary>
    public Uri AddressOf(string resource) => new(options.ApiAddress.AbsoluteUri + "/" + Uri.EscapeDataString(resource));

    /// <summary>Where an item is, or null when no path names it.</summary>
    public async Task<Uri?> AddressOfAsync(string resource, ItemKey key, CancellationToken cancellationToken) =>
        key.IsReservedInPaths ? null : new(AddressOf(resource).AbsoluteUri + "/" + await SegmentOfAsync(resource, key, cancellationToken).ConfigureAwait(false));

    /// <summary>Sends a write, and has later reads show it.</summary>
    /// <exception cref="RealtimeApiException">The server refuses.</exception>
    public async Task<HttpResponseMessage> WriteAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var begun = ownWrites.Begin();
        var response = await SendAsync(request, JsonType, cancellationToken).ConfigureAwait(false);
        ownWrites.End(begun, HeaderOf(response, CursorHeader));
        return response;
    }

    /// <summary>Reads what is as new as the cursor, or without one as the client's own writes.</summary>
    private async Task<T> ReadNewEnoughAsync<T>(string? minimumCursor, Func<ReadMark, Task<T>> read)
    {
        if (minimumCursor is not null)
            return await read(new(minimumCursor)).ConfigureAwait(false);
        if (!options.ReadYourWrites || ownWrites.Mark is not { Cursor: { } own } mark)
            return await read(default).ConfigureAwait(false);

        try
        {
            return await read(mark).ConfigureAwait(false);
        }
        catch (RealtimeApiException e) when (e.Code == ProblemCodes.CursorExpired)
        {
            ownWrites.Forget(own);
            return await read(default).ConfigureAwait(false);
        }
    }

    private static HttpRequestMessage Get(Uri address, ReadMark mark)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (mark.Cursor is { } cursor)
            request.Headers.TryAddWithoutValidation(MinimumCursorHeader, cursor);
        if (mark.FromDatabase)
            request.Headers.CacheControl = new() { NoCache = true };
        return request;
    }

    /// <summary>Sends, and gives an answer of 2xx or 304; every other is thrown.</summary>
    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string accept, CancellationToken cancellationToken)
    {
        using (request)
        {
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(accept));
            // One that does not listen to its token must not hold up who has left.
            if (options.AccessTokenProvider is { } provider && await provider(cancellationToken).AsTask().WaitAsync(cancellationToken).ConfigureAwait(false) is { } token)
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            if (options.ApiKey is { } key)
                request.Headers.TryAddWithoutValidation(ApiKeyHeader, key);

            var response = await ReachAsync(http().SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken), cancellationToken).ConfigureAwait(false);
            if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.NotModified)
                return response;

            using (response)
                throw await Problems.ReadAsync(response, options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The answer's JSON.</summary>
    public static async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType?.MediaType is { } media && !media.EndsWith("json", StringComparison.OrdinalIgnoreCase))
            throw Problems.Invalid($"{response.RequestMessage?.RequestUri} answered with {media}, not JSON. Is this the address of the API?");

        using var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        return await ReachAsync(JsonSerializer.DeserializeAsync(stream, type, cancellationToken).AsTask(), cancellationToken).ConfigureAwait(false)
            ?? throw Problems.Invalid($"{response.RequestMessage?.RequestUri} answered null.");
    }

    /// <summary>The answer's JSON, of a form that is the protocol's and not the caller's.</summary>
    /// <exception cref="RealtimeApiException">It is of another form, or cut off.</exception>
    private static async Task<T> ReadOwnAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(response, type, cancellationToken).ConfigureAwait(false);
        }
        catch (JsonException e)
        {
            throw Problems.Invalid($"{response.RequestMessage?.RequestUri} answered with JSON that is cut off or of another form.", e);
        }
    }

    /// <summary>
    /// One exception for a server that cannot be reached: a connection that breaks comes out of the client as it is when that happens while it is being made (a
    /// <see cref="SocketException"/> where its far end is asked for) or while the body is read.
    /// </summary>
    /// <exception cref="HttpRequestException">The server could not be reached.</exception>
    private static async Task<T> ReachAsync<T>(Task<T> exchange, CancellationToken cancellationToken)
    {
        try
        {
            return await exchange.ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            throw new HttpRequestException("The connection to the server broke: " + e.Message, e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            // The HTTP client's own time limit.
            throw new HttpRequestException("The server did not answer in time.", e);
        }
    }

    /// <summary>A header of an answer, or null where it has none.</summary>
    public static string? HeaderOf(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
