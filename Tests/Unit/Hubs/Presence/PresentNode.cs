using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Hubs;
using RealtimeApi.Tests.Unit.Hubs.Rooms;

namespace RealtimeApi.Tests.Unit.Hubs.Presence;

/// <summary>A node's whole knowledge of who watches what, without a server around it, and one client of it that is told of the item <c>boards/1</c>.</summary>
internal sealed class PresentNode : IAsyncDisposable
{
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    private readonly NodeBus bus;
    private readonly StuckConnection connection = new();
    private readonly Participant client;
    private readonly PresenceWatcher watcher;
    private readonly PresenceGossip gossip;

    private PresentNode(Wire wire, FakeTimeProvider clock)
    {
        Wire = wire;
        Board = new();
        bus = new(wire, isShared: true, TimeProvider.System, NullLoggerFactory.Instance);
        gossip = new(Board, bus, static () => ("log", true), Guid.NewGuid().ToString("N"), Heartbeat, clock, NullLogger<PresenceGossip>.Instance);
        client = new(connection.Hub, new());
        watcher = new(Board, client, At("1"), "1");
    }

    public Wire Wire { get; }

    public PresenceBoard Board { get; }

    /// <summary>Whether it has been told to end, and beats no more.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Who is there, in order, as the node knows it.</summary>
    public IEnumerable<string> Present => Board.Ask(watcher).Others.Select(static peer => peer.Id).Order(StringComparer.Ordinal);

    public static async Task<PresentNode> StartAsync(DefaultHubLifetimeManager<ResourceHub> backplane, FakeTimeProvider clock)
    {
        var node = new PresentNode(new(backplane), clock);
        await node.gossip.StartAsync(CancellationToken.None);
        return node;
    }

    public void Join(string id, string key = "1") => gossip.Join(new(At(key), new Peer { Id = id }));

    public void Leave(string id, string key = "1") => gossip.Leave(new(At(key), new Peer { Id = id }));

    /// <summary>What the client is told next, e.g. <c>Joined ada,bob</c>.</summary>
    public async Task<string> ToldAsync()
    {
        var (target, arguments) = await connection.TakeCallAsync();
        return $"{target} {string.Join(',', arguments[2].EnumerateArray().Select(static peer => peer.GetProperty("id").GetString()).Order(StringComparer.Ordinal))}";
    }

    /// <summary>Whether nothing waits to be told.</summary>
    public bool IsQuiet() => connection.IsQuiet();

    /// <summary>Ends it as an operator would.</summary>
    public Task StopAsync()
    {
        IsStopped = true;
        return gossip.StopAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        Wire.IsCut = true;
        await StopAsync();
        gossip.Dispose();
        bus.Dispose();
        client.Dispose();
        await connection.DisposeAsync();
    }

    private static RoomAddress At(string key) => new("log", "boards", "#" + key);
}
