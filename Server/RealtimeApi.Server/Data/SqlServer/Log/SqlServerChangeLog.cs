using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>The change log in a SQL Server database.</summary>
/// <remarks>Thread-safe, but for <see cref="PrepareAsync"/>, which the feed's loop alone calls.</remarks>
internal sealed class SqlServerChangeLog : IChangeLog, IDisposable
{
    private readonly SqlServerRetry retry;
    private readonly SqlServerLogReader reader;
    private readonly SqlServerCapture capture;
    private readonly SqlServerLogTrimmer trimmer;
    private readonly SqlServerWriteSignal signal;

    public SqlServerChangeLog(
        SqlServerConnections connections,
        SqlServerRetry retry,
        SqlServerHighWater highWater,
        IOptions<RealtimeApiOptions> options,
        TimeProvider time,
        ILogger<SqlServerChangeLog> logger)
        : this(connections, retry, highWater, options.Value.Database.AutoMigrate, options.Value.Feed.PollInterval, new(connections, time), time, logger)
    {
    }

    internal SqlServerChangeLog(
        SqlServerConnections connections,
        SqlServerRetry retry,
        SqlServerHighWater highWater,
        bool autoMigrate,
        TimeSpan pollInterval,
        SqlServerSchemaVersion schema,
        TimeProvider time,
        ILogger logger)
    {
        this.retry = retry;
        reader = new(connections, highWater, schema, new(connections, time, logger));
        capture = new(connections, reader, highWater, schema, autoMigrate, time, logger);
        trimmer = new(connections, retry, highWater, time);
        signal = new(retry, reader, time) { LongestPause = pollInterval / 4 };
    }

    public async Task<LogState?> PrepareAsync(ResourceCatalog catalog, CancellationToken cancellationToken) =>
        await retry.WriteAsync((connection, token) => capture.PrepareAsync(connection, catalog, token), cancellationToken);

    public async Task<LogPage> ReadAsync(ResourceCatalog catalog, LogPosition after, int maxBytes, string? resourceName, CancellationToken cancellationToken) =>
        await retry.ReadAsync((connection, token) => reader.ReadPageAsync(connection, catalog, after, maxBytes, resourceName, token), cancellationToken);

    public async Task<LogState> FindAsync(LogPosition position, CancellationToken cancellationToken) =>
        capture.Narrow(await retry.ReadAsync((connection, token) => reader.ReadStateAsync(connection, position, token), cancellationToken));

    public async Task<bool> HasReachedAsync(LogPosition position, CancellationToken cancellationToken) =>
        position.Major <= await retry.ReadAsync(reader.ReadNewestAsync, cancellationToken);

    public Task<long> TrimAsync(DateTimeOffset before, CancellationToken cancellationToken) => trimmer.TrimAsync(before, cancellationToken);

    public Task WaitForWriteAsync(CancellationToken cancellationToken) => signal.WaitAsync(cancellationToken);

    public void Dispose() => signal.Dispose();
}
