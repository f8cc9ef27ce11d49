using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RealtimeApi.Server.Data;

namespace RealtimeApi.Server.Leases;

/// <summary>Something that is to be done again and again, by one of the nodes on a database: the one that holds its lease.</summary>
/// <remarks>
/// Owned by its one loop. Every node tries to take the lease when it is time; the holder renews it by that, so that it stays where it is. A node that is killed loses it after
/// one and a half intervals, and one that stops gives it back. The work must be harmless when two do it: one may have lost the lease and not know yet.
/// </remarks>
internal abstract partial class LeasedJob(LeasedJobContext context, string name, TimeSpan interval, ILogger logger) : BackgroundService
{
    private readonly TimeSpan term = interval * 1.5;
    private bool holds;

    protected IDatabase Database => context.Database;

    protected TimeProvider Time => context.Time;

    /// <summary>Gives the lease back once the work has ended, so that another node goes on at once.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (!holds || Database.Leases is not { } leases)
            return;
        try
        {
            await leases.ReleaseAsync(name, context.Node.Id, cancellationToken);
        }
        catch (Exception exception) when (exception is DatabaseUnavailableException or OperationCanceledException)
        {
            // It lapses.
        }
    }

    /// <summary>Whether there may be something to do; else the lease is left alone.</summary>
    protected abstract ValueTask<bool> IsNeededAsync(CancellationToken cancellationToken);

    /// <summary>Does what is to be done now.</summary>
    /// <param name="cancellationToken">The server is stopping, or the lease is lost.</param>
    protected abstract Task RunAsync(CancellationToken cancellationToken);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, Time);
        try
        {
            do
            {
                await TryRunAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task TryRunAsync(CancellationToken stoppingToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var renewing = Task.CompletedTask;
        try
        {
            if (!await IsNeededAsync(stoppingToken))
                return;
            if (Database.Leases is { } leases)
            {
                holds = await leases.TryTakeAsync(name, context.Node.Id, term, stoppingToken);
                if (!holds)
                    return;
                renewing = RenewAsync(leases, ended);
            }

            await RunAsync(ended.Token);
        }
        catch (DatabaseUnavailableException exception)
        {
            Log.Postponed(logger, name, exception.Message);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            stoppingToken.ThrowIfCancellationRequested();
            Log.Lost(logger, name);
        }
        catch (Exception exception)
        {
            Log.Failed(logger, exception, name);
        }
        finally
        {
            await ended.CancelAsync();
            await renewing;
        }
    }

    /// <summary>Keeps the lease for as long as the work takes, and ends the work when it is lost.</summary>
    private async Task RenewAsync(ILeases leases, CancellationTokenSource ended)
    {
        var renewed = Time.GetTimestamp();
        using var timer = new PeriodicTimer(term / 3, Time);
        try
        {
            while (await timer.WaitForNextTickAsync(ended.Token))
            {
                try
                {
                    holds = await leases.TryTakeAsync(name, context.Node.Id, term, ended.Token);
                    renewed = Time.GetTimestamp();
                }
                catch (DatabaseUnavailableException)
                {
                    holds = Time.GetElapsedTime(renewed) < term;
                }

                if (!holds)
                    await ended.CancelAsync();
            }
        }
        catch (OperationCanceledException)
        {
        }
        catch (Exception exception)
        {
            Log.RenewalFailed(logger, exception, name);
            await ended.CancelAsync();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(101, LogLevel.Information, "The work '{Name}' is put off: {Reason}")]
        public static partial void Postponed(ILogger logger, string name, string reason);

        [LoggerMessage(102, LogLevel.Error, "The work '{Name}' failed; it is tried again later.")]
        public static partial void Failed(ILogger logger, Exception exception, string name);

        [LoggerMessage(103, LogLevel.Information, "The work '{Name}' broke off, because another node has taken it over.")]
        public static partial void Lost(ILogger logger, string name);

        [LoggerMessage(104, LogLevel.Error, "The lease of the work '{Name}' could not be renewed; the work ends and is tried again later.")]
        public static partial void RenewalFailed(ILogger logger, Exception exception, string name);
    }
}
