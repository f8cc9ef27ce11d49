using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace RealtimeApi.Hosting.Demo;

/// <summary>Lets the demo shop live: about one random write a second, made as any other program would make it, through a connection of its own.</summary>
internal sealed partial class DemoActivity(string file, IOptions<DemoOptions> options, TimeProvider clock, ILogger<DemoActivity> logger) : BackgroundService
{
    private readonly Random random = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Activity)
            return;
        using var timer = new PeriodicTimer(options.Value.ActivityInterval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                Act();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private void Act()
    {
        try
        {
            using var connection = DemoShop.Open(file);
            using var transaction = connection.BeginTransaction();
            ActRandomly(new(connection, transaction, random, clock));
            transaction.Commit();
        }
        catch (SqliteException e)
        {
            Log.ActFailed(logger, e.Message);
        }
    }

    private void ActRandomly(ShopWriter shop)
    {
        switch (random.Next(100))
        {
            case < 27:
                shop.AddOrder("pending", clock.GetUtcNow());
                shop.TakeFromStock();
                shop.DeleteOldOrders(options.Value.MaxOrders);
                break;
            case < 52:
                shop.Advance("pending", "paid");
                break;
            case < 80:
                shop.Advance("paid", "shipped");
                break;
            case < 84:
                shop.Advance("pending", "cancelled");
                break;
            case < 95:
                shop.Restock();
                break;
            default:
                shop.Reprice();
                break;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The demo shop's activity skips a turn: {Reason}", EventName = nameof(ActFailed))]
        public static partial void ActFailed(ILogger logger, string reason);
    }
}
