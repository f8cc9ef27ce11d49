namespace RealtimeApi.Server.Watching;

/// <summary>Reminds the engine of its idle watches, a slice of them at a time, so that the whole of them is not written to in one moment.</summary>
/// <remarks>The timer's own callback is the only thread here; one that comes while the last is still busy is left out.</remarks>
internal sealed class BookmarkClock : IDisposable
{
    private readonly Action<int> remind;
    private readonly int slices;
    private readonly ITimer timer;
    private int busy;
    private int slice;

    public BookmarkClock(Action<int> remind, int slices, TimeSpan interval, TimeProvider time)
    {
        this.remind = remind;
        this.slices = slices;
        timer = time.CreateTimer(static clock => ((BookmarkClock)clock!).Tick(), this, interval / slices, interval / slices);
    }

    public void Dispose() => timer.Dispose();

    private void Tick()
    {
        if (Interlocked.Exchange(ref busy, 1) == 1)
            return;
        remind(slice);
        slice = (slice + 1) % slices;
        Volatile.Write(ref busy, 0);
    }
}
