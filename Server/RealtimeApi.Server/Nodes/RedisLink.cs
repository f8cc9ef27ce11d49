using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;
using StackExchange.Redis;

namespace RealtimeApi.Server.Nodes;

/// <summary>The node's one connection to Redis, which comes back by itself whenever Redis does.</summary>
/// <remarks>Thread-safe. An outage is told of once, however often it is met with, and so is its end.</remarks>
internal sealed partial class RedisLink(IOptions<RealtimeApiOptions> options, TimeProvider time, ILogger<RedisLink> logger) : IHostedService, IDisposable
{
    private readonly Lock gate = new();
    private Task<ConnectionMultiplexer>? connecting;
    private volatile SentinelTunnel? sentinel;
    private bool isDown;

    /// <summary>Whether there is a Redis to connect to.</summary>
    public bool IsConfigured => !string.IsNullOrWhiteSpace(options.Value.Redis);

    /// <summary>Why Sentinel leads to no Redis, for people; null where it does, or where there is none.</summary>
    public string? Problem => sentinel?.Problem;

    /// <summary>The connection, made once; it may be down now and at any later time.</summary>
    public Task<ConnectionMultiplexer> ConnectAsync()
    {
        lock (gate)
            return connecting ??= Task.Run(BeginAsync);
    }

    /// <summary>Waits for the first attempt, whose time is limited and which may fail, so that nothing later waits for it.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => IsConfigured ? ConnectAsync().WaitAsync(cancellationToken) : Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        Task<ConnectionMultiplexer>? begun;
        lock (gate)
            begun = connecting;
        // One that is still being tried is closed when that has ended; nobody waits for it.
        begun?.ContinueWith(
            done =>
            {
                done.Result.ConnectionFailed -= OnFailed;
                // By itself it would wait for answers, which a Redis that has stopped does not give; everybody who wanted one has ended.
                done.Result.Close(allowCommandsToComplete: false);
                done.Result.Dispose();
                sentinel?.Dispose();
            },
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private async Task<ConnectionMultiplexer> BeginAsync()
    {
        if (!RedisText.TryRead(options.Value.Redis ?? "", out var configuration, out var mistake))
            throw new InvalidOperationException(mistake);
        if (!string.IsNullOrEmpty(configuration.ServiceName))
            sentinel = SentinelTunnel.Lead(configuration, time);
        var connection = await ConnectionMultiplexer.ConnectAsync(configuration);
        connection.ConnectionFailed += OnFailed;
        connection.ConnectionRestored += (_, _) => OnRestored(connection);
        if (connection.IsConnected)
            Log.Connected(logger);
        else
            Report(nameof(ConnectionFailureType.UnableToConnect));
        // It may have come about just before its absence was told.
        OnRestored(connection);
        return connection;
    }

    private void OnFailed(object? sender, ConnectionFailedEventArgs failure) => Report(failure.FailureType.ToString());

    private void Report(string reason)
    {
        lock (gate)
        {
            if (isDown)
                return;
            isDown = true;
        }

        Log.Down(logger, Problem ?? reason);
    }

    private void OnRestored(ConnectionMultiplexer connection)
    {
        lock (gate)
        {
            if (!isDown || !connection.IsConnected)
                return;
            isDown = false;
        }

        Log.Restored(logger);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Redis is connected: nodes tell each other of changes at once.")]
        public static partial void Connected(ILogger logger);

        [LoggerMessage(2, LogLevel.Warning, "Redis cannot be reached ({Reason}). Until it is back, messages do not reach other nodes, and on SQL Server their changes are seen at the next look at the log.")]
        public static partial void Down(ILogger logger, string reason);

        [LoggerMessage(3, LogLevel.Information, "Redis is back.")]
        public static partial void Restored(ILogger logger);
    }
}
