using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Resources;
using SQLitePCL;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>Writes items of a SQLite file.</summary>
/// <remarks>
/// Thread-safe. This server's own writes take turns before they ask SQLite for its one lock: SQLite lets those who wait poll for it, which would keep a thread each and
/// serve them in no order.
/// </remarks>
internal sealed partial class SqliteItemWrites(SqliteConnections connections, TimeProvider time, SqliteMisfits misfits, ILogger<SqliteItemWrites> logger) : IItemWrites, IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly SemaphoreSlim turn = new(1);
    private readonly ConditionalWeakTable<ResourceDefinition, SqliteItemStatements> statements = [];

    public async Task<WriteResult> WriteAsync(WriteCommand command, CancellationToken cancellationToken)
    {
        if (!await turn.WaitAsync(connections.BusyTimeout, cancellationToken))
            throw new DatabaseUnavailableException("Other writes through this server have not ended.");
        Item? before = null;
        var change = ItemChange.None;
        try
        {
            await using var connection = await connections.OpenAsync(cancellationToken);
            await using var transaction = connection.BeginTransaction(deferred: false);
            var result = Repeat(connection, command) ?? await WriteAsync(
                connection,
                command with
                {
                    Decide = item =>
                    {
                        before = item;
                        return change = command.Decide(item);
                    },
                });
            transaction.Commit();
            return result;
        }
        catch (SqliteException e) when (SqliteErrors.Translate(e, connections.File) is { } translated)
        {
            throw translated;
        }
        catch (SqliteException e) when (SqliteRefusals.Explain(e, command.Resource, change.Kind) is { } refusal)
        {
            if (!refusal.IsClear)
                Log.Refused(logger, command.Resource.Name, e.Message);
            if (e.SqliteExtendedErrorCode == raw.SQLITE_CONSTRAINT_FOREIGNKEY)
                refusal = WriteRefusal.Reference(change.Kind, await FindBrokenAsync(command.Resource, before, change, cancellationToken));
            throw refusal.ToProblem();
        }
        finally
        {
            turn.Release();
        }
    }

    public FieldValue AsStored(ColumnDefinition column, FieldValue value) => SqliteAffinities.AsStored(column, value);

    public async Task<bool> HasAnswersAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await connections.OpenAsync(cancellationToken);
            return SqliteAnswers.HasAny(connection, before);
        }
        catch (SqliteException e) when (SqliteErrors.Translate(e, connections.File) is { } translated)
        {
            throw translated;
        }
    }

    public async Task<long> TrimAnswersAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        for (var deleted = 0L; ;)
        {
            try
            {
                await using var connection = await connections.OpenAsync(cancellationToken);
                var rows = SqliteAnswers.DeleteBatch(connection, before);
                deleted += rows;
                if (rows < SqliteAnswers.BatchRows)
                    return deleted;
            }
            catch (SqliteException e) when (SqliteErrors.Translate(e, connections.File) is { } translated)
            {
                throw translated;
            }

            // The lock is not fair: without a pause a waiting writer may find it taken each time it looks.
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    public void Dispose() => turn.Dispose();

    private static WriteResult? Repeat(SqliteConnection connection, WriteCommand command) =>
        command.Once is { } once && SqliteAnswers.Find(connection, command.Resource.Name, once) is { } answer ? new(null, null) { Repeated = answer } : null;

    private async Task<WriteResult> WriteAsync(SqliteConnection connection, WriteCommand command)
    {
        var resource = command.Resource;
        var existing = command.Key is { } wanted ? await FindAsync(connection, resource, wanted) : null;
        var change = command.Decide(existing);
        var key = change.Kind switch
        {
            ItemChangeKind.Insert => SqliteItemChanges.Insert(connection, resource, change),
            ItemChangeKind.Update => SqliteItemChanges.Update(connection, existing!, change),
            ItemChangeKind.Delete => SqliteItemChanges.Delete(connection, existing!),
            _ => existing?.Key,
        };
        var item = key is null || change.Kind == ItemChangeKind.Delete ? null
            : change.Kind == ItemChangeKind.None ? existing
            : await FindAsync(connection, resource, key) ?? throw WriteRefusal.NotThere();
        var result = new WriteResult(item, resource.Watchable ? ReadMark(connection) : null);
        if (command.Once is { } once)
            SqliteAnswers.Record(connection, resource.Name, once, once.Answer(result));
        return result;
    }

    private async Task<Item?> FindAsync(SqliteConnection connection, ResourceDefinition resource, ItemKey key)
    {
        var texts = statements.GetValue(resource, static r => new(r));
        return (await SqliteItemReader.FindAsync(connection, texts.Find, SqliteItemStatements.ParametersOf(resource, key), resource, key, 0, misfits)).Item;
    }

    /// <summary>The fields that refer to nothing; none where that cannot be found out now.</summary>
    private async Task<IReadOnlyList<string>> FindBrokenAsync(ResourceDefinition resource, Item? before, ItemChange change, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await connections.OpenAsync(cancellationToken);
            return SqliteForeignKeys.FindBroken(connection, resource, before, change);
        }
        catch (SqliteException)
        {
            // The refusal stands, with less to say.
            return [];
        }
    }

    /// <summary>The log's newest row, which in this transaction is the write's own, if it changed anything.</summary>
    private static LogMark? ReadMark(SqliteConnection connection)
    {
        try
        {
            if (connection.Scalar<string>("SELECT id FROM realtime_log") is not { } logId)
                return null;
            var head = connection.Rows(SqliteLogTables.Head, static reader => new LogPoint(new(reader.GetInt64(0)), reader.GetInt64(1)));
            return new(logId, head.Count > 0 ? head[0] : default);
        }
        catch (SqliteException e) when (SqliteErrors.Translate(e, connection.DataSource) is SchemaChangedException)
        {
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The database refused a write of {Resource} for a reason that its client cannot know: {Reason}")]
        public static partial void Refused(ILogger logger, string resource, string reason);
    }
}
