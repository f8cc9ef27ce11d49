using System.Runtime.CompilerServices;
using Dapper;
using Microsoft.Data.Sqlite;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;
using SQLitePCL;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>Reads items of a SQLite database through Dapper.</summary>
/// <remarks>Thread-safe. A cancelled list ends within SQLite, so that a long scan does not outlive its client.</remarks>
internal sealed class SqliteItemReader(SqliteConnections connections, SqliteMisfits misfits) : IItemReader
{
    // Some milliseconds of SQLite's work.
    private const int StepsBetweenChecks = 100_000;

    private readonly ConditionalWeakTable<ResourceDefinition, SqliteItemStatements> statements = [];

    public async Task<ItemPage> ListAsync(ListQuery query, CancellationToken cancellationToken)
    {
        var texts = StatementsOf(query.Resource);
        try
        {
            await using var connection = await connections.OpenAsync(cancellationToken);
            // Asked by SQLite, and not told by an interrupt: that is lost when it comes between two statements.
            if (cancellationToken.CanBeCanceled)
                raw.sqlite3_progress_handler(connection.Handle, StepsBetweenChecks, static token => ((CancellationToken)token).IsCancellationRequested ? 1 : 0, cancellationToken);
            try
            {
                return await ListAsync(connection, texts, query);
            }
            finally
            {
                if (cancellationToken.CanBeCanceled)
                    raw.sqlite3_progress_handler(connection.Handle, 0, null, null);
            }
        }
        catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_INTERRUPT && cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(e.Message, e, cancellationToken);
        }
        catch (SqliteException e) when (SqliteErrors.Translate(e, connections.File) is { } translated)
        {
            throw translated;
        }
    }

    public async Task<ItemRead> FindAsync(ResourceDefinition resource, ItemKey key, CancellationToken cancellationToken)
    {
        var texts = StatementsOf(resource);
        var parameters = SqliteItemStatements.ParametersOf(resource, key);
        try
        {
            await using var connection = await connections.OpenAsync(cancellationToken);
            if (!resource.Watchable)
                return new((await FindAsync(connection, texts.Find, parameters, resource, key, 0, misfits)).Item, null);
            try
            {
                if (await FindAsync(connection, texts.FindWithPoint, parameters, resource, key, 2, misfits) is { Item: not null } read)
                    return read;
            }
            catch (SqliteException e) when (IsWithoutLog(e))
            {
            }
            // No row that could have carried the point. It is read before the row is looked for again, so that it is not the newer of the two.
            var point = await ReadHeadAsync(connection, transaction: null);
            return new((await FindAsync(connection, texts.Find, parameters, resource, key, 0, misfits)).Item, point);
        }
        catch (SqliteException e) when (SqliteErrors.Translate(e, connections.File) is { } translated)
        {
            throw translated;
        }
    }

    private async Task<ItemPage> ListAsync(SqliteConnection connection, SqliteItemStatements texts, ListQuery query)
    {
        await using var transaction = connection.BeginTransaction(deferred: true);
        var point = query.Resource.Watchable ? await ReadHeadAsync(connection, transaction) : null;
        long? count = query.Count ? await CountAsync(connection, transaction, texts, query) : null;
        var page = await ReadPageAsync(connection, transaction, texts, query);
        await transaction.CommitAsync(CancellationToken.None);
        return new(page.Items, page.HasMore, count, point);
    }

    /// <summary>The item of a key, by one of the statements that find it.</summary>
    internal static async Task<ItemRead> FindAsync(
        SqliteConnection connection, string text, SqliteParameters parameters, ResourceDefinition resource, ItemKey key, int offset, SqliteMisfits misfits)
    {
        await using var reader = await connection.ExecuteReaderAsync(new CommandDefinition(text, parameters));
        var row = Unwrap(reader);
        while (row.Read())
        {
            // SQLite may have found by converting what was asked for; only an item of this very key is the answer.
            var item = ReadItem(resource, resource.Columns, row, offset, misfits);
            if (ItemKey.IsComplete(resource, item.Values) && item.Key.Equals(key))
                return new(item, offset == 0 ? null : row.IsDBNull(0) ? default(LogPoint) : new LogPoint(new(row.GetInt64(0)), row.GetInt64(1)));
        }
        return default;
    }

    private static async Task<long> CountAsync(SqliteConnection connection, SqliteTransaction transaction, SqliteItemStatements texts, ListQuery query)
    {
        var parameters = new SqliteParameters();
        var filter = query.Filter is null ? null : new SqliteFilterSql(parameters).Write(query.Filter);
        var text = texts.Count(filter);
        return await connection.ExecuteScalarAsync<long>(new CommandDefinition(text, parameters, transaction, flags: CommandFlags.NoCache));
    }

    private async Task<PageBuilder> ReadPageAsync(SqliteConnection connection, SqliteTransaction transaction, SqliteItemStatements texts, ListQuery query)
    {
        var columns = texts.ColumnsOf(query);
        var page = new PageBuilder(query);
        foreach (var seek in SqliteSeek.After(query))
        {
            if (page.HasMore)
                break;
            var parameters = new SqliteParameters();
            var place = seek(parameters);
            var filter = query.Filter is null ? null : new SqliteFilterSql(parameters).Write(query.Filter);
            var text = texts.List(columns, place, filter, SqliteSeek.OrderBy(query), parameters.Add((long)page.Missing));
            // Not in Dapper's cache: filters have no end of different texts.
            await using var reader = await connection.ExecuteReaderAsync(new CommandDefinition(text, parameters, transaction, flags: CommandFlags.NoCache));
            var row = Unwrap(reader);
            while (row.Read() && page.TryAdd(ReadItem(query.Resource, columns, row, 0, misfits)))
            {
            }
        }
        return page;
    }

    private static async Task<LogPoint?> ReadHeadAsync(SqliteConnection connection, SqliteTransaction? transaction)
    {
        try
        {
            await using var reader = await connection.ExecuteReaderAsync(new CommandDefinition(SqliteLogTables.Head, transaction: transaction));
            var row = Unwrap(reader);
            return row.Read() ? new LogPoint(new(row.GetInt64(0)), row.GetInt64(1)) : default(LogPoint);
        }
        catch (SqliteException e) when (IsWithoutLog(e))
        {
            return null;
        }
    }

    internal static bool IsWithoutLog(SqliteException error) =>
        error.SqliteErrorCode == raw.SQLITE_ERROR && error.Message.Contains("no such table: realtime_changelog", StringComparison.Ordinal);

    private static Item ReadItem(ResourceDefinition resource, IReadOnlyList<ColumnDefinition> columns, SqliteDataReader row, int offset, SqliteMisfits misfits)
    {
        var values = new FieldValue[resource.Columns.Count];
        for (var i = 0; i < columns.Count; i++)
        {
            var value = SqliteProjection.Read(columns[i], row, offset + i);
            if (!value.Fits)
                misfits.Report(resource, columns[i], value);
            values[columns[i].Ordinal] = value;
        }
        return new(resource, values);
    }

    private static SqliteDataReader Unwrap(System.Data.IDataReader reader) => (SqliteDataReader)((IWrappedDataReader)reader).Reader;

    private SqliteItemStatements StatementsOf(ResourceDefinition resource) => statements.GetValue(resource, static r => new(r));
}
