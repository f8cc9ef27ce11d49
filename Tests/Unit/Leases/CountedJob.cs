using Microsoft.Extensions.Logging.Abstractions;
using RealtimeApi.Server.Leases;

namespace RealtimeApi.Tests.Unit.Leases;

/// <summary>A leased job of one minute that counts its runs, and may take longer than its lease.</summary>
internal sealed class CountedJob(LeasedJobContext context) : LeasedJob(context, "work", TimeSpan.FromMinutes(1), NullLogger.Instance)
{
    private int looks;
    private int runs;

    /// <summary>How often it looked whether there is something to do; when it looks again, all that came of the last time is over.</summary>
    public int Looks => Volatile.Read(ref looks);

    public int Runs => Volatile.Read(ref runs);

    /// <summary>What each run waits for, if anything.</summary>
    public Task? Takes { get; set; }

    /// <summary>How many runs were ended before they were done.</summary>
    public int BrokenOff { get; private set; }

    public bool Needed { get; set; } = true;

    protected override ValueTask<bool> IsNeededAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref looks);
        return new(Needed);
    }

    protected override async Task RunAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref runs);
        if (Takes is not { } takes)
            return;
        try
        {
            await takes.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            BrokenOff++;
            throw;
        }
    }
}
