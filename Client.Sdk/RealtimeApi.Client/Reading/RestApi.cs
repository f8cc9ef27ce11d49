using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
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

    private readonly ConcurrentDictionary<string, IReadOnlyList<string>> keyFields = new(StringComparer.OrdinalIgnoreCase);

    public async Task<ServiceDocument> GetServiceDocumentAsync(CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new(HttpMethod.Get, options.ApiAddress), cancellationToken).ConfigureAwait(false);
        return await ReadAsync(response, ClientJsonContext.Default.ServiceDocument, cancellationToken).ConfigureAwait(false);
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
    /// <param name="minimumCursor">The answer must be at least this new; null for any.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<ListAnswer> ListAsync(string resource, string query, string? minimumCursor, CancellationToken cancellationToken)
    {
        var address = options.ApiAddress.AbsoluteUri + "/" + Uri.EscapeDataString(resource) + (query.Length > 0 ? "?" + query : "");
        using var response = await SendAsync(Get(new(address), minimumCursor), cancellationToken).ConfigureAwait(false);
        var answer = await ReadAsync(response, ClientJsonContext.Default.ListAnswer, cancellationToken).ConfigureAwait(false);
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
    public async Task<ItemEntry<T>?> GetItemAsync<T>(
        string resource, ItemKey key, string query, JsonTypeInfo<T> type, ItemEntry<T>? known, string? minimumCursor, CancellationToken cancellationToken)
        where T : class
    {
        if (key.IsReservedInPaths)
            return await FindItemAsync(resource, key, query, type, minimumCursor, cancellationToken).ConfigureAwait(false);

        var isComposite = key.MayBeComposite && (await GetKeyFieldsAsync(resource, cancellationToken).ConfigureAwait(false)).Count > 1;
        var address = options.ApiAddress.AbsoluteUri + "/" + Uri.EscapeDataString(resource) + "/" + key.ToPathSegment(isComposite) + (query.Length > 0 ? "?" + query : "");
        var request = Get(new(address), minimumCursor);
        if (known?.ETag is { } tag)
            request.Headers.TryAddWithoutValidation("If-None-Match", tag);

        try
        {
            using var response = await SendAsync(request, cancellationToken).ConfigureAwait(false);
            return new()
            {
                Item = response.StatusCode == HttpStatusCode.NotModified && known is not null
                    ? known.Item
                    : await ReadAsync(response, type, cancellationToken).ConfigureAwait(false),
                ETag = response.Headers.ETag?.ToString(),
                Cursor = HeaderOf(response, CursorHeader),
            };
        }
        catch (RealtimeApiException e) when (e.Code == ProblemCodes.NotFound)
        {
            return null;
        }
    }

    /// <summary>Why the hub does not take a connection: what it answers to a plain request, or null when that is no refusal.</summary>
    public async Task<RealtimeApiException?> AskWhyHubRefusesAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await SendAsync(new(HttpMethod.Get, options.HubAddress), cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (RealtimeApiException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return new(Problems.Make(ProblemCodes.NotFound, 404, $"There is no hub at {options.HubAddress}."), e);
        }
        catch (RealtimeApiException e)
        {
            // A hub in good order answers a request without a connection with a plain 400, which has no code of the protocol.
            return e.Code == RealtimeApiException.InvalidAnswer ? null : e;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            return null;
        }
    }

    /// <summary>An item that no path can name, found by its key's field.</summary>
    private async Task<ItemEntry<T>?> FindItemAsync<T>(
        string resource, ItemKey key, string query, JsonTypeInfo<T> type, string? minimumCursor, CancellationToken cancellationToken)
        where T : class
    {
        var field = (await GetKeyFieldsAsync(resource, cancellationToken).ConfigureAwait(false))[0];
        var filter = "$filter=" + Uri.EscapeDataString($"{field} eq {ODataLiteral.Of(key.Text)}");
        var answer = await ListAsync(resource, query.Length > 0 ? query + "&" + filter : filter, minimumCursor, cancellationToken).ConfigureAwait(false);
        return answer.Value!.Count == 0
            ? null
            : new() { Item = answer.Value[0].Deserialize(type) ?? throw Problems.Invalid("An item came as null."), Cursor = answer.Cursor };
    }

    private static HttpRequestMessage Get(Uri address, string? minimumCursor)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (minimumCursor is not null)
            request.Headers.TryAddWithoutValidation(MinimumCursorHeader, minimumCursor);
        return request;
    }

    /// <summary>Sends, and gives an answer of 2xx or 304; every other is thrown.</summary>
    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using (request)
        {
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            if (options.AccessTokenProvider is { } provider && await provider(cancellationToken).ConfigureAwait(false) is { } token)
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            if (options.ApiKey is { } key)
                request.Headers.TryAddWithoutValidation(ApiKeyHeader, key);

            var response = await ReachAsync(http().SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken)).ConfigureAwait(false);
            if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.NotModified)
                return response;

            using (response)
                throw await Problems.ReadAsync(response, options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType?.MediaType is { } media && !media.EndsWith("json", StringComparison.OrdinalIgnoreCase))
            throw Problems.Invalid($"{response.RequestMessage?.RequestUri} answered with {media}, not JSON. Is this the address of the API?");

        using var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        return await ReachAsync(JsonSerializer.DeserializeAsync(stream, type, cancellationToken).AsTask()).ConfigureAwait(false)
            ?? throw Problems.Invalid($"{response.RequestMessage?.RequestUri} answered null.");
    }

    /// <summary>
    /// One exception for a server that cannot be reached: a connection that breaks comes out of the client as it is when that happens while it is being made (a
    /// <see cref="SocketException"/> where its far end is asked for) or while the body is read.
    /// </summary>
    /// <exception cref="HttpRequestException">The server could not be reached.</exception>
    private static async Task<T> ReachAsync<T>(Task<T> exchange)
    {
        try
        {
            return await exchange.ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            throw new HttpRequestException("The connection to the server broke: " + e.Message, e);
        }
    }

    private static string? HeaderOf(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
