using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Leases;

namespace RealtimeApi.Server.Feed;

/// <summary>Trims the change log to <see cref="FeedOptions.Retention"/>, every <see cref="FeedOptions.TrimInterval"/>.</summary>
/// <remarks>One node does it; two that did it at once would do no harm, since the log's low-water mark only ever rises.</remarks>
internal sealed partial class Retention(LeasedJobContext context, ChangeFeed feed, IOptions<RealtimeApiOptions> options, ILogger<Retention> logger)
    : LeasedJob(context, LeaseName, IntervalOf(options), logger)
{
    public const string LeaseName = "retention";

    private readonly TimeSpan retention = options.Value.Feed.Retention;
    private readonly ILogger logger = logger;

    protected override ValueTask<bool> IsNeededAsync(CancellationToken cancellationToken) => new(feed.State is not null);

    protected override async Task RunAsync(CancellationToken cancellationToken)
    {
        var deleted = await Database.Log.TrimAsync(Time.GetUtcNow() - retention, cancellationToken);
        if (deleted > 0)
            Log.Trimmed(logger, deleted, retention);
    }

    private static TimeSpan IntervalOf(IOptions<RealtimeApiOptions> options) =>
        options.Value.Feed.TrimInterval ?? TimeSpan.FromTicks(Math.Clamp(options.Value.Feed.Retention.Ticks / 20, TimeSpan.TicksPerMinute, TimeSpan.TicksPerHour));

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Trimmed {Count} changes older than {Retention} from the change log.")]
        public static partial void Trimmed(ILogger logger, long count, TimeSpan retention);
    }
}
