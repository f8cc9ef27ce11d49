using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Writing;

/// <summary>Deletes the answers that are no longer remembered, every hour. Every node may.</summary>
internal sealed partial class AnswerTrim(CatalogSource catalogs, IDatabase database, TimeProvider time, ILogger<AnswerTrim> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                if (catalogs.Current.Resources.Any(static resource => resource.Writable))
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
            await database.Writes.TrimAnswersAsync(time.GetUtcNow() - ResourceWrites.Remembered, cancellationToken);
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
        [LoggerMessage(1, LogLevel.Information, "Trimming the recorded answers is put off: {Reason}")]
        public static partial void Postponed(ILogger logger, string reason);

        [LoggerMessage(2, LogLevel.Error, "Trimming the recorded answers failed; it is tried again later.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
