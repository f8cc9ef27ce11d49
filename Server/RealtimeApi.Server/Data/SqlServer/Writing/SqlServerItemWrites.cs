using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Microsoft.Data.SqlClient;
using Microsoft.Extensions.Logging;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>Writes items of a SQL Server database.</summary>
/// <remarks>
/// Thread-safe. Others who write the same key wait until the transaction ends: by locks on the key and on the gap where it would be, or by an application lock where hints
/// mean nothing. A deadlock's victim is done again from its start.
/// </remarks>
internal sealed partial class SqlServerItemWrites(SqlServerConnections connections, SqlServerRetry retry, TimeProvider time, ILogger<SqlServerItemWrites> logger) : IItemWrites
{
    /// <summary>Keeps others from the row of a key, or from where it would be, until the transaction ends.</summary>
    internal const string KeyLocks = " WITH (UPDLOCK, HOLDLOCK)";

    /// <summary>The same where hints mean nothing.</summary>
    internal const string KeyLock = "EXEC sp_getapplock @Resource = @p0, @LockMode = N'Exclusive', @LockOwner = N'Transaction';\n";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly ConditionalWeakTable<ResourceDefinition, SqlServerItemStatements> statements = [];

    public async Task<WriteResult> WriteAsync(WriteCommand command, CancellationToken cancellationToken)
    {
        var engine = await connections.EngineAsync(cancellationToken);
        var change = ItemChange.None;
        var watched = command with
        {
            Decide = item => change = command.Decide(item),
        };
        try
        {
            return await retry.WriteAsync(
                async (connection, token) =>
                {
                    await using var transaction = (SqlTransaction)await connection.BeginTransactionAsync(token);
                    var result = await WriteAsync(engine, transaction, watched, token);
                    await transaction.CommitAsync(CancellationToken.None);
                    return result;
                },
                cancellationToken);
        }
        catch (SqlException e) when (change.Kind != ItemChangeKind.None && SqlServerRefusals.Find(e) is { } error)
        {
            var known = SqlServerRefusals.IsOfConstraint(error.Number) ? await FindConstraintsAsync(engine, command.Resource, cancellationToken) : SqlServerConstraints.Unknown;
            var refusal = SqlServerRefusals.Explain(error.Number, error.Message, engine, command.Resource, change, known);
            if (!refusal.IsClear)
                Log.Refused(logger, command.Resource.Name, e.Message);
            throw refusal.ToProblem();
        }
    }

    public FieldValue AsStored(ColumnDefinition column, FieldValue value) => SqlServerStored.Of(column, value);

    public async Task<bool> HasAnswersAsync(DateTimeOffset before, CancellationToken cancellationToken) => await retry.ReadAsync(
        async (connection, token) => await connection.ExecuteScalarAsync<int>(new CommandDefinition(SqlServerAnswers.HasAny, new { before = before.UtcDateTime }, cancellationToken: token)) != 0,
        cancellationToken);

    public async Task<long> TrimAnswersAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        for (var deleted = 0L; ;)
        {
            var rows = await retry.ReadAsync(
                async (connection, token) => await connection.ExecuteAsync(
                    new CommandDefinition(SqlServerAnswers.DeleteBatch, new { before = before.UtcDateTime, rows = SqlServerAnswers.BatchRows }, cancellationToken: token)),
                cancellationToken);
            deleted += Math.Max(rows, 0);
            if (rows < SqlServerAnswers.BatchRows)
                return deleted;
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private async Task<WriteResult> WriteAsync(SqlServerEngine engine, SqlTransaction transaction, WriteCommand command, CancellationToken cancellationToken)
    {
        var resource = command.Resource;
        if (command.Once is { } mark && await SqlServerAnswers.FindAsync(transaction, resource.Name, mark, cancellationToken) is { } answer)
            return new(null, null) { Repeated = answer };
        var texts = statements.GetValue(resource, static r => new(r));
        var existing = command.Key is { } wanted ? await LockAsync(engine, transaction, texts, resource, wanted, cancellationToken) : null;
        var change = command.Decide(existing);
        // What has begun is finished.
        var key = change.Kind switch
        {
            ItemChangeKind.Insert => await SqlServerItemChanges.InsertAsync(transaction, resource, change),
            ItemChangeKind.Update => await SqlServerItemChanges.UpdateAsync(transaction, texts, existing!, change),
            ItemChangeKind.Delete => await SqlServerItemChanges.DeleteAsync(transaction, texts, existing!),
            _ => existing?.Key,
        };
        var item = key is null || change.Kind == ItemChangeKind.Delete ? null
            : change.Kind == ItemChangeKind.None ? existing
            : await FindAsync(transaction, texts, resource, key) ?? throw WriteRefusal.NotThere();
        var result = new WriteResult(item, resource.Watchable ? await ReadMarkAsync(transaction) : null);
        if (command.Once is { } once)
            await SqlServerAnswers.RecordAsync(transaction, resource.Name, once, once.Answer(result));
        return result;
    }

    private static async Task<Item?> LockAsync(
        SqlServerEngine engine, SqlTransaction transaction, SqlServerItemStatements texts, ResourceDefinition resource, ItemKey key, CancellationToken cancellationToken)
    {
        var parameters = new SqlServerParameters();
        var byHints = engine.HeedsLockHints && !SqlServerStorage.Of(resource.Key[0]).InMemory;
        if (!byHints)
            parameters.AddText("realtime key " + Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{resource.Table}\n{key.Identity}"))));
        var text = byHints ? texts.Find(key, parameters, KeyLocks) : KeyLock + texts.Find(key, parameters);
        return await ReadAsync(transaction, text, parameters, resource, key, cancellationToken);
    }

    private static Task<Item?> FindAsync(SqlTransaction transaction, SqlServerItemStatements texts, ResourceDefinition resource, ItemKey key)
    {
        var parameters = new SqlServerParameters();
        return ReadAsync(transaction, texts.Find(key, parameters), parameters, resource, key, CancellationToken.None);
    }

    private static async Task<LogMark?> ReadMarkAsync(SqlTransaction transaction)
    {
        await using var results = await transaction.Connection.ExecuteReaderAsync(new CommandDefinition(SqlServerLogHead.OwnSql, transaction: transaction));
        return await SqlServerLogHead.ReadOwnAsync(SqlServerItemReader.Unwrap(results), CancellationToken.None);
    }

    private static async Task<Item?> ReadAsync(
        SqlTransaction transaction, string text, SqlServerParameters parameters, ResourceDefinition resource, ItemKey key, CancellationToken cancellationToken)
    {
        await using var results = await transaction.Connection.ExecuteReaderAsync(
            new CommandDefinition(text, parameters, transaction, flags: CommandFlags.NoCache, cancellationToken: cancellationToken));
        return await SqlServerItemReader.FindAsync(SqlServerItemReader.Unwrap(results), resource, key, cancellationToken);
    }

    /// <summary>What may have refused a write, whose transaction is gone; nothing where that cannot be found out now.</summary>
    private async Task<SqlServerConstraints> FindConstraintsAsync(SqlServerEngine engine, ResourceDefinition resource, CancellationToken cancellationToken)
    {
        try
        {
            return await retry.ReadAsync((connection, token) => SqlServerConstraints.ReadAsync(connection, engine, resource, token), cancellationToken);
        }
        catch (Exception e) when (e is DatabaseUnavailableException or SchemaChangedException)
        {
            // The refusal stands, with less to say.
            return SqlServerConstraints.Unknown;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The database refused a write of {Resource} for a reason that its client cannot know: {Reason}")]
        public static partial void Refused(ILogger logger, string resource, string reason);
    }
}
