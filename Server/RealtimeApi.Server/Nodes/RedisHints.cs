using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RealtimeApi.Server.Feed;
using StackExchange.Redis;

namespace RealtimeApi.Server.Nodes;

/// <summary>Tells the other nodes on the database how far the log reaches as soon as this one knows, and has the feed read when they know more.</summary>
/// <remarks>
/// A hint only wakes: what is read, and that nothing is missed, is between the feed and the database, and a hint that is lost, late, repeated or made up costs at most one look at the
/// log. One is on its way at a time; while it is, later positions take the place of earlier ones.
/// </remarks>
internal sealed partial class RedisHints(RedisLink link, ChangeFeed feed, ILogger<RedisHints> logger) : BackgroundService
{
    private volatile Heard? heard;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!link.IsConfigured)
            return;
        try
        {
            var redis = (await link.ConnectAsync().WaitAsync(stoppingToken)).GetSubscriber();
            await FollowAsync(redis, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        catch (Exception exception)
        {
            Log.Failed(logger, exception);
        }
    }

    private async Task FollowAsync(ISubscriber redis, CancellationToken stoppingToken)
    {
        FeedState? state = null;
        var channel = default(RedisChannel);
        while (true)
        {
            var before = state;
            state = await feed.WaitAsync(state, stoppingToken);
            if (before?.LogId != state.LogId)
            {
                if (before is not null)
                    await redis.UnsubscribeAsync(channel, flags: CommandFlags.FireAndForget);
                channel = RedisChannel.Literal(PositionHint.ChannelOf(state.LogId));
                heard = null;
                // Registered, whether Redis is there or not; it is told whenever it is back.
                await redis.SubscribeAsync(channel, OnHint, CommandFlags.FireAndForget);
            }

            // What another node has just told need not be told again.
            if (state.Head != before?.Head && heard?.Position != state.Head.Position)
                await TellAsync(redis, channel, state.Head.Position, stoppingToken);
        }
    }

    private static async Task TellAsync(ISubscriber redis, RedisChannel channel, LogPosition position, CancellationToken stoppingToken)
    {
        try
        {
            await redis.PublishAsync(channel, PositionHint.Write(position)).WaitAsync(stoppingToken);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            // The link tells of outages; the others look by themselves.
        }
    }

    private void OnHint(RedisChannel channel, RedisValue message)
    {
        if (!PositionHint.TryRead(message, out var position))
            return;
        heard = new(position);
        if (feed.State is { } state && position > state.Head.Position)
            feed.Wake();
    }

    private sealed record Heard(LogPosition Position);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Hints of other nodes have stopped; their changes are seen without, on SQL Server at the next look at the log.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
