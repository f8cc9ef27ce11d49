using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Leases;

namespace RealtimeApi.Server.Hubs;

/// <summary>Keeps every node knowing who watches what on every other: tells of this node's clients, and has <see cref="PresenceNodes"/> hear of the others'.</summary>
/// <remarks>
/// One loop sends: one message at a time, so that what comes and goes meanwhile is told in one, and what came and went is not told. <see cref="gate"/> guards the rest, and is held while
/// the board is changed, so that it is changed in the order in which things were said.
/// </remarks>
internal sealed partial class PresenceGossip : BackgroundService
{
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Channel<bool> wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Dictionary<(RoomAddress Address, string Id), PresenceEntry> here = [];
    private readonly Dictionary<(RoomAddress Address, string Id), (PresenceEntry Entry, bool Joined)> untold = [];
    private readonly HashSet<string> asks = new(StringComparer.Ordinal);
    private readonly PresenceBoard board;
    private readonly PresenceNodes others;
    private readonly NodeBus bus;
    private readonly Func<(string LogId, bool HasPresence)?> log;
    private readonly TimeSpan heartbeat;
    private readonly TimeProvider time;
    private readonly ILogger<PresenceGossip> logger;
    private readonly string node;
    private string? logId;
    private long count;
    private bool beatDue = true;
    private bool stateDue;

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
        this.board = board;
        this.bus = bus;
        this.log = log;
        this.node = node;
        this.heartbeat = heartbeat;
        this.time = time;
        this.logger = logger;
        others = new(board, heartbeat, time);
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
        await using var clock = time.CreateTimer(static gossip => ((PresenceGossip)gossip!).BeatSoon(), this, heartbeat, heartbeat);
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
        var key = (entry.Address, entry.Peer.Id);
        lock (gate)
        {
            if (joined)
                here[key] = entry;
            else
                here.Remove(key);
            board.Apply(joined ? [entry] : [], joined ? [] : [entry]);
            if (!bus.IsShared)
                return;
            if (untold.TryGetValue(key, out var waiting) && waiting.Joined != joined)
                untold.Remove(key);
            else
                untold[key] = (entry, joined);
        }

        wake.Writer.TryWrite(true);
    }

    private void BeatSoon()
    {
        lock (gate)
            beatDue = true;
        wake.Writer.TryWrite(true);
    }

    /// <summary>Listens where the nodes of the present log talk.</summary>
    /// <returns>Whether there is anything to talk about.</returns>
    private bool FollowLog()
    {
        if (log() is not { HasPresence: true } present)
            return logId is not null;
        lock (gate)
        {
            if (logId == present.LogId)
                return true;
            if (logId is not null)
                bus.Unfollow(TopicOf(logId));
            others.Clear();
            logId = present.LogId;
            stateDue = true;
            asks.Add("");
        }

        bus.Follow(TopicOf(present.LogId), text => Receive(present.LogId, text));
        return true;
    }

    /// <param name="stoppingToken">Ends the wait, but not what is being sent: a backplane that takes nothing must not hold up the end of the server.</param>
    private async Task SendDueAsync(CancellationToken stoppingToken)
    {
        foreach (var message in TakeDue())
            await SendAsync(message).WaitAsync(stoppingToken);
    }

    private Task<bool> SendAsync(PresenceMessage message) => bus.SendAsync(TopicOf(logId!), message.ToString(), echo: message.Kind == PresenceMessageKind.Beat);

    private List<PresenceMessage> TakeDue()
    {
        var due = new List<PresenceMessage>();
        lock (gate)
        {
            foreach (var asked in asks)
                due.Add(new() { Node = node, Kind = PresenceMessageKind.Question, Asked = asked.Length == 0 ? null : asked });
            asks.Clear();
            if (stateDue)
                AddState_NeedsLock(due);
            else
                AddChanges_NeedsLock(due);
            if (beatDue)
                due.Add(new() { Node = node, Kind = PresenceMessageKind.Beat, Count = count });
            beatDue = stateDue = false;
        }

        return due;
    }

    /// <summary>The state includes what has not been told yet: it counts as a change where there is any.</summary>
    private void AddState_NeedsLock(List<PresenceMessage> due)
    {
        if (untold.Count > 0)
            count++;
        untold.Clear();
        var parts = here.Values.Where(entry => entry.Address.LogId == logId).Select(PresenceMessage.Entry.Of).Chunk(PresenceMessage.MaxEntries).ToList();
        if (parts.Count == 0)
            parts.Add([]);
        for (var part = 0; part < parts.Count; part++)
            due.Add(new() { Node = node, Kind = PresenceMessageKind.State, Count = count, Part = part, IsLast = part == parts.Count - 1, Joined = parts[part] });
    }

    private void AddChanges_NeedsLock(List<PresenceMessage> due)
    {
        foreach (var change in untold.Values.Where(change => change.Entry.Address.LogId == logId).Chunk(PresenceMessage.MaxEntries))
        {
            due.Add(new()
            {
                Node = node,
                Kind = PresenceMessageKind.Change,
                Count = ++count,
                Joined = [.. change.Where(static c => c.Joined).Select(static c => PresenceMessage.Entry.Of(c.Entry))],
                Left = [.. change.Where(static c => !c.Joined).Select(static c => PresenceMessage.Entry.Of(c.Entry))],
            });
        }

        untold.Clear();
    }

    private void Receive(string ofLog, string text)
    {
        if (PresenceMessage.Parse(text) is not { } message)
            return;
        lock (gate)
        {
            if (ofLog != logId)
                return;
            if (message.Node == node)
            {
                foreach (var silent in message.Kind == PresenceMessageKind.Beat ? others.Beat() : [])
                    Log.Silent(logger, silent);
                return;
            }

            if (message.Kind == PresenceMessageKind.Question && (message.Asked is null || message.Asked == node))
                stateDue = true;
            if (others.Take(message, ofLog))
                asks.Add(message.Node);
            if (!stateDue && asks.Count == 0)
                return;
        }

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
