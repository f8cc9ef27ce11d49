namespace RealtimeApi.Client;

/// <summary>Cancels when nothing has been heard for too long. Owned by one reader.</summary>
internal sealed class SilenceTimer : IDisposable
{
    private readonly CancellationTokenSource source;
    private readonly ITimer timer;

    public SilenceTimer(TimeProvider time, TimeSpan first, CancellationToken cancellationToken)
    {
        source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timer = time.CreateTimer(static state => Cancel((CancellationTokenSource)state!), source, first, Timeout.InfiniteTimeSpan);
    }

    public CancellationToken Token => source.Token;

    public void Restart(TimeSpan limit) => timer.Change(limit, Timeout.InfiniteTimeSpan);

    public void Dispose()
    {
        timer.Dispose();
        source.Dispose();
    }

    private static void Cancel(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It fired just as the reader was done.
        }
    }
}
