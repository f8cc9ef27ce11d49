using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using RealtimeApi.Client;
using Xunit;

namespace RealtimeApi.Tests.Integration.Draining;

/// <summary>Clients that read and write orders through one address without a pause, of whose requests none may fail.</summary>
internal sealed class Traffic : IAsyncDisposable
{
    private static readonly Uri Orders = new("api/orders", UriKind.Relative);

    private readonly CancellationTokenSource stop = new();
    private readonly HttpClient client;
    private readonly Task reading;
    private readonly Task<IReadOnlyList<string>> writing;

    /// <summary>Starts it.</summary>
    /// <param name="address">Where the requests go.</param>
    /// <param name="readers">How many read the list beside the one that writes.</param>
    /// <param name="keepsConnections">Whether a connection serves more than one request.</param>
    public Traffic(Uri address, int readers, bool keepsConnections)
    {
        client = new() { BaseAddress = address };
        client.DefaultRequestHeaders.ConnectionClose = !keepsConnections;
        reading = Task.WhenAll(Enumerable.Range(0, readers).Select(_ => Task.Run(ReadAsync, Cancellation)));
        writing = Task.Run(WriteAllAsync, Cancellation);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Ends it; what failed is thrown.</summary>
    /// <returns>The changes that it has made, as <see cref="WatchedAll"/> tells them.</returns>
    public async Task<IReadOnlyList<string>> StopAsync()
    {
        await stop.CancelAsync();
        await reading;
        var changes = await writing;
        Assert.NotEmpty(changes);
        return changes;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(reading, writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        client.Dispose();
        stop.Dispose();
    }

    private async Task ReadAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            using var read = await client.GetAsync(Orders, Cancellation);
            await AssertAsync(HttpStatusCode.OK, read);
        }
    }

    /// <summary>Creates one order after the other, changes it, and reads it back.</summary>
    private async Task<IReadOnlyList<string>> WriteAllAsync()
    {
        List<string> changes = [];
        for (var id = 1; !stop.IsCancellationRequested; id++)
        {
            using var created = await WriteAsync(HttpMethod.Post, Orders, "application/json", $$"""{"id":{{id}},"status":"new"}""", HttpStatusCode.Created);
            changes.Add($"{ChangeKind.Added} {id}");

            var item = new Uri($"api/orders/{id}", UriKind.Relative);
            using var patched = await WriteAsync(HttpMethod.Patch, item, "application/merge-patch+json", """{"status":"shipped"}""", HttpStatusCode.OK);
            changes.Add($"{ChangeKind.Modified} {id}");

            using var read = new HttpRequestMessage(HttpMethod.Get, item);
            // From whichever node, which may not have read that far yet.
            read.Headers.Add("Realtime-Min-Cursor", patched.Headers.GetValues("Realtime-Cursor"));
            using var found = await client.SendAsync(read, Cancellation);
            await AssertAsync(HttpStatusCode.OK, found);
            Assert.Equal("shipped", (await found.Content.ReadFromJsonAsync<Order>(Cancellation))!.Status);
        }

        return changes;
    }

    private async Task<HttpResponseMessage> WriteAsync(HttpMethod method, Uri address, string type, string body, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(method, address) { Content = new StringContent(body, new MediaTypeHeaderValue(type)) };
        var answer = await client.SendAsync(request, Cancellation);
        await AssertAsync(expected, answer);
        return answer;
    }

    private static async Task AssertAsync(HttpStatusCode expected, HttpResponseMessage response)
    {
        if (response.StatusCode != expected)
            Assert.Fail($"{response.RequestMessage!.Method} {response.RequestMessage.RequestUri} → {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(Cancellation)}");
    }
}
