using System.Data;
using System.Globalization;
using Microsoft.Data.SqlClient;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>Repairs what the triggers of a table could not see: TRUNCATE, bulk copies that fire none, a time in which they were switched off.</summary>
/// <remarks>
/// <para>
/// The log keeps the last image of every row that has changed since it was last trimmed. Where that is not what the table holds, the change that is missing is written: an update,
/// a deletion, or a creation. A row that has not changed for longer than the log goes back is not in it, and whether one has vanished or appeared unseen, nothing in
/// the database tells. So unless the log knows of every row (the capture began on an empty table, and nothing of it has been trimmed), a mark follows: cursors
/// from before it are expired, clients list the resource again, and see the difference.
/// </para>
/// <para>
/// One transaction for some hundred keys (<see cref="SqlServerReconciliationSql.BatchKeys"/>). It locks the table against writers (not readers) first, so that neither the rows nor the log's word on them changes
/// between the comparison and the change that is written. Stateless; several at once repeat each other's comparisons and write nothing twice.
/// </para>
/// </remarks>
internal sealed class SqlServerReconciliation(SqlServerConnections connections, SqlServerRetry retry, SqlServerHighWater highWater) : IReconciliation
{
    /// <summary>Rows of the log that are read at once.</summary>
    private const int PageRows = 1000;

    public async Task<ReconciliationProgress> RunAsync(ResourceDefinition resource, IProgress<ReconciliationProgress> progress, CancellationToken cancellationToken)
    {
        var engine = await connections.EngineAsync(cancellationToken);
        var run = new Run(resource, engine, SqlServerCaptureId.Of(resource));
        await retry.ReadAsync((connection, token) => BeginAsync(connection, run, token), cancellationToken);
        while (await retry.ReadAsync((connection, token) => ReadLogAsync(connection, null, run, token), cancellationToken))
        {
        }

        await retry.ReadAsync((connection, token) => SettleAsync(connection, run, token), cancellationToken);
        run.Total = await retry.ReadAsync(
            (connection, token) => connection.ScalarAsync<long>(null, run.Sql.Count, token), cancellationToken);
        var total = run.IsWhole ? Math.Max(run.Total, run.Last.Count) : run.Last.Count;
        foreach (var keys in run.Last.Values.Select(static last => last.Key).ToList().Chunk(run.Sql.BatchKeys))
            await CompareAsync(run, keys, total, progress, cancellationToken);
        if (run.IsWhole)
        {
            // Rows that the log knows nothing of.
            ItemKey? after = null;
            while (true)
            {
                var (keys, last) = await retry.ReadAsync((connection, token) => ReadKeysAsync(connection, run, after, token), cancellationToken);
                if (last is null)
                    break;
                after = last;
                if (keys.Count > 0)
                    await CompareAsync(run, keys, total, progress, cancellationToken);
            }

            return run.Progress(total);
        }

        await retry.WriteAsync((connection, token) => MarkAsync(connection, run, token), cancellationToken);
        return run.Progress(total) with
        {
            Note = "The change log does not go back to every row, so what became of the others cannot be told: watches that are older than this end with cursor-expired, and their clients list again.",
        };
    }

    private async ValueTask<bool> BeginAsync(SqlConnection connection, Run run, CancellationToken cancellationToken)
    {
        var survey = await SqlServerSurvey.TakeAsync(connection, null, run.Engine, [run.Resource], cancellationToken);
        var plan = SqlServerPlan.For(survey, [run.Resource], run.Engine, new Dictionary<string, string>(), keepsAnswers: false);
        if (!plan.Captured.Contains(run.Resource.Name))
            throw new RealtimeApiStartException($"{run.Resource.Name} cannot be reconciled, because it is not captured. {string.Join(' ', plan.Steps)} Run the host's command 'migrate' first.");
        var found = await connection.RowsAsync(
            null,
            SqlServerReconciliationSql.Begin,
            static reader => (Start: reader.GetInt64(0), Whole: reader.GetBoolean(1), Low: reader.GetInt64(2)),
            cancellationToken,
            ("@capture", run.Capture));
        run.Scanned = Math.Max(found[0].Start, found[0].Low);
        run.Mark = await connection.ScalarAsync<long>(null, $"{await highWater.DeclareAsync(connection, cancellationToken)}\nSELECT @mark;", cancellationToken);
        run.Settled = Math.Max(run.Scanned, run.Mark - 1);
        run.IsWhole = found[0].Whole && found[0].Low < found[0].Start;
        return true;
    }

    /// <summary>Takes the log's next rows into account.</summary>
    /// <returns>Whether there may be more.</returns>
    private static async ValueTask<bool> ReadLogAsync(SqlConnection connection, SqlTransaction? transaction, Run run, CancellationToken cancellationToken)
    {
        // While others write, below the high-water mark: all of that is settled. What follows is read when nobody writes the table; others' open rows are passed over.
        var rows = await connection.RowsAsync(
            transaction,
            run.Sql.Log(isSettled: transaction is null),
            static reader => (Position: reader.GetInt64(0), Op: reader.GetByte(1), Image: reader.GetString(2)),
            cancellationToken,
            ("@rows", PageRows),
            ("@scanned", transaction is null ? run.Scanned : run.Settled),
            ("@mark", run.Mark),
            ("@capture", run.Capture));
        foreach (var (position, op, image) in rows)
        {
            var key = SqlServerImage.Read(run.Resource, image).Key;
            if (!run.Last.TryGetValue(key.Text, out var last) || last.Position < position)
                run.Last[key.Text] = (position, op, key);
            if (transaction is null)
                run.Scanned = Math.Max(run.Scanned, position);
            else
                run.Settled = Math.Max(run.Settled, position);
        }

        return rows.Count == PageRows;
    }

    /// <summary>Takes the log's rows from the mark on into account, which may be many where a transaction is long: what is compared must hold every key that they are about.</summary>
    private static async ValueTask<bool> SettleAsync(SqlConnection connection, Run run, CancellationToken cancellationToken)
    {
        await using var transaction = (SqlTransaction)await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        await LockAndReadLogAsync(connection, transaction, run, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>A page of the table's keys that the log knows nothing of, and the last that was looked at.</summary>
    private static async ValueTask<(List<ItemKey> Keys, ItemKey? Last)> ReadKeysAsync(SqlConnection connection, Run run, ItemKey? after, CancellationToken cancellationToken)
    {
        var key = run.Resource.Key;
        await using var command = new SqlCommand { Connection = connection };
        for (var i = 0; after is not null && i < key.Count; i++)
            command.Parameters.Add(Parameter(string.Create(CultureInfo.InvariantCulture, $"@k{i}"), key[i], after.Values[i]));
        command.Parameters.Add(new("@rows", run.Sql.BatchKeys));
        SetText(command, run.Sql.Keys(isFirst: after is null));
        var keys = new List<ItemKey>();
        ItemKey? last = null;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            last = SqlServerImage.Read(run.Resource, reader.GetString(0)).Key;
            if (!run.Last.ContainsKey(last.Text))
                keys.Add(last);
        }

        return (keys, last);
    }

    private async Task CompareAsync(
        Run run, IReadOnlyList<ItemKey> keys, long total, IProgress<ReconciliationProgress> progress, CancellationToken cancellationToken)
    {
        var (created, updated, deleted) = await retry.WriteAsync((connection, token) => CompareAsync(connection, run, keys, token), cancellationToken);
        run.Rows += keys.Count;
        run.Created += created;
        run.Updated += updated;
        run.Deleted += deleted;
        progress.Report(run.Progress(total));
    }

    private static async ValueTask<(int Created, int Updated, int Deleted)> CompareAsync(
        SqlConnection connection, Run run, IReadOnlyList<ItemKey> keys, CancellationToken cancellationToken)
    {
        await using var transaction = (SqlTransaction)await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        await LockAndReadLogAsync(connection, transaction, run, cancellationToken);
        var rows = await ReadRowsAsync(connection, transaction, run, keys, cancellationToken);
        var before = await ReadImagesAsync(connection, transaction, run, keys, cancellationToken);
        var (created, updated, deleted) = (0, 0, 0);
        foreach (var key in keys)
        {
            rows.TryGetValue(key.Text, out var row);
            run.Last.TryGetValue(key.Text, out var last);
            var image = last.Op is SqlServerLogTables.Insert or SqlServerLogTables.Update ? before.GetValueOrDefault(last.Position) : null;
            byte op;
            switch (image, row)
            {
                case (null, null):
                    continue;
                case (null, not null):
                    op = SqlServerLogTables.Insert;
                    created++;
                    break;
                case (not null, null):
                    op = SqlServerLogTables.Delete;
                    deleted++;
                    break;
                default:
                    if (run.AreEqual(image, row))
                        continue;
                    op = SqlServerLogTables.Update;
                    updated++;
                    break;
            }

            await connection.RunAsync(
                transaction,
                SqlServerReconciliationSql.Write,
                cancellationToken,
                ("@capture", run.Capture),
                ("@op", op),
                ("@before", image),
                ("@after", row));
        }

        await transaction.CommitAsync(cancellationToken);
        return (created, updated, deleted);
    }

    private static async ValueTask LockAndReadLogAsync(SqlConnection connection, SqlTransaction transaction, Run run, CancellationToken cancellationToken)
    {
        await LockAsync(connection, transaction, run, cancellationToken);
        // Nobody writes the table now, so every row of the log about it can be seen.
        while (await ReadLogAsync(connection, transaction, run, cancellationToken))
        {
        }
    }

    private static async ValueTask LockAsync(SqlConnection connection, SqlTransaction transaction, Run run, CancellationToken cancellationToken)
    {
        // Two reconciliations of a table take turns. And whoever writes the log must have written something before (SqlServerHighWater).
        await connection.RunAsync(
            transaction,
            SqlServerReconciliationSql.TakeTurn,
            cancellationToken,
            ("@capture", run.Capture));
        await connection.RunAsync(transaction, run.Sql.Lock, cancellationToken);
    }

    /// <summary>The images of the rows that have these keys, by the keys' texts.</summary>
    private static async ValueTask<Dictionary<string, string>> ReadRowsAsync(
        SqlConnection connection, SqlTransaction transaction, Run run, IReadOnlyList<ItemKey> keys, CancellationToken cancellationToken)
    {
        var columns = run.Resource.Key;
        await using var command = new SqlCommand { Connection = connection, Transaction = transaction };
        for (var i = 0; i < keys.Count; i++)
            for (var j = 0; j < columns.Count; j++)
                command.Parameters.Add(Parameter(SqlServerReconciliationSql.KeyPart(i, j), columns[j], keys[i].Values[j]));
        SetText(command, run.Sql.Rows(keys.Count));
        var rows = new Dictionary<string, string>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var image = reader.GetString(0);
            rows[SqlServerImage.Read(run.Resource, image).Key.Text] = image;
        }

        return rows;
    }

    /// <summary>The last images of the log, by position.</summary>
    private static async ValueTask<Dictionary<long, string>> ReadImagesAsync(
        SqlConnection connection, SqlTransaction transaction, Run run, IReadOnlyList<ItemKey> keys, CancellationToken cancellationToken)
    {
        var positions = keys
            .Select(key => run.Last.GetValueOrDefault(key.Text))
            .Where(static last => last.Op is SqlServerLogTables.Insert or SqlServerLogTables.Update)
            .Select(static last => last.Position)
            .ToList();
        if (positions.Count == 0)
            return [];
        return (await connection.RowsAsync(
            transaction,
            run.Sql.Images(positions),
            static reader => (reader.GetInt64(0), reader.GetString(1)),
            cancellationToken)).ToDictionary(static row => row.Item1, static row => row.Item2);
    }

    /// <summary>Lets every older cursor expire.</summary>
    private static async ValueTask<bool> MarkAsync(SqlConnection connection, Run run, CancellationToken cancellationToken)
    {
        await using var transaction = (SqlTransaction)await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        await LockAsync(connection, transaction, run, cancellationToken);
        await connection.RunAsync(
            transaction,
            run.Sql.Mark,
            cancellationToken,
            ("@capture", run.Capture),
            ("@name", run.Resource.Name));
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static SqlParameter Parameter(string name, ColumnDefinition column, FieldValue value)
    {
        var storage = SqlServerStorage.Of(column);
        var parameter = new SqlParameter(name, storage.Type == SqlDbType.Timestamp ? SqlDbType.Binary : storage.Type)
        {
            Value = SqlServerProjection.Store(column, value) ?? DBNull.Value,
        };
        if (storage.Type == SqlDbType.Decimal)
            (parameter.Precision, parameter.Scale) = (storage.Precision, storage.Scale);
        else if (storage.Type is SqlDbType.Time or SqlDbType.DateTime2 or SqlDbType.DateTimeOffset)
            parameter.Scale = storage.Scale;
        else if (storage.Size > 0)
            parameter.Size = storage.Size;
        return parameter;
    }

    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA2100", Justification = "Values are parameters; what is put into the text are quoted names.")]
    private static void SetText(SqlCommand command, string sql) => command.CommandText = sql;

    /// <summary>One reconciliation, owned by its caller.</summary>
    private sealed class Run(ResourceDefinition resource, SqlServerEngine engine, long capture)
    {
        private readonly int[] versions =
            [.. resource.Columns.Where(static column => SqlServerStorage.Of(column).Type == SqlDbType.Timestamp).Select(static column => column.Ordinal)];

        public ResourceDefinition Resource { get; } = resource;

        public SqlServerEngine Engine { get; } = engine;

        public long Capture { get; } = capture;

        public SqlServerReconciliationSql Sql { get; } = new(resource, engine);

        /// <summary>By the key's text, the log's last row about it.</summary>
        public Dictionary<string, (long Position, byte Op, ItemKey Key)> Last { get; } = new(StringComparer.Ordinal);

        /// <summary>The high-water mark when it began.</summary>
        public long Mark { get; set; }

        /// <summary>How far the log below the mark has been read.</summary>
        public long Scanned { get; set; }

        /// <summary>How far the log from the mark on has been read, while nobody wrote the table.</summary>
        public long Settled { get; set; }

        /// <summary>Whether the log knows of every row that there was since the capture began.</summary>
        public bool IsWhole { get; set; }

        public long Total { get; set; }

        public long Rows { get; set; }

        public long Created { get; set; }

        public long Updated { get; set; }

        public long Deleted { get; set; }

        public ReconciliationProgress Progress(long total) => new(Rows, total, Created, Updated, Deleted);

        /// <summary>Whether two images are the same but for rowversions, which are no changes by themselves.</summary>
        public bool AreEqual(string left, string right)
        {
            if (left == right)
                return true;
            var (before, after) = (SqlServerImage.Read(Resource, left).Values, SqlServerImage.Read(Resource, right).Values);
            foreach (var ordinal in versions)
                after[ordinal] = before[ordinal];
            return ImageEquality.AreEqual(before, after);
        }
    }
}
