using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.DependencyInjection;

namespace RealtimeApi.Server.Feed;

/// <summary>Trims the change log to <see cref="FeedOptions.Retention"/>: a twentieth of it at a time, but at least hourly and at most once a minute.</summary>
/// <remarks>Owned by its one loop. Every node may trim; the log's low-water mark only ever rises.</remarks>
internal sealed partial class Retention(IDatabase database, ChangeFeed feed, IOptions<RealtimeApiOptions> options, TimeProvider time, ILogger<Retention> logger)
    : BackgroundService
{
    private readonly TimeSpan retention = options.Value.Feed.Retention;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var interval = TimeSpan.FromTicks(Math.Clamp(retention.Ticks / 20, TimeSpan.TicksPerMinute, TimeSpan.TicksPerHour));
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            do
            {
                if (feed.State is not null)
                    await TrimAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task TrimAsync(CancellationToken cancellationToken)
    {
        try
        {
            var deleted = await database.Log.TrimAsync(time.GetUtcNow() - retention, cancellationToken);
            if (deleted > 0)
                Log.Trimmed(logger, deleted, retention);
        }
        catch (DatabaseUnavailableException exception)
        {
            Log.Postponed(logger, exception.Message);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Log.Failed(logger, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Trimmed {Count} changes older than {Retention} from the change log.")]
        public static partial void Trimmed(ILogger logger, long count, TimeSpan retention);

        [LoggerMessage(2, LogLevel.Information, "Trimming the change log is put off: {Reason}")]
        public static partial void Postponed(ILogger logger, string reason);

        [LoggerMessage(3, LogLevel.Error, "Trimming the change log failed; it is tried again later.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
