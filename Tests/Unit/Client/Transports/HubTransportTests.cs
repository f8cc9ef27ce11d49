using Microsoft.AspNetCore.SignalR.Client;
using RealtimeApi.Client;
using RealtimeApi.Contracts;
using Xunit;

namespace RealtimeApi.Tests.Unit.Client.Transports;

public sealed class HubTransportTests
{
    [Fact]
    public async Task Subscribe_OnAConnectionThatIsDown_EndsAsDisconnected()
    {
        await using var session = Down();

        var end = await HubTransport.SubscribeAsync(session, NewSubscription(), new WatchRequest { Resource = "orders" }, CancellationToken.None);

        Assert.Equal(SubscriptionEndReason.Disconnected, end.Reason);
    }

    [Fact]
    public async Task Subscribe_OnAConnectionThatIsDownWhenTheWatchLeavesIt_IsCancelled()
    {
        await using var session = Down();
        using var left = new CancellationTokenSource();
        await left.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => HubTransport.SubscribeAsync(session, NewSubscription(), new WatchRequest { Resource = "orders" }, left.Token));
    }

    private static HubSession Down() => new(new HubConnectionBuilder().WithUrl("http://localhost:1/hubs/resources").Build());

    private static Subscription NewSubscription() => new("1", new WatchBuffer(10));
}
