using System.Globalization;
using System.Text;
using Microsoft.Data.SqlClient;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>Installs, judges and removes what the product needs in a SQL Server database.</summary>
/// <remarks>Thread-safe. One transaction, which waits for any other migration of the same database.</remarks>
internal sealed class SqlServerMigrations(SqlServerConnections connections, SqlServerRetry retry) : IDatabaseMigrations
{
    // DDL waits for whoever uses a table.
    private const int TimeoutSeconds = 180;

    internal const string RightsSql = """
        SELECT s.name, o.name, p.permission_name
        FROM sys.database_permissions AS p INNER JOIN sys.objects AS o ON o.object_id = p.major_id INNER JOIN sys.schemas AS s ON s.schema_id = o.schema_id
        WHERE p.class = 1 AND p.minor_id = 0 AND p.state IN ('G', 'W') AND p.grantee_principal_id = DATABASE_PRINCIPAL_ID(N'realtime_server')
        """;

    public async Task<MigrationState> CheckAsync(ResourceCatalog catalog, CancellationToken cancellationToken)
    {
        var engine = await connections.EngineAsync(cancellationToken);
        return await retry.ReadAsync(
            async (connection, token) =>
            {
                var plan = await SurveyAsync(connection, null, engine, catalog, token);
                return new MigrationState { Steps = [.. plan.Steps, .. await FindMissingRightsAsync(connection, engine, catalog, plan, token)], Warnings = Warnings(catalog, plan, engine) };
            },
            cancellationToken);
    }

    public async Task<string> ScriptAsync(ResourceCatalog catalog, CancellationToken cancellationToken)
    {
        var engine = await connections.EngineAsync(cancellationToken);
        var wanted = SqlServerCapture.Wanted(catalog);
        return await retry.ReadAsync(
            async (connection, token) =>
            {
                var tables = await SqlServerTableShapes.ReadAsync(connection, null, engine, wanted, token);
                return Script(engine, catalog, tables.ToDictionary(static table => table.Key, static table => table.Value.Shape));
            },
            cancellationToken);
    }

    public async Task<MigrationState> ApplyAsync(ResourceCatalog catalog, CancellationToken cancellationToken)
    {
        var engine = await connections.EngineAsync(cancellationToken);
        return await retry.WriteAsync(
            async (connection, token) =>
            {
                await using var transaction = (SqlTransaction)await connection.BeginTransactionAsync(token);
                await connection.RunAsync(transaction, SqlServerBatches.Lock, token);
                var plan = await SurveyAsync(connection, transaction, engine, catalog, token);
                IReadOnlyList<string> steps = [.. plan.Steps];
                if (SqlServerCapture.Wanted(catalog).Count > 0 || plan.Survey.HasLog || SqlServerCapture.KeepsAnswers(catalog))
                    await RunAsync(connection, transaction, Batches(engine, catalog, plan), token);
                await transaction.CommitAsync(token);
                return new MigrationState { Steps = steps, Warnings = Warnings(catalog, plan, engine) };
            },
            cancellationToken);
    }

    public async Task<string> ScriptRemovalAsync(CancellationToken cancellationToken) => ScriptRemoval(await connections.EngineAsync(cancellationToken));

    public async Task<MigrationState> RemoveAsync(CancellationToken cancellationToken)
    {
        var engine = await connections.EngineAsync(cancellationToken);
        return await retry.WriteAsync(
            async (connection, token) =>
            {
                await using var transaction = (SqlTransaction)await connection.BeginTransactionAsync(token);
                await connection.RunAsync(transaction, SqlServerBatches.Lock, token);
                var survey = await SqlServerSurvey.TakeAsync(connection, transaction, engine, [], token);
                List<string> steps = [];
                steps.AddRange(survey.Captures.Where(static capture => capture.IsActive).Select(static capture => $"The triggers that captured '{capture.Resource}' were removed."));
                if (survey.MissingTables.Count < SqlServerLogTables.Names.Count)
                    steps.Add("The change log and the other tables of the schema realtime were removed.");
                if (survey.HasRole)
                    steps.Add($"The role {SqlServerLogTables.Role} was removed.");
                await RunAsync(connection, transaction, SqlServerBatches.Remove(engine), token);
                await transaction.CommitAsync(token);
                return new MigrationState { Steps = steps };
            },
            cancellationToken);
    }

    /// <summary>What brings a database from what was found to what the catalog asks for.</summary>
    public static IEnumerable<(string Comment, string Sql)> Batches(SqlServerEngine engine, ResourceCatalog catalog, SqlServerPlan plan) =>
    [
        .. SqlServerLogTables.Create(engine),
        .. SqlServerBatches.Rights(engine, catalog.Resources),
        .. plan.Make.Select(made => SqlServerBatches.Capture(made.Resource, made.Shape, engine)),
        .. plan.End.Count > 0 ? [SqlServerBatches.End($"[Capture] IN ({List(plan.End.Select(static capture => capture.Number))})")] : Array.Empty<(string, string)>(),
        SqlServerBatches.DropEnded,
    ];

    /// <summary>Runs batches one by one.</summary>
    public static async ValueTask RunAsync(
        SqlConnection connection, SqlTransaction transaction, IEnumerable<(string Comment, string Sql)> batches, CancellationToken cancellationToken)
    {
        foreach (var (_, sql) in batches)
        {
            await using var command = connection.Command(transaction, sql);
            command.CommandTimeout = TimeoutSeconds;
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>The whole installation as a script.</summary>
    public static string Script(SqlServerEngine engine, ResourceCatalog catalog, IReadOnlyDictionary<ResourceDefinition, SqlServerTableShape> shapes)
    {
        var wanted = SqlServerCapture.Wanted(catalog).FindAll(resource => shapes.TryGetValue(resource, out var shape) && shape.Obstacle is null);
        IEnumerable<(string Comment, string Sql)> batches =
        [
            .. SqlServerLogTables.Create(engine),
            .. SqlServerBatches.Rights(engine, catalog.Resources),
            .. wanted.Select(resource => SqlServerBatches.Capture(resource, shapes[resource], engine)),
            SqlServerBatches.End(wanted.Count > 0 ? $"[Capture] NOT IN ({List(wanted.Select(SqlServerCaptureId.Of))})" : "1 = 1"),
            SqlServerBatches.DropEnded,
        ];
        return Script(
            engine,
            $"""
            -- RealtimeApi: the change log, its triggers and the role of the running server (log {SqlServerLogTables.Version}, triggers {SqlServerTriggers.Version}).
            --
            -- Run it in the database that the server serves, as a member of db_owner; where the schema realtime is there already, db_ddladmin, db_securityadmin and
            -- db_datareader with CONTROL on it are enough. It may be run again at any time: what is there as it should be stays, and the log goes on. All of it is one transaction.
            -- Making the triggers of a table waits for the transactions that use it, half a minute at most. After that every change of the captured tables
            -- is also written to realtime.ChangeLog, by any program, in its own transaction. The server's command 'migrate --script --remove' prints what takes all of it away.
            """,
            batches);
    }

    /// <summary>The whole removal as a script.</summary>
    public static string ScriptRemoval(SqlServerEngine engine) => Script(
        engine,
        """
        -- RealtimeApi: removes the triggers, the change log with all its rows, and the role of the running server. The tables that were captured stay as they are.
        -- Every cursor that a client holds is expired after this. All of it is one transaction, and it may be run again.
        """,
        SqlServerBatches.Remove(engine));

    private static string Script(SqlServerEngine engine, string header, IEnumerable<(string Comment, string Sql)> batches)
    {
        var script = new StringBuilder(header).Append("""


            SET XACT_ABORT, QUOTED_IDENTIFIER, ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL ON;
            SET NUMERIC_ROUNDABORT OFF;
            GO
            BEGIN TRANSACTION;

            """).Append(SqlServerBatches.Lock).Append("\nGO\n");
        foreach (var (comment, sql) in batches)
        {
            // A tool goes on with the next batch when one has failed, and that has undone everything.
            script.Append(CultureInfo.InvariantCulture, $"\n-- {comment}\nIF @@TRANCOUNT = 0\n    THROW 51002, N'A step before this one failed, and nothing has been changed.', 1;\n{sql}\nGO\n");
        }

        return script.Append("\nIF @@TRANCOUNT > 0\n    COMMIT;\nGO\n").ToString().ReplaceLineEndings("\n");
    }

    private static async ValueTask<SqlServerPlan> SurveyAsync(
        SqlConnection connection, SqlTransaction? transaction, SqlServerEngine engine, ResourceCatalog catalog, CancellationToken cancellationToken)
    {
        var wanted = SqlServerCapture.Wanted(catalog);
        return SqlServerPlan.For(await SqlServerSurvey.TakeAsync(connection, transaction, engine, wanted, cancellationToken), wanted, engine, asked: null, SqlServerCapture.KeepsAnswers(catalog));
    }

    private static async ValueTask<IReadOnlyList<string>> FindMissingRightsAsync(
        SqlConnection connection, SqlServerEngine engine, ResourceCatalog catalog, SqlServerPlan plan, CancellationToken cancellationToken)
    {
        if (!plan.Survey.HasRole)
            return SqlServerCapture.Wanted(catalog).Count > 0 || SqlServerCapture.KeepsAnswers(catalog) ? [$"The role {SqlServerLogTables.Role} is missing."] : [];
        if (!engine.HasDatabaseRights || !plan.Survey.SeesDefinitions)
            return [];
        var given = (await connection.RowsAsync(
            null,
            RightsSql,
            static reader => (new TableName(reader.GetString(0), reader.GetString(1)), reader.GetString(2)),
            cancellationToken)).ToHashSet();
        return
        [
            .. catalog.Resources.SelectMany(resource => SqlServerBatches.RightsOn(resource)
                .Where(right => !given.Contains((resource.Table, right)))
                .Select(right => $"The role {SqlServerLogTables.Role} lacks {right} on {resource.Table}.")),
        ];
    }

    private static List<string> Warnings(ResourceCatalog catalog, SqlServerPlan plan, SqlServerEngine engine)
    {
        List<string> warnings = [.. plan.Warnings];
        if (SqlServerCapture.Wanted(catalog).Count == 0)
            return warnings;
        warnings.Add(
            "Programs that use Entity Framework Core 7 or later must know of the triggers, or their writes fail with error 334 (OUTPUT without INTO): "
            + "modelBuilder.Entity<T>().ToTable(t => t.HasTrigger(\"realtime\")) for each watched table, or UseSqlOutputClause(false).");
        if (!engine.ReadCommittedSnapshot && !engine.IsBabelfish)
            warnings.Add("READ_COMMITTED_SNAPSHOT is off, so reads wait for writers: consider ALTER DATABASE CURRENT SET READ_COMMITTED_SNAPSHOT ON.");
        return warnings;
    }

    private static string List(IEnumerable<long> numbers) => string.Join(", ", numbers.Select(static number => number.ToString(CultureInfo.InvariantCulture)));
}
