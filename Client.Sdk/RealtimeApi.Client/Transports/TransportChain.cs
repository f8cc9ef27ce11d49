using Microsoft.Extensions.Logging;

namespace RealtimeApi.Client;

/// <summary>The transports of a client, the best first, and which of them its watches use.</summary>
/// <remarks>
/// All watches use the same one, since what stands in the way of one stands in the way of all. A lock guards which it is. A watch that finds it unsuitable has all
/// of them go on with the next; while a worse one than the first is used, one task tries better ones at intervals that become long.
/// </remarks>
internal sealed partial class TransportChain : IDisposable
{
    /// <summary>The part of the interval after which a better transport is tried for the first time.</summary>
    private const int FirstAttempt = 16;

    private readonly object gate = new();
    private readonly IReadOnlyList<IWatchTransport> transports;
    private readonly Func<CancellationToken, Task<bool>> firstWorks;
    private readonly TimeSpan retryInterval;
    private readonly TimeProvider time;
    private readonly Func<double> random;
    private readonly ILogger logger;
    private readonly CancellationToken stopping;
    private CancellationTokenSource switched = new();
    private int level;
    private bool climbing;

    /// <param name="transports">The best first.</param>
    /// <param name="firstWorks">Tries the first one without disturbing the watches.</param>
    /// <param name="retryInterval">The time between attempts at better ones, on average; the first ones come sooner.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">Spreads the attempts.</param>
    /// <param name="logger">The client's.</param>
    /// <param name="stopping">Ends when the client does.</param>
    public TransportChain(
        IReadOnlyList<IWatchTransport> transports, Func<CancellationToken, Task<bool>> firstWorks, TimeSpan retryInterval, TimeProvider time, Func<double> random, ILogger logger, CancellationToken stopping)
    {
        this.transports = transports;
        this.firstWorks = firstWorks;
        this.retryInterval = retryInterval;
        this.time = time;
        this.random = random;
        this.logger = logger;
        this.stopping = stopping;
    }

    public CancellationToken Stopping => stopping;

    /// <summary>Whether there is no other.</summary>
    public bool IsPinned => transports.Count == 1;

    /// <summary>The transport to use, and what is cancelled when it should be left for another.</summary>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public (IWatchTransport Transport, CancellationToken Left) Current
    {
        get
        {
            if (stopping.IsCancellationRequested)
                throw new ObjectDisposedException(nameof(RealtimeApiClient));
            lock (gate)
                return (transports[level], switched.Token);
        }
    }

    /// <summary>Goes on to the next transport, unless that has happened already. After the last comes the first again.</summary>
    /// <returns>Whether there is another one to use at once.</returns>
    public bool Leave(IWatchTransport unsuitable, Exception? why)
    {
        CancellationTokenSource left;
        lock (gate)
        {
            if (transports[level] != unsuitable)
                return true;
            if (transports.Count == 1)
                return false;
            left = SetLevel_NeedsLock((level + 1) % transports.Count);
            Log.Left(logger, unsuitable.Kind, transports[level].Kind, why?.Message ?? "it failed");
            if (level > 0 && !climbing)
            {
                climbing = true;
                _ = ClimbAsync();
            }
        }
        Cancel(left);
        return transports[0] != Current.Transport;
    }

    /// <summary>Has all watches use this one.</summary>
    public void SwitchTo(WatchTransport kind)
    {
        CancellationTokenSource left;
        lock (gate)
        {
            var target = Enumerable.Range(0, transports.Count).First(i => transports[i].Kind == kind);
            if (target == level)
                return;
            left = SetLevel_NeedsLock(target);
        }
        Cancel(left);
    }

    public void Dispose()
    {
        lock (gate)
            switched.Dispose();
    }

    private CancellationTokenSource SetLevel_NeedsLock(int next)
    {
        level = next;
        var left = switched;
        switched = new();
        return left;
    }

    /// <summary>Not disposed: a watch may just be about to register with its token, and it holds nothing.</summary>
    private static void Cancel(CancellationTokenSource left) => Task.Run(left.Cancel);

    /// <summary>Tries better transports until the first is in use again: the first one beside what is in use, the others by using them.</summary>
    private async Task ClimbAsync()
    {
        try
        {
            // What stood in the way may have been there for a moment only.
            for (var wait = retryInterval.Ticks / FirstAttempt; ; wait = Math.Min(2 * wait, retryInterval.Ticks))
            {
                await time.Delay(TimeSpan.FromTicks((long)(wait * (0.5 + random()))), stopping).ConfigureAwait(false);
                var works = await firstWorks(stopping).ConfigureAwait(false);
                CancellationTokenSource? left = null;
                lock (gate)
                {
                    if (level > 0 && (works || (level > 1 && transports[1].Respite is null)))
                    {
                        left = SetLevel_NeedsLock(works ? 0 : 1);
                        Log.Tries(logger, transports[level].Kind);
                    }
                    climbing = level > 0;
                    if (!climbing && left is null)
                        return;
                }
                if (left is not null)
                    Cancel(left);
                if (works)
                    return;
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Unsuitable} does not work here ({Reason}); watches go on with {Next}", EventName = "Left")]
        public static partial void Left(ILogger logger, WatchTransport unsuitable, WatchTransport next, string reason);

        [LoggerMessage(2, LogLevel.Information, "Watches try {Transport} again", EventName = "Tries")]
        public static partial void Tries(ILogger logger, WatchTransport transport);
    }
}
