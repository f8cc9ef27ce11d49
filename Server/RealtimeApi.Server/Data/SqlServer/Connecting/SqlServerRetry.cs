using Microsoft.Data.SqlClient;
using Polly;
using Polly.Retry;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>Runs units of work on a connection: opens it, translates the server's errors, and repeats what may be repeated. The one place for all three.</summary>
/// <remarks>
/// Thread-safe. A unit is one transaction or several reads; it begins and commits its transaction itself. Its connection is opened anew each time it is repeated.
/// Three attempts, about 50 and then 200 ms apart: a longer outage is the caller's to wait for, who is told <c>unavailable</c>.
/// </remarks>
internal sealed class SqlServerRetry
{
    private readonly SqlServerConnections connections;
    private readonly ResiliencePipeline reads;
    private readonly ResiliencePipeline writes;

    public SqlServerRetry(SqlServerConnections connections, TimeProvider clock)
    {
        this.connections = connections;
        reads = Build(clock, static fault => fault is SqlServerFault.Undone or SqlServerFault.Passing or SqlServerFault.Connection);
        writes = Build(clock, static fault => fault is SqlServerFault.Undone);
    }

    /// <summary>Runs work that does no harm when it is done twice: reads, and whatever is written idempotently.</summary>
    /// <exception cref="DatabaseUnavailableException">The server does not answer, also when asked again.</exception>
    /// <exception cref="SchemaChangedException">A table or column is no longer there.</exception>
    public ValueTask<T> ReadAsync<T>(Func<SqlConnection, CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken) =>
        RunAsync(reads, work, cancellationToken);

    /// <summary>
    /// Runs work that must not be done twice. It is repeated only when it had not begun or when the server says that it undid it all (a deadlock's victim), never when
    /// the connection broke and the commit may have happened.
    /// </summary>
    /// <inheritdoc cref="ReadAsync"/>
    public ValueTask<T> WriteAsync<T>(Func<SqlConnection, CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken) =>
        RunAsync(writes, work, cancellationToken);

    private async ValueTask<T> RunAsync<T>(ResiliencePipeline pipeline, Func<SqlConnection, CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await pipeline.ExecuteAsync(
                static async (state, token) =>
                {
                    await using var connection = await state.connections.OpenAsync(token);
                    return await state.work(connection, token);
                },
                (connections, work),
                cancellationToken);
        }
        catch (SqlException e) when (cancellationToken.IsCancellationRequested)
        {
            // A cancelled command ends with an error of the server's.
            throw new OperationCanceledException(e.Message, e, cancellationToken);
        }
        catch (SqlException e) when (SqlServerErrors.Translate(e) is { } translated)
        {
            throw translated;
        }
    }

    // What fails to open has been translated already, and SqlClient has tried several times.
    private static ResiliencePipeline Build(TimeProvider clock, Func<SqlServerFault, bool> repeats) =>
        new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = arguments => ValueTask.FromResult(
                    arguments.Outcome.Exception is SqlException error
                    && !arguments.Context.CancellationToken.IsCancellationRequested
                    && repeats(SqlServerErrors.Judge(error))),
                MaxRetryAttempts = 2,
                Delay = TimeSpan.FromMilliseconds(50),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
            })
            .Build();
}
