using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using RealtimeApi.Tests.Faults.Runs;
using Xunit;

namespace RealtimeApi.Tests.Faults.Writers;

/// <summary>Writes through the hosts, over the network as it is. What it was told is kept: an answered write has happened, and one that was sent again has happened once.</summary>
internal sealed class RestWriter(Uri address, string name, int seed, TimeSpan patience, Tally tally)
{
    private const int FirstId = 10_000;
    private readonly List<string> answered = [];
    private readonly List<string> once = [];
    private readonly List<string> unexpected = [];
    private int stamps;

    public async Task WriteAsync(CancellationToken stop)
    {
        var random = new Random(seed);
        using var client = new HttpClient { BaseAddress = address, Timeout = patience };
        while (!stop.IsCancellationRequested)
        {
            await WriteAsync(client, random, stop);
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(80)), TimeProvider.System, CancellationToken.None);
        }
    }

    /// <param name="counts">How often each stamp was really written.</param>
    public void Check(IReadOnlyDictionary<string, int> counts)
    {
        Assert.True(unexpected.Count == 0, $"{name} was answered:\n{string.Join('\n', unexpected.Take(10))}");
        foreach (var stamp in answered)
            Assert.True(counts.ContainsKey(stamp), $"The write {stamp} was answered as done, and was not.");
        foreach (var stamp in once)
            Assert.True(counts.GetValueOrDefault(stamp) <= 1, $"The write {stamp} was done {counts.GetValueOrDefault(stamp)} times.");
    }

    private async Task WriteAsync(HttpClient client, Random random, CancellationToken stop)
    {
        var stamp = string.Create(CultureInfo.InvariantCulture, $"{name}-{++stamps}");
        var id = random.Next(1, 40);
        switch (random.Next(6))
        {
            case < 2:
                once.Add(stamp);
                var key = Guid.NewGuid().ToString();
                var order = string.Create(CultureInfo.InvariantCulture, $$"""{"id":{{FirstId + (seed % 1000 * 100_000) + stamps}},"customer":{{random.Next(7)}},"status":"open","stamp":"{{stamp}}","note":null}""");
                // Until it is answered: that it may have been done already is what the key is for.
                while (!await SendAsync(client, HttpMethod.Post, "api/orders", order, stamp, key) && !stop.IsCancellationRequested)
                    await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, CancellationToken.None);
                break;
            case < 4:
                await SendAsync(client, HttpMethod.Patch, $"api/orders/{id}", $$"""{"status":"paid","stamp":"{{stamp}}"}""", stamp);
                break;
            case 4:
                await SendAsync(client, HttpMethod.Put, $"api/stock/c{random.Next(1, 9)}", $$"""{"amount":{{random.Next(100)}},"stamp":"{{stamp}}"}""", stamp);
                break;
            default:
                await SendAsync(client, HttpMethod.Delete, $"api/orders/{id}", null, null);
                break;
        }
    }

    /// <returns>Whether it was answered with a yes or a no.</returns>
    private async Task<bool> SendAsync(HttpClient client, HttpMethod method, string path, string? body, string? stamp, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(method == HttpMethod.Patch ? "application/merge-patch+json" : "application/json"));
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        return await SendAsync(client, request, stamp);
    }

    private async Task<bool> SendAsync(HttpClient client, HttpRequestMessage request, string? stamp)
    {
        try
        {
            using var response = await client.SendAsync(request, CancellationToken.None);
            switch (response.StatusCode)
            {
                case HttpStatusCode.OK or HttpStatusCode.Created or HttpStatusCode.NoContent:
                    tally.Add("writes over REST");
                    if (stamp is not null)
                        answered.Add(stamp);
                    return true;
                // Another writer was there in the same moment.
                case HttpStatusCode.NotFound or HttpStatusCode.Conflict:
                    return true;
                case HttpStatusCode.ServiceUnavailable:
                    tally.Add("writes over REST refused for the moment");
                    return false;
                default:
                    unexpected.Add($"{request.Method} {request.RequestUri}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(CancellationToken.None)}");
                    return true;
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or SocketException)
        {
            tally.Add("writes over REST cut off");
            return false;
        }
    }
}
