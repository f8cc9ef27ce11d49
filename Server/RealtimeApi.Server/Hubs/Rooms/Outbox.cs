using Microsoft.AspNetCore.SignalR;

namespace RealtimeApi.Server.Hubs;

/// <summary>What waits to be written to one connection beside its watches. Writes one at a time, and lets go of the oldest messages where the client does not take them.</summary>
/// <remarks>
/// SignalR's own way, a write for each message of a group, would have every message for a slow client wait in memory without bound, and with a backplane hold up all others of the
/// group. Messages are ephemeral, so the newest are worth more. The state is guarded by <see cref="gate"/>; one runner at a time writes, whoever set <see cref="running"/>.
/// </remarks>
internal sealed class Outbox(HubConnectionContext connection)
{
    /// <summary>How many messages may wait; each is shared by all who are sent it.</summary>
    public const int MaxMessages = 64;

    /// <summary>How many frames are written on the thread of whoever posts, before the rest, which others may add to all the time, moves to the thread pool.</summary>
    private const int FramesInline = 4;

    /// <summary>How many frames are written before other connections on the thread pool have their turn.</summary>
    private const int FramesPerRun = 16;

    private readonly Lock gate = new();
    private readonly Queue<SerializedHubMessage> messages = new();
    private readonly Queue<PresenceWatcher> due = new();
    private bool running;

    /// <summary>Writes a message, at once and on the caller's thread where nothing waits. Never blocks, and never fails.</summary>
    public void Post(SerializedHubMessage message)
    {
        lock (gate)
        {
            if (messages.Count == MaxMessages)
                messages.Dequeue();
            messages.Enqueue(message);
            if (running)
                return;
            running = true;
        }

        _ = RunAsync(FramesInline);
    }

    /// <summary>Has the watcher's news written soon, on another thread: what is told is decided when that is done. Never blocks.</summary>
    public void Schedule(PresenceWatcher watcher)
    {
        lock (gate)
        {
            if (watcher.IsDue)
                return;
            watcher.IsDue = true;
            due.Enqueue(watcher);
            if (running)
                return;
            running = true;
        }

        RunSoon();
    }

    private void RunSoon() => ThreadPool.UnsafeQueueUserWorkItem(static outbox => _ = outbox.RunAsync(FramesPerRun), this, preferLocal: false);

    private async Task RunAsync(int framesLeft)
    {
        while (TakeNext() is { } next)
        {
            var message = next.Message ?? next.Watcher!.TakeNext();
            if (message is null)
                continue;
            // One frame may not be all of it.
            if (next.Watcher is { } watcher)
                Schedule(watcher);
            try
            {
                await connection.WriteAsync(message, CancellationToken.None);
            }
            catch (Exception)
            {
                // SignalR itself ends a connection that cannot be written to, and throws only where it has ended.
                connection.Abort();
            }

            if (--framesLeft > 0)
                continue;
            RunSoon();
            return;
        }
    }

    private (PresenceWatcher? Watcher, SerializedHubMessage? Message)? TakeNext()
    {
        lock (gate)
        {
            if (connection.ConnectionAborted.IsCancellationRequested)
            {
                due.Clear();
                messages.Clear();
            }

            // Who is there is told before what they say.
            if (due.TryDequeue(out var watcher))
            {
                watcher.IsDue = false;
                return (watcher, null);
            }

            if (messages.TryDequeue(out var message))
                return (null, message);
            running = false;
            return null;
        }
    }
}
