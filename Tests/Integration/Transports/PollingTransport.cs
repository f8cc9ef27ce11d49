using System.Text.Json;
using RealtimeApi.Contracts;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Transports;

/// <summary>Long polling, a request after the other.</summary>
internal sealed class PollingTransport : ITransport
{
    public bool HasInitial => false;

    public async Task<TransportWatch> StartAsync(TestServer server, WatchRequest request)
    {
        // A first answer says whether the watch is refused and, where it comes from now on, where it starts.
        var watch = new PollingWatch(server, request);
        var changes = await watch.PollAsync(wait: 0, limit: 1, TestContext.Current.CancellationToken);
        if (request.Since is not null)
            return new PollingWatch(server, request);
        Assert.Empty(changes);
        return watch;
    }

    private sealed class PollingWatch : TransportWatch
    {
        private readonly TestServer server;
        private readonly WatchRequest request;

        public PollingWatch(TestServer server, WatchRequest request)
        {
            this.server = server;
            this.request = request with { Since = null };
            Cursor = request.Since;
            Synced = true;
        }

        public async Task<IReadOnlyList<JsonElement>> PollAsync(int wait, int limit, CancellationToken cancellationToken)
        {
            var address = WatchAddress.Of(request with { Since = Cursor }, "changes", $"wait={wait}", $"limit={limit}");
            using var response = await server.Client.GetAsync(new Uri(address, UriKind.Relative), cancellationToken);
            await Problems.ThrowIfRefusedAsync(response);
            Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
            Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
            var answer = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken)).RootElement;
            Assert.Equal(["changes", "cursor", "more"], answer.EnumerateObject().Select(p => p.Name));
            Cursor = answer.GetProperty("cursor").GetString();
            Assert.Equal(Cursor, Assert.Single(response.Headers.GetValues("Realtime-Cursor")));
            List<JsonElement> changes = [.. answer.GetProperty("changes").EnumerateArray()];
            Assert.InRange(changes.Count, 0, limit);
            return changes;
        }

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

        protected override Task<IReadOnlyList<JsonElement>> ReadAsync(CancellationToken cancellationToken) => PollAsync(wait: 10, limit: 100, cancellationToken);
    }
}
