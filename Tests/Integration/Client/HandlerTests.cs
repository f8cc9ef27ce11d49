using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using RealtimeApi.Client;
using RealtimeApi.Contracts;
using RealtimeApi.Tests.TestSupport;
using Xunit;

#pragma warning disable xUnit1051 // Each watch is stopped by the token of its Watching.

namespace RealtimeApi.Tests.Integration.Client;

/// <summary>That a handler of the client's events may wait for what goes on without it, and be it the end of what calls it.</summary>
public sealed class HandlerTests : IAsyncLifetime
{
    /// <summary>What waits within a handler would wait for ever where that held up what it waits for.</summary>
    private const int HungAfter = 120_000;

    private readonly TaskCompletionSource handled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private FakeServer server = null!;

    public static TheoryData<WatchTransport> Transports { get; } = [WatchTransport.WebSockets, WatchTransport.ServerSentEvents, WatchTransport.LongPolling];

    private static PresenceReply Ada { get; } = new() { You = new() { Id = "you" }, Count = 1, Others = [new() { Id = "ada" }] };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => server = await FakeServer.StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory(Timeout = HungAfter), MemberData(nameof(Transports))]
    public async Task ConnectionStateHandler_ThatDisposesTheClient_EndsItsWatches(WatchTransport transport)
    {
        await using var client = For(transport);
        client.ConnectionStateChanged += (_, step) => Within(step.State == ConnectionState.Connected, () => client.DisposeAsync().AsTask());
        await using var watch = client.Resource<Thing>("things").WatchAsync().Start();

        await HandledAsync(TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<ObjectDisposedException>(watch.NextAsync);
        Assert.Equal(ConnectionState.Disconnected, client.ConnectionState);
    }

    [Theory(Timeout = HungAfter), MemberData(nameof(Transports))]
    public async Task ConnectionStateHandler_ThatWaitsForTheWatch_SeesItStand(WatchTransport transport)
    {
        await using var client = For(transport);
        await using var proceeds = new Deferred(() => client.Resource<Thing>("things").WatchAsync(Clients.Bookmarks));
        client.ConnectionStateChanged += (_, step) => Within(step.State == ConnectionState.Connecting, async () => await (await proceeds.Watch).StandsAsync());
        proceeds.Start();

        await HandledAsync(TestContext.Current.CancellationToken);

        // A watch stands by its first answer, a moment before that is told.
        await Until.EqualAsync(ConnectionState.Connected, () => client.ConnectionState);
    }

    [Fact(Timeout = HungAfter)]
    public async Task RoomHandler_ThatDisposesTheClient_ClosesTheRoom()
    {
        await using var client = For(WatchTransport.WebSockets);
        await using var room = client.Resource("things").OpenRoom();
        room.MessageReceived += (_, _) => Within(true, () => client.DisposeAsync().AsTask());
        await room.WhenOpenAsync(Token);

        await server.TellAsync("Message", "things", null, "ada", 1);
        await HandledAsync(TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<ObjectDisposedException>(() => room.SendAsync(JsonSerializer.SerializeToElement(1)));
    }

    /// <summary>All watches of a client share the connection.</summary>
    [Fact(Timeout = HungAfter)]
    public async Task RoomHandler_ThatWaits_HoldsUpNoWatch()
    {
        await using var client = For(WatchTransport.WebSockets);
        await using var room = client.Resource("things").OpenRoom();
        await using var watch = await client.Resource<Thing>("things").WatchAsync(Clients.Bookmarks).Start().StandsAsync();
        room.MessageReceived += (_, _) => Within(true, watch.NextAsync);
        await room.WhenOpenAsync(Token);

        await server.TellAsync("Message", "things", null, "ada", 1);
        await server.PutAsync(1, "a");

        await HandledAsync(TestContext.Current.CancellationToken);
    }

    [Theory(Timeout = HungAfter), InlineData(true), InlineData(false)]
    public async Task LiveViewHandler_ThatDisposesTheView_EndsIt(bool byAChange)
    {
        await using var proxy = new CuttableProxy(server.Address);
        await using var client = Clients.For(proxy.Address);
        var view = client.Resource<Thing>("things").OpenLiveView();
        await view.WhenSyncedAsync(Token);
        view.CollectionChanged += (_, _) => Within(byAChange, () => view.DisposeAsync().AsTask());
        view.PropertyChanged += (_, change) => Within(!byAChange && change.PropertyName == nameof(view.Status), () => view.DisposeAsync().AsTask());

        if (byAChange)
            await server.PutAsync(1, "a");
        else
            proxy.Refuse();
        await HandledAsync(TestContext.Current.CancellationToken);

        Assert.Equal((LiveState.Ended, null), (view.Status.State, view.Status.Error));
    }

    /// <summary>As of one that another room of the connection was told of, which has been left: nobody tells that they leave, too.</summary>
    [Fact]
    public async Task Room_ToldOfSomebodyWhomNoReplyNames_AsksAgain()
    {
        var asked = 0;
        var time = new FakeTimeProvider();
        await using var client = new RealtimeApiClient(Clients.OptionsFor(server.Address) with { Transport = WatchTransport.WebSockets, IdleTimeout = Timeout.InfiniteTimeSpan, TimeProvider = time });
        await using (var before = client.Resource("things").OpenRoom(1))
            await before.WhenOpenAsync(Token);
        server.WhoIsThere = async () =>
        {
            switch (++asked)
            {
                case 1:
                    await server.TellAsync("Joined", "things", "1", new[] { new Peer { Id = "gone" } });
                    break;
                case 2:
                    throw new Microsoft.AspNetCore.SignalR.HubException("unavailable: Not now.");
            }

            return Ada;
        };
        await using var room = client.Resource("things").OpenRoom(1);
        await Until.TrueAsync(() => room.Peers.Count == 2);

        await Until.TrueAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return asked == 3 && room.Peers.Count == 1;
        });
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal("ada", Assert.Single(room.Peers).Id);
        Assert.Equal(3, asked);
        Assert.NotNull(room.You);
    }

    internal static bool Busy(Microsoft.AspNetCore.Http.HttpContext context)
    {
        context.Response.StatusCode = 503;
        context.Response.Headers.RetryAfter = "3000";
        return true;
    }

    private RealtimeApiClient For(WatchTransport transport) => new(Clients.OptionsFor(server.Address) with { Transport = transport });

    /// <summary>Waits within a handler, as one would not in good code.</summary>
    private void Within(bool condition, Func<Task> act)
    {
        if (!condition || handled.Task.IsCompleted)
            return;
        Task.Run(act, Token).Wait(Token);
        handled.TrySetResult();
    }

    private Task HandledAsync(CancellationToken cancellationToken) => handled.Task.WaitAsync(Until.Patience, TimeProvider.System, cancellationToken);

    /// <summary>A watch that a handler knows before it has begun.</summary>
    private sealed class Deferred(Func<IAsyncEnumerable<ItemChange<Thing>>> watch) : IAsyncDisposable
    {
        private readonly TaskCompletionSource<Watching<Thing>> started = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<Watching<Thing>> Watch => started.Task;

        public void Start() => started.SetResult(watch().Start());

        public async ValueTask DisposeAsync() => await (await started.Task).DisposeAsync();
    }
}
