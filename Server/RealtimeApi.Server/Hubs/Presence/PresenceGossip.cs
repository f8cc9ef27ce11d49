using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Leases;

namespace RealtimeApi.Server.Hubs;

/// <summary>Keeps every node knowing who watches what on every other: sends what <see cref="PresenceTalk"/> has to tell, and has it hear what the others send.</summary>
/// <remarks>One loop sends: one message at a time, so that what comes and goes meanwhile is told in one.</remarks>
internal sealed partial class PresenceGossip : BackgroundService
{
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly PresenceTalk talk;
    private readonly NodeBus bus;
    private readonly Func<(string LogId, bool HasPresence)?> log;
    private readonly TimeSpan heartbeat;
    private readonly TimeProvider time;
    private readonly ILogger<PresenceGossip> logger;
    private readonly string node;
    private string? logId;

    public PresenceGossip(
        PresenceBoard board, NodeBus bus, ChangeFeed feed, NodeIdentity identity, IOptions<RealtimeApiOptions> options, TimeProvider time, ILogger<PresenceGossip> logger)
        : this(
            board,
            bus,
            () => feed.State is { } state ? (state.LogId, state.Catalog.Resources.Any(static resource => resource.Presence)) : null,
            identity.Id,
            options.Value.Presence.Heartbeat,
            time,
            logger)
    {
    }

    /// <param name="board">Where all of it is told to the clients.</param>
    /// <param name="bus">What reaches the other nodes.</param>
    /// <param name="log">The log in force, and whether any of its resources has presence; null before it is open.</param>
    /// <param name="node">This node's name among all.</param>
    /// <param name="heartbeat">How often it says that it is there.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The host's.</param>
    internal PresenceGossip(
        PresenceBoard board, NodeBus bus, Func<(string LogId, bool HasPresence)?> log, string node, TimeSpan heartbeat, TimeProvider time, ILogger<PresenceGossip> logger)
    {
        this.bus = bus;
        this.log = log;
        this.node = node;
        this.heartbeat = heartbeat;
        this.time = time;
        this.logger = logger;
        talk = new(board, node, heartbeat, time);
    }

    /// <summary>A client of this node has begun to watch an item.</summary>
    public void Join(PresenceEntry entry) => Change(entry, joined: true);

    /// <summary>It has ended its last watch of it.</summary>
    public void Leave(PresenceEntry entry) => Change(entry, joined: false);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            if (logId is not null)
                await SendAsync(new() { Node = node, Kind = PresenceMessageKind.End }).WaitAsync(EndPatience, time, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // The others will find it silent.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!bus.IsShared)
            return;
        await using var clock = time.CreateTimer(static gossip => ((PresenceGossip)gossip!).Beat(), this, heartbeat, heartbeat);
        wake.Writer.TryWrite(true);
        try
        {
            while (await wake.Reader.ReadAsync(stoppingToken))
            {
                if (FollowLog())
                    await SendDueAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        catch (Exception exception)
        {
            Log.Failed(logger, exception);
        }
    }

    private static string TopicOf(string logId) => $"presence:{logId}";

    private void Change(PresenceEntry entry, bool joined)
    {
        talk.Change(entry, joined);
        if (bus.IsShared)
            wake.Writer.TryWrite(true);
    }

    private void Beat()
    {
        talk.Beat();
        wake.Writer.TryWrite(true);
    }

    /// <summary>Listens where the nodes of the present log talk.</summary>
    /// <returns>Whether there is anything to talk about.</returns>
    private bool FollowLog()
    {
        if (log() is not { HasPresence: true } present)
            return logId is not null;
        if (logId == present.LogId)
            return true;
        if (logId is not null)
            bus.Unfollow(TopicOf(logId));
        logId = present.LogId;
        talk.TurnTo(present.LogId);
        bus.Follow(TopicOf(present.LogId), text => Receive(present.LogId, text));
        return true;
    }

    /// <param name="stoppingToken">Ends the wait, but not what is being sent: a backplane that takes nothing must not hold up the end of the server.</param>
    private async Task SendDueAsync(CancellationToken stoppingToken)
    {
        foreach (var message in talk.TakeDue())
            await SendAsync(message).WaitAsync(stoppingToken);
    }

    private Task<bool> SendAsync(PresenceMessage message) => bus.SendAsync(TopicOf(logId!), message.ToString(), echo: message.Kind == PresenceMessageKind.Beat);

    private void Receive(string ofLog, string text)
    {
        if (PresenceMessage.Parse(text) is not { } message)
            return;
        var (isDue, silent) = talk.Hear(ofLog, message);
        foreach (var gone in silent)
            Log.Silent(logger, gone);
        if (isDue)
            wake.Writer.TryWrite(true);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Node {Node} is silent; whoever watched something there has left.", EventName = "Silent")]
        public static partial void Silent(ILogger logger, string node);

        [LoggerMessage(2, LogLevel.Error, "Who watches what on other nodes is no longer known.", EventName = "Failed")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
