using RealtimeApi.Server.Feed;

namespace RealtimeApi.Server.Watching;

/// <summary>The events that all scopes together keep, oldest first, within a budget of bytes; beyond it the oldest are given up and made anew when asked for.</summary>
/// <remarks>Guarded by the engine's lock.</remarks>
internal sealed class RetainedEvents(long budget)
{
    private readonly Queue<(Scope Scope, WatchEvent Event)> queue = new();
    private long bytes;

    public void Add_NeedsLock(Scope scope, WatchEvent made)
    {
        queue.Enqueue((scope, made));
        bytes += made.Size;
    }

    public void Trim_NeedsLock()
    {
        while (bytes > budget && queue.TryDequeue(out var oldest))
        {
            bytes -= oldest.Event.Size;
            oldest.Scope.Drop_NeedsLock(oldest.Event);
        }
    }

    public void Clear()
    {
        queue.Clear();
        bytes = 0;
    }
}
