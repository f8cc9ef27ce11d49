using System.Net;
using RealtimeApi.Client;
using RealtimeApi.Tests.Integration.Client;
using Xunit;

namespace RealtimeApi.Tests.Integration.Draining;

/// <summary>Clients that watch the same orders by every transport through one address, and what each of them has seen.</summary>
internal sealed class WatchedAll : IAsyncDisposable
{
    private readonly List<(WatchTransport Transport, RealtimeApiClient Client, Watching<Order> Watch)> watchers = [];

    /// <summary>Starts a watch by each transport, and waits until all stand.</summary>
    public static async Task<WatchedAll> StartAsync(Uri address)
    {
        var all = new WatchedAll();
        foreach (var transport in (WatchTransport[])[WatchTransport.WebSockets, WatchTransport.ServerSentEvents, WatchTransport.LongPolling])
        {
            var client = new RealtimeApiClient(Clients.OptionsFor(address) with { Transport = transport });
            var watch = client.Resource<Order>("orders").WatchAsync(Clients.Bookmarks).Start();
            all.watchers.Add((transport, client, watch));
            await watch.StandsAsync();
        }

        return all;
    }

    /// <summary>Asserts that each has seen these changes, once and in order, and nothing else: e.g. <c>Added 1</c>, the kind and the key.</summary>
    public async Task AssertCompleteAsync(IReadOnlyList<string> changes)
    {
        foreach (var (transport, _, watch) in watchers)
        {
            List<string> seen = [];
            while (seen.Count < changes.Count)
            {
                var change = await watch.NextAsync();
                if (change.Kind != ChangeKind.Bookmark)
                    seen.Add($"{change.Kind} {change.Key}");
            }

            Assert.Equal(changes, seen);
            Assert.NotEqual(WatchTransport.Automatic, transport);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, client, watch) in watchers)
        {
            await watch.DisposeAsync();
            await client.DisposeAsync();
        }
    }
}
