using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using RealtimeApi.Contracts;

namespace RealtimeApi.Client;

/// <summary>The writing requests to <c>/api</c>. Thread-safe.</summary>
/// <remarks>PROTOCOL, section Writing.</remarks>
internal sealed class WriteApi(RestApi rest, Func<Backoff> backoff)
{
    /// <summary>How often the making of an item is tried, which its Idempotency-Key makes safe.</summary>
    private const int MaximumAttempts = 4;

    private const string JsonType = "application/json";
    private const string MergePatchType = "application/merge-patch+json";

    private static readonly HttpMethod Patch = new("PATCH");

    public async Task<ItemEntry<T>> CreateAsync<T>(string resource, JsonObject item, string idempotencyKey, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        var address = rest.AddressOf(resource);
        var body = item.ToJsonString();
        var waits = backoff();
        for (var attempt = 1; ; attempt++)
        {
            var request = Request(HttpMethod.Post, address, body, JsonType);
            request.Headers.TryAddWithoutValidation("Idempotency-Key", idempotencyKey);
            TimeSpan? atLeast;
            try
            {
                return await SendAsync(request, type, cancellationToken).ConfigureAwait(false);
            }
            catch (RealtimeApiException e) when (e.IsTransient && attempt < MaximumAttempts)
            {
                atLeast = e.RetryAfter;
            }
            catch (Exception e) when (attempt < MaximumAttempts && (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)))
            {
                atLeast = null;
            }
            await waits.WaitAsync(atLeast, cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task<ItemEntry<T>> ReplaceAsync<T>(string resource, ItemKey key, JsonObject item, string? etag, bool onlyNew, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        var request = Request(HttpMethod.Put, await AddressOfAsync(resource, key, cancellationToken).ConfigureAwait(false), item.ToJsonString(), JsonType, etag);
        if (onlyNew)
            request.Headers.TryAddWithoutValidation("If-None-Match", "*");
        return await SendAsync(request, type, cancellationToken).ConfigureAwait(false);
    }

    public async Task<ItemEntry<T>> PatchAsync<T>(string resource, ItemKey key, JsonObject patch, string? etag, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        var request = Request(Patch, await AddressOfAsync(resource, key, cancellationToken).ConfigureAwait(false), patch.ToJsonString(), MergePatchType, etag);
        return await SendAsync(request, type, cancellationToken).ConfigureAwait(false);
    }

    public async Task<bool> DeleteAsync(string resource, ItemKey key, string? etag, CancellationToken cancellationToken)
    {
        var request = Request(HttpMethod.Delete, await AddressOfAsync(resource, key, cancellationToken).ConfigureAwait(false), null, JsonType, etag);
        try
        {
            using var response = await rest.WriteAsync(request, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (RealtimeApiException e) when (e.Code == ProblemCodes.NotFound)
        {
            return false;
        }
    }

    private async Task<Uri> AddressOfAsync(string resource, ItemKey key, CancellationToken cancellationToken) =>
        await rest.AddressOfAsync(resource, key, cancellationToken).ConfigureAwait(false)
        ?? throw new ArgumentException($"No path names the item '{key}', so it cannot be written.", nameof(key));

    private async Task<ItemEntry<T>> SendAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        using var response = await rest.WriteAsync(request, cancellationToken).ConfigureAwait(false);
        return new()
        {
            Item = await RestApi.ReadAsync(response, type, cancellationToken).ConfigureAwait(false),
            ETag = response.Headers.ETag?.ToString(),
        };
    }

    private static HttpRequestMessage Request(HttpMethod method, Uri address, string? body, string mediaType, string? etag = null)
    {
        var request = new HttpRequestMessage(method, address);
        if (body is not null)
        {
            request.Content = new StringContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        }
        if (etag is not null)
            request.Headers.TryAddWithoutValidation("If-Match", etag);
        return request;
    }
}
