using System.Data;
using System.Data.Common;
using System.Runtime.CompilerServices;
using Dapper;
using Microsoft.Data.SqlClient;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>Reads items of a SQL Server database through Dapper, each call in one round trip.</summary>
/// <remarks>
/// Thread-safe. The log's point is read in a statement before the items, so it is the older of the two. Where the database allows snapshots the items are read by them,
/// and wait for no writer. A cancelled call ends on the server, so that a long scan does not outlive its client.
/// </remarks>
internal sealed class SqlServerItemReader(SqlServerConnections connections, SqlServerRetry retry, SqlServerHighWater highWater) : IItemReader
{
    private readonly ConditionalWeakTable<ResourceDefinition, SqlServerItemStatements> statements = [];

    public async Task<ItemPage> ListAsync(ListQuery query, CancellationToken cancellationToken)
    {
        var engine = await connections.EngineAsync(cancellationToken);
        var texts = StatementsOf(query.Resource);
        var columns = texts.ColumnsOf(query);
        return await retry.ReadAsync(
            async (connection, token) =>
            {
                var page = new PageBuilder(query);
                var parameters = new SqlServerParameters();
                // Not in Dapper's cache: filters have no end of different texts.
                var command = new CommandDefinition(
                    await PrefixAsync(engine, connection, query.Resource, token) + texts.List(query, columns, page.Missing, parameters), parameters, flags: CommandFlags.NoCache, cancellationToken: token);
                await using var results = await connection.ExecuteReaderAsync(command);
                var row = Unwrap(results);
                var point = query.Resource.Watchable ? await ReadPointAsync(row, token) : null;
                long? count = null;
                if (query.Count)
                {
                    await row.ReadAsync(token);
                    count = row.GetInt64(0);
                    await row.NextResultAsync(token);
                }

                do
                {
                    while (await row.ReadAsync(token))
                        if (!page.TryAdd(ReadItem(query.Resource, columns, row)))
                        {
                            // What is left need not be sent.
                            Cancel(results);
                            return new ItemPage(page.Items, page.HasMore, count, point);
                        }
                }
                while (await row.NextResultAsync(token));
                return new ItemPage(page.Items, page.HasMore, count, point);
            },
            cancellationToken);
    }

    public async Task<ItemRead> FindAsync(ResourceDefinition resource, ItemKey key, CancellationToken cancellationToken)
    {
        var engine = await connections.EngineAsync(cancellationToken);
        var texts = StatementsOf(resource);
        return await retry.ReadAsync(
            async (connection, token) =>
            {
                var parameters = new SqlServerParameters();
                await using var results = await connection.ExecuteReaderAsync(
                    new CommandDefinition(await PrefixAsync(engine, connection, resource, token) + texts.Find(key, parameters), parameters, cancellationToken: token));
                var row = Unwrap(results);
                var point = resource.Watchable ? await ReadPointAsync(row, token) : null;
                return new ItemRead(await FindAsync(row, resource, key, token), point);
            },
            cancellationToken);
    }

    /// <summary>The item of a key among the reader's rows.</summary>
    internal static async Task<Item?> FindAsync(SqlDataReader row, ResourceDefinition resource, ItemKey key, CancellationToken cancellationToken)
    {
        while (await row.ReadAsync(cancellationToken))
        {
            // A collation may call more texts equal than memory does; only an item of this very key is the answer.
            var item = ReadItem(resource, resource.Columns, row);
            if (ItemKey.IsComplete(resource, item.Values) && item.Key.Equals(key))
                return item;
        }

        return null;
    }

    internal static SqlDataReader Unwrap(DbDataReader reader) => (SqlDataReader)((IWrappedDataReader)reader).Reader;

    private static async Task<LogPoint?> ReadPointAsync(SqlDataReader row, CancellationToken cancellationToken)
    {
        var point = await SqlServerLogHead.ReadAsync(row, cancellationToken);
        await row.NextResultAsync(cancellationToken);
        return point;
    }

    private async ValueTask<string> PrefixAsync(SqlServerEngine engine, SqlConnection connection, ResourceDefinition resource, CancellationToken cancellationToken) =>
        (resource.Watchable ? SqlServerLogHead.Sql(engine, await highWater.DeclareAsync(connection, cancellationToken)) + "\n" : "")
        + (SqlServerStorage.Of(resource.Key[0]).InMemory ? "" : engine.ReadsOfVersions);

    private static Item ReadItem(ResourceDefinition resource, IReadOnlyList<ColumnDefinition> columns, SqlDataReader row)
    {
        var values = new FieldValue[resource.Columns.Count];
        for (var i = 0; i < columns.Count; i++)
            values[columns[i].Ordinal] = SqlServerProjection.Read(columns[i], row, i);
        return new(resource, values);
    }

    private static void Cancel(DbDataReader reader) => ((IWrappedDataReader)reader).Command.Cancel();

    private SqlServerItemStatements StatementsOf(ResourceDefinition resource) => statements.GetValue(resource, static r => new(r));
}
