using System.Collections.Concurrent;
using System.Text.Json;
using RealtimeApi.Client;
using RealtimeApi.Contracts;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Client;

/// <summary>Rooms of the client, against the real server.</summary>
public sealed class RoomTests : IAsyncLifetime
{
    /// <summary>What waits within a handler could wait for ever, where handlers hold up the room.</summary>
    private const int HungAfter = 120_000;

    private readonly TempDatabase database = new("""
        CREATE TABLE Boards (Id INTEGER PRIMARY KEY, Title TEXT);
        CREATE TABLE Customers (Code TEXT PRIMARY KEY COLLATE NOCASE);
        CREATE TABLE Notes (Id INTEGER PRIMARY KEY);
        """);

    private TestServer server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => server = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        database.Dispose();
    }

    [Theory, InlineData(false, true), InlineData(true, false)]
    public async Task Send_ToAnItem_IsHeardByTheOthersWithTheSendersId(bool sendsPacked, bool hearsPacked)
    {
        await using var ada = For(sendsPacked);
        await using var bob = For(hearsPacked);
        await using var from = ada.Resource("boards").OpenRoom(1);
        await using var to = bob.Resource("boards").OpenRoom(1);
        var (own, heard) = (Listen(from), Listen(to));
        await from.WhenOpenAsync(Cancellation);
        await to.WhenOpenAsync(Cancellation);

        await from.SendAsync(JsonDocument.Parse("""{"x":1,"y":2.5,"big":18446744073709551615,"list":[null,true,"é"]}""").RootElement, Cancellation);
        var message = await NextAsync(heard);

        Assert.Equal(from.You!.Id, message.From);
        Assert.Equal("""{"x":1,"y":2.5,"big":18446744073709551615,"list":[null,true,"\u00E9"]}""", JsonSerializer.Serialize(message.Content));
        Assert.Empty(own);
    }

    [Fact]
    public async Task Send_ToTheResource_IsHeardByItsRoomsAndNotByThoseOfItems()
    {
        await using var ada = For(packed: false);
        await using var bob = For(packed: false);
        await using var from = ada.Resource("boards").OpenRoom();
        await using var to = bob.Resource("Boards").OpenRoom();
        await using var item = bob.Resource("boards").OpenRoom(1);
        var (heard, elsewhere) = (Listen(to), Listen(item));
        await to.WhenOpenAsync(Cancellation);
        await item.WhenOpenAsync(Cancellation);

        await from.SendAsync(JsonSerializer.SerializeToElement("hello"), Cancellation);

        Assert.Equal("hello", (await NextAsync(heard)).Content.GetString());
        Assert.Empty(elsewhere);
        Assert.Empty(to.Peers);
    }

    /// <summary>The connection is shared, and so would be what the server calls the item.</summary>
    [Fact]
    public async Task Room_WhoseKeyAnotherWatchSpellsDifferently_HearsAllTheSame()
    {
        await using var ada = For(packed: false);
        await using var bob = For(packed: false);
        await using var watch = bob.Resource("customers").WatchItemAsync("ALFKI", Clients.Bookmarks, Cancellation).Start();
        await watch.NextAsync();
        await using var to = bob.Resource("customers").OpenRoom("alfki");
        await using var from = ada.Resource("customers").OpenRoom("Alfki");
        var heard = Listen(to);
        await to.WhenOpenAsync(Cancellation);

        await from.SendAsync(JsonSerializer.SerializeToElement(1), Cancellation);

        Assert.Equal(1, (await NextAsync(heard)).Content.GetInt32());
        await Until.TrueAsync(() => to.Peers.Count == 1 && from.Peers.Count == 1);
    }

    [Fact]
    public async Task Peers_WhoComeAndGo_AreTold()
    {
        await using var ada = For(packed: false);
        await using var room = ada.Resource("boards").OpenRoom(1);
        var changes = new ConcurrentQueue<PeersChange>();
        room.PeersChanged += (_, change) => changes.Enqueue(change);
        await room.WhenOpenAsync(Cancellation);

        await using var bob = For(packed: true);
        var other = bob.Resource("boards").OpenRoom(1);
        await other.WhenOpenAsync(Cancellation);
        var id = other.You!.Id;
        await Until.TrueAsync(() => room.Peers.Count == 1);
        await Until.TrueAsync(() => other.Peers.Count == 1);
        Assert.Equal(room.You, Assert.Single(other.Peers));
        await other.DisposeAsync();
        // Handlers are told of what the room shows already.
        await Until.TrueAsync(() => changes.Any(static change => change.Left.Count > 0));

        Assert.Empty(room.Peers);
        Assert.Equal([id], changes.SelectMany(change => change.Joined).Select(peer => peer.Id));
        Assert.Equal([id], changes.SelectMany(change => change.Left).Select(peer => peer.Id));
    }

    /// <summary>The server tells a connection once who is there, and both rooms are on one.</summary>
    [Fact]
    public async Task Rooms_OfOneItemInOneClient_BothKnowWhoIsThere()
    {
        await using var ada = For(packed: false);
        await using var bob = For(packed: false);
        await using var other = bob.Resource("boards").OpenRoom(1);
        await other.WhenOpenAsync(Cancellation);
        await using var first = ada.Resource("boards").OpenRoom(1);
        await Until.TrueAsync(() => first.Peers.Count == 1);

        var second = ada.Resource("Boards").OpenRoom(1);
        var changes = new ConcurrentQueue<PeersChange>();
        second.PeersChanged += (_, change) => changes.Enqueue(change);
        await Until.TrueAsync(() => second.Peers.Count == 1);
        await second.DisposeAsync();
        Assert.Equal(other.You, Assert.Single(first.Peers));

        await using var third = ada.Resource("boards").OpenRoom(1);
        await first.DisposeAsync();
        await Until.TrueAsync(() => third.Peers.Count == 1);
        await other.DisposeAsync();
        await Until.TrueAsync(() => third.Peers.Count == 0);
        Assert.Empty(second.Peers);
    }

    /// <summary>The server ends what it tells a connection with its last watch of the item, and this one is no room.</summary>
    [Fact]
    public async Task Room_OpenedAgainBesideAWatchOfTheItem_KnowsWhoIsThere()
    {
        await using var ada = For(packed: false);
        await using var bob = For(packed: false);
        await using var other = bob.Resource("boards").OpenRoom(1);
        await using var watch = ada.Resource("boards").WatchItemAsync(1, Clients.Bookmarks, Cancellation).Start();
        await watch.NextAsync();
        await using (var first = ada.Resource("boards").OpenRoom(1))
            await Until.TrueAsync(() => first.Peers.Count == 1);

        await using var second = ada.Resource("boards").OpenRoom(1);

        await Until.TrueAsync(() => second.Peers.Count == 1);
        await other.DisposeAsync();
        await Until.TrueAsync(() => second.Peers.Count == 0);
    }

    /// <summary>One handler that waits keeps the connection, but not the rooms of the client, from going on.</summary>
    [Fact(Timeout = HungAfter)]
    public async Task Dispose_WithinAHandler_LeavesTheRoom()
    {
        await using var ada = For(packed: false);
        await using var bob = For(packed: false);
        await using var room = ada.Resource("boards").OpenRoom(1);
        var left = new TaskCompletionSource();
        room.PeersChanged += (_, change) =>
        {
            if (change.Joined.Count == 0)
                return;
            room.DisposeAsync().AsTask().Wait(Cancellation);
            left.TrySetResult();
        };
        await room.WhenOpenAsync(Cancellation);
        await using var other = bob.Resource("boards").OpenRoom(1);

        await left.Task.WaitAsync(Until.Patience, TimeProvider.System, TestContext.Current.CancellationToken);
        await Until.TrueAsync(() => other.You is not null && other.Peers.Count == 0);
    }

    /// <summary>Who is there is told first where nobody else is told of it: by the reply that lets the room in, which must not wait for its handlers.</summary>
    [Fact(Timeout = HungAfter)]
    public async Task Send_WithinTheFirstHandler_IsSentByWhoIsThere()
    {
        await using var ada = For(packed: false);
        await using var bob = For(packed: false);
        await using var other = bob.Resource("boards").OpenRoom(1);
        var heard = Listen(other);
        await using var first = ada.Resource("boards").OpenRoom(1);
        await Until.TrueAsync(() => first.Peers.Count == 1);
        await using var second = ada.Resource("boards").OpenRoom(1);
        var sent = new TaskCompletionSource<Peer?>();
        second.PeersChanged += (_, change) =>
        {
            if (change.Joined.Count == 0)
                return;
            var you = second.You;
            second.SendAsync(JsonSerializer.SerializeToElement("hello")).Wait(Cancellation);
            sent.TrySetResult(you);
        };

        var from = await sent.Task.WaitAsync(Until.Patience, TimeProvider.System, TestContext.Current.CancellationToken);

        await Until.TrueAsync(() => other.Peers.Count == 1);
        Assert.Equal(Assert.Single(other.Peers), from);
        Assert.Equal("hello", (await NextAsync(heard)).Content.GetString());
    }

    /// <summary>Who was there is gone with the connection, and the room itself must not wait for its handlers.</summary>
    [Fact(Timeout = HungAfter)]
    public async Task Dispose_WithinAHandlerOfALostConnection_LeavesTheRoom()
    {
        await using var proxy = new CuttableProxy(server.Address);
        await using var ada = new RealtimeApiClient(new RealtimeApiClientOptions(proxy.Address));
        await using var bob = For(packed: false);
        await using var other = bob.Resource("boards").OpenRoom(1);
        await using var room = ada.Resource("boards").OpenRoom(1);
        var left = new TaskCompletionSource();
        room.PeersChanged += (_, change) =>
        {
            if (change.Left.Count == 0)
                return;
            room.DisposeAsync().AsTask().Wait(Cancellation);
            left.TrySetResult();
        };
        await Until.TrueAsync(() => room.Peers.Count == 1);

        proxy.Cut();

        await left.Task.WaitAsync(Until.Patience, TimeProvider.System, TestContext.Current.CancellationToken);
        await Until.TrueAsync(() => other.You is not null && other.Peers.Count == 0);
    }

    [Fact]
    public async Task Room_ServerStartedAgain_IsEnteredAgain()
    {
        await using var ada = For(packed: false);
        await using var bob = For(packed: false);
        await using var from = ada.Resource("boards").OpenRoom(1);
        await using var to = bob.Resource("boards").OpenRoom(1);
        var heard = Listen(to);
        await Until.TrueAsync(() => from.Peers.Count == 1 && to.Peers.Count == 1);
        var before = to.You;

        var port = server.Address.Port;
        await server.DisposeAsync();
        await Until.TrueAsync(() => to.You is null && from.You is null);
        Assert.Empty(to.Peers);
        server = await StartAsync(port);

        await Until.TrueAsync(() => from.Peers.Count == 1 && to.Peers.Count == 1);
        Assert.NotEqual(before, to.You);
        await from.SendAsync(JsonSerializer.SerializeToElement("again"), Cancellation);
        Assert.Equal("again", (await NextAsync(heard)).Content.GetString());
    }

    [Fact]
    public async Task Room_ThatIsNotAllowed_IsRefusedWithTheCode()
    {
        await using var client = For(packed: false);
        await using var notes = client.Resource("notes").OpenRoom(1);
        await using var nothing = client.Resource("nothing").OpenRoom();
        await using var quiet = client.Resource("notes").OpenRoom();

        Assert.Equal(ProblemCodes.Forbidden, (await Assert.ThrowsAsync<RealtimeApiException>(() => notes.WhenOpenAsync(Cancellation))).Code);
        Assert.Equal(ProblemCodes.UnknownResource, (await Assert.ThrowsAsync<RealtimeApiException>(() => nothing.WhenOpenAsync(Cancellation))).Code);
        Assert.Equal(ProblemCodes.Forbidden, (await Assert.ThrowsAsync<RealtimeApiException>(() => quiet.SendAsync(JsonSerializer.SerializeToElement(1), Cancellation))).Code);
    }

    [Fact]
    public async Task Send_TooMuch_IsRefusedAndTheRoomGoesOn()
    {
        await using var client = For(packed: false);
        await using var room = client.Resource("boards").OpenRoom(1);

        var refusal = await Assert.ThrowsAsync<RealtimeApiException>(() => room.SendAsync(JsonSerializer.SerializeToElement(new string('x', 5000)), Cancellation));
        Assert.Equal(ProblemCodes.PayloadTooLarge, refusal.Code);
        // At once, since a slow machine may send one after the other no faster than is allowed.
        refusal = await Assert.ThrowsAsync<RealtimeApiException>(() => Task.WhenAll(Enumerable.Range(0, 1000).Select(i => room.SendAsync(JsonSerializer.SerializeToElement(i), Cancellation))));
        Assert.Equal(ProblemCodes.LimitExceeded, refusal.Code);
        Assert.Equal(TimeSpan.FromSeconds(1), refusal.RetryAfter);
        Assert.True(room.WhenOpenAsync(Cancellation).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task OpenRoom_OverAnotherTransport_NeedsAWebSocket()
    {
        await using var client = new RealtimeApiClient(Clients.OptionsFor(server.Address) with { Transport = WatchTransport.ServerSentEvents });

        Assert.Equal(RealtimeApiException.NeedsWebSocket, Assert.Throws<RealtimeApiException>(() => client.Resource("boards").OpenRoom(1)).Code);
    }

    [Fact]
    public async Task Room_OfADisposedClient_IsClosed()
    {
        var client = For(packed: false);
        await using var room = client.Resource("boards").OpenRoom(1);
        await room.WhenOpenAsync(Cancellation);

        await client.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () =>
        {
            while (true)
                await room.SendAsync(JsonSerializer.SerializeToElement(1), Cancellation);
        });
        Assert.Throws<ObjectDisposedException>(() => client.Resource("boards").OpenRoom(1));
    }

    private static ConcurrentQueue<RoomMessage> Listen(Room room)
    {
        var heard = new ConcurrentQueue<RoomMessage>();
        room.MessageReceived += (_, message) => heard.Enqueue(message);
        return heard;
    }

    private static async Task<RoomMessage> NextAsync(ConcurrentQueue<RoomMessage> heard)
    {
        RoomMessage? message = null;
        await Until.TrueAsync(() => heard.TryDequeue(out message));
        return message!;
    }

    private RealtimeApiClient For(bool packed) => new(packed ? Clients.OptionsFor(server.Address).UseMessagePack() : Clients.OptionsFor(server.Address));

    private Task<TestServer> StartAsync(int port = 0) => TestServer.StartAsync(
        database.File,
        options =>
        {
            (options.Resources["*"].Messages, options.Resources["*"].Presence) = (true, true);
            options.Resources["notes"] = new() { Messages = false, Presence = false };
        },
        port: port);
}
