using System.Collections.Concurrent;
using RealtimeApi.Client;
using RealtimeApi.Tests.Integration.Client;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Draining;

/// <summary>What the .NET client does when a server sends it elsewhere.</summary>
public sealed class FarewellTests : IDisposable
{
    private readonly TempDatabase database = new("CREATE TABLE Orders (Id INTEGER PRIMARY KEY, Status TEXT)");

    public void Dispose() => database.Dispose();

    [Fact]
    public async Task Client_SentAway_ComesBackSoonAndCountsNoFailure()
    {
        await using var first = await TestServer.StartAsync(database.File);
        await using var second = await TestServer.StartAsync(database.File);
        await using var proxy = new CuttableProxy(first.Address);
        var states = new ConcurrentQueue<ConnectionStateChange>();
        await using var client = new RealtimeApiClient(new RealtimeApiClientOptions(proxy.Address));
        client.ConnectionStateChanged += (_, change) => states.Enqueue(change);
        await using var watch = await client.Resource<Order>("orders").WatchAsync(Clients.Bookmarks, TestContext.Current.CancellationToken).Start().StandsAsync();
        proxy.Redirect(second.Address);

        await first.StopAsync();
        database.Execute("INSERT INTO Orders VALUES (1, 'new')");

        ItemChange<Order> change;
        do
            change = await watch.NextAsync();
        while (change.Kind == ChangeKind.Bookmark);
        Assert.Equal("1", change.Key.ToString());
        var lost = states.First(state => state.RetryIn is not null);
        Assert.Equal((ConnectionState.Reconnecting, 0), (lost.State, lost.FailedAttempts));
        Assert.Null(lost.Error);
        Assert.InRange(lost.RetryIn!.Value, TimeSpan.Zero, TimeSpan.FromMilliseconds(200));
    }

    /// <summary>As one after the other is replaced by a new version.</summary>
    [Theory]
    [InlineData(WatchTransport.WebSockets)]
    [InlineData(WatchTransport.ServerSentEvents)]
    public async Task Client_SentAwayByOneServerAfterAnother_CountsNoFailure(WatchTransport transport)
    {
        var server = await TestServer.StartAsync(database.File);
        await using var proxy = new CuttableProxy(server.Address);
        var states = new ConcurrentQueue<ConnectionStateChange>();
        var time = new LeapingTime();
        await using var client = new RealtimeApiClient(new RealtimeApiClientOptions(proxy.Address) { Transport = transport, TimeProvider = time });
        client.ConnectionStateChanged += (_, change) => states.Enqueue(change);
        await using var watch = await client.Resource<Order>("orders").WatchAsync(Clients.Bookmarks, TestContext.Current.CancellationToken).Start().StandsAsync();

        for (var id = 1; id <= 4; id++)
        {
            var next = await TestServer.StartAsync(database.File);
            proxy.Redirect(next.Address);
            time.Leap(TimeSpan.FromSeconds(2));
            await server.DisposeAsync();
            server = next;
            database.Execute($"INSERT INTO Orders VALUES ({id}, 'new')");
            ItemChange<Order> change;
            do
                change = await watch.NextAsync();
            while (change.Kind == ChangeKind.Bookmark);
            Assert.Equal($"{id}", change.Key.ToString());
        }

        Assert.All(states, static state => Assert.Equal((0, null), (state.FailedAttempts, state.Error)));
        await server.DisposeAsync();
    }
}
