using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;
using RealtimeApi.Server.Diagnostics;

namespace RealtimeApi.Server.Hubs;

/// <summary>What nodes tell each other by SignalR's backplane, whichever the host has: text on topics, which are groups of the hub with one connection for each node, its <see cref="NodeEar"/>.</summary>
/// <remarks>
/// At most once, and in the order of one node for one topic. A client's connection is in no group: what it is sent goes through its <see cref="Outbox"/>, so that a slow one holds up nobody.
/// Thread-safe. What is followed is guarded by <see cref="gate"/>; one task at a time, whoever set <see cref="settling"/>, tells the backplane of it.
/// </remarks>
internal sealed partial class NodeBus : IDisposable
{
    public const string Method = "Node";

    /// <summary>So many posted messages may be on their way to the backplane.</summary>
    public const int MaxPosted = 1000;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly Dictionary<string, Action<string>> followers = new(StringComparer.Ordinal);
    private readonly HashSet<string> joined = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource stopping = new();
    private readonly HubLifetimeManager<ResourceHub> backplane;
    private readonly NodeEar ear;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private HashSet<string> unsettled = new(StringComparer.Ordinal);
    private bool settling;
    private bool isConnected;
    private int posted;
    private volatile bool isSilent;

    /// <param name="backplane">What reaches the other nodes.</param>
    /// <param name="isShared">Whether it reaches any; otherwise nothing is sent.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggerFactory">Of the host.</param>
    public NodeBus(HubLifetimeManager<ResourceHub> backplane, bool isShared, TimeProvider time, ILoggerFactory loggerFactory)
    {
        this.backplane = backplane;
        this.time = time;
        IsShared = isShared;
        logger = loggerFactory.CreateLogger<NodeBus>();
        ear = new(Receive, loggerFactory);
    }

    /// <summary>Whether there may be other nodes.</summary>
    public bool IsShared { get; }

    /// <summary>Has every message on a topic told that any node sends from about now on; a topic has one follower.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="receive">Called on any thread; must not block.</param>
    public void Follow(string topic, Action<string> receive)
    {
        if (IsShared)
            Settle(topic, receive);
    }

    public void Unfollow(string topic)
    {
        if (IsShared)
            Settle(topic, null);
    }

    /// <summary>Sends to the others' followers of a topic, and where <paramref name="echo"/> says so to this node's own.</summary>
    /// <returns>Whether the backplane took it.</returns>
    public async Task<bool> SendAsync(string topic, string message, bool echo = false)
    {
        if (!IsShared)
            return false;
        try
        {
            await (echo
                ? backplane.SendGroupAsync(topic, Method, [topic, message], stopping.Token)
                : backplane.SendGroupExceptAsync(topic, Method, [topic, message], [ear.ConnectionId], stopping.Token));
            isSilent = false;
            return true;
        }
        catch (Exception exception)
        {
            // The backplane tells of its outages itself, but not of what it cannot write.
            if (exception is ProblemException or OperationCanceledException or ObjectDisposedException || Interlocked.Exchange(ref isSilent, true))
                Log.NotSent(logger, exception.Message);
            else
                Log.Silent(logger, exception);
            return false;
        }
    }

    /// <summary>Sends to the others' followers of a topic, in the order of the calls, and waits for nothing: where the backplane is slow to take what it is given, more than <see cref="MaxPosted"/> are not sent.</summary>
    public void Post(string topic, string message)
    {
        if (!IsShared)
            return;
        if (Interlocked.Increment(ref posted) <= MaxPosted)
        {
            _ = PostAsync(topic, message);
            return;
        }

        Interlocked.Decrement(ref posted);
        Log.NotSent(logger, "too many are on their way.");
    }

    public void Dispose()
    {
        stopping.Cancel();
        stopping.Dispose();
    }

    private async Task PostAsync(string topic, string message)
    {
        try
        {
            await SendAsync(topic, message);
        }
        finally
        {
            Interlocked.Decrement(ref posted);
        }
    }

    private void Receive(string topic, string message)
    {
        Action<string>? receive;
        lock (gate)
            followers.TryGetValue(topic, out receive);
        receive?.Invoke(message);
    }

    private void Settle(string topic, Action<string>? receive)
    {
        lock (gate)
        {
            if (receive is null)
                followers.Remove(topic);
            else
                followers[topic] = receive;
            unsettled.Add(topic);
            if (settling)
                return;
            settling = true;
        }

        _ = Task.Run(SettleAsync);
    }

    /// <summary>Brings what the backplane has been told to what is followed, however often that changes meanwhile.</summary>
    private async Task SettleAsync()
    {
        while (TakeUnsettled() is { } topics)
        {
            foreach (var topic in topics)
                await SettleAsync(topic);
        }
    }

    private async Task SettleAsync(string topic)
    {
        bool join;
        lock (gate)
        {
            join = followers.ContainsKey(topic);
            if (join == joined.Contains(topic) || stopping.IsCancellationRequested)
                return;
        }

        try
        {
            if (!isConnected)
                await backplane.OnConnectedAsync(ear);
            isConnected = true;
            await (join ? backplane.AddToGroupAsync(ear.ConnectionId, topic, stopping.Token) : backplane.RemoveFromGroupAsync(ear.ConnectionId, topic, stopping.Token));
            lock (gate)
                _ = join ? joined.Add(topic) : joined.Remove(topic);
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
        }
        catch (Exception exception)
        {
            Log.NotJoined(logger, exception.Message);
            lock (gate)
                unsettled.Add(topic);
            await Task.Delay(RetryDelay, time, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>All at once: a client may leave a thousand, and to find the next one by one in a set that shrinks takes longer the more have gone.</summary>
    private HashSet<string>? TakeUnsettled()
    {
        lock (gate)
        {
            settling = unsettled.Count > 0 && !stopping.IsCancellationRequested;
            if (!settling)
                return null;
            var topics = unsettled;
            unsettled = new(StringComparer.Ordinal);
            return topics;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Other nodes were not told something: {Reason}", EventName = "NotSent")]
        public static partial void NotSent(ILogger logger, string reason);

        [LoggerMessage(2, LogLevel.Warning, "Messages of other nodes do not arrive ({Reason}); it is tried again in some seconds.", EventName = "NotJoined")]
        public static partial void NotJoined(ILogger logger, string reason);

        [LoggerMessage(3, LogLevel.Warning, "What clients say to each other, and who is there, is not passed on to other nodes. This is told once, until something is passed on again.", EventName = "Silent")]
        public static partial void Silent(ILogger logger, Exception exception);
    }
}
