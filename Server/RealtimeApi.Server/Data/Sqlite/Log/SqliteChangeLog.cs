using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>The change log in a SQLite file.</summary>
/// <remarks>
/// Thread-safe, but for <see cref="PrepareAsync"/>, which the feed's loop alone calls. Every transaction is short, since other programs may not wait for
/// the lock at all.
/// </remarks>
internal sealed class SqliteChangeLog(SqliteConnections connections, TimeProvider time, SqliteMisfits misfits, ILogger<SqliteChangeLog> logger) : IChangeLog, IDisposable
{
    private readonly SqliteCapture capture = new(connections, time, logger);
    private readonly SqliteLogTrimmer trimmer = new(connections, time);
    private readonly SqliteWriteSignal signal = new(connections, time, logger);

    public async Task<LogState?> PrepareAsync(ResourceCatalog catalog, CancellationToken cancellationToken)
    {
        try
        {
            using var connection = await connections.OpenAsync(cancellationToken);
            return await capture.PrepareAsync(connection, catalog, cancellationToken);
        }
        catch (SqliteException e) when (SqliteErrors.Translate(e, connections.File) is { } translated)
        {
            throw translated;
        }
    }

    public Task<LogPage> ReadAsync(ResourceCatalog catalog, LogPosition after, int maxBytes, string? resourceName, CancellationToken cancellationToken) =>
        RunAsync(
            static (connection, call) => SqliteLogReader.ReadPage(connection, call.catalog, call.after, call.maxBytes, call.resourceName, call.misfits),
            (catalog, after, maxBytes, resourceName, misfits),
            cancellationToken);

    public Task<LogState> FindAsync(LogPosition position, CancellationToken cancellationToken) =>
        RunAsync(
            static (connection, call) =>
            {
                using var transaction = connection.BeginTransaction(deferred: true);
                return call.capture.Narrow(SqliteLogReader.ReadState(connection, call.position));
            },
            (capture, position),
            cancellationToken);

    public async Task<long> TrimAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        try
        {
            return await trimmer.TrimAsync(before, cancellationToken);
        }
        catch (SqliteException e) when (SqliteErrors.Translate(e, connections.File) is { } translated)
        {
            throw translated;
        }
    }

    public Task WaitForWriteAsync(CancellationToken cancellationToken) => signal.WaitAsync(cancellationToken);

    public void Dispose() => signal.Dispose();

    private async Task<TResult> RunAsync<TState, TResult>(
        Func<SqliteConnection, TState, TResult> call, TState state, CancellationToken cancellationToken)
    {
        try
        {
            using var connection = await connections.OpenAsync(cancellationToken);
            return call(connection, state);
        }
        catch (SqliteException e) when (SqliteErrors.Translate(e, connections.File) is { } translated)
        {
            throw translated;
        }
    }
}
