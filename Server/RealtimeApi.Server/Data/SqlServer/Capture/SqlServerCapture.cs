using Microsoft.Data.SqlClient;
using Microsoft.Extensions.Logging;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>Brings the log's tables and the triggers into the form that a catalog asks for, or says that they are not in it.</summary>
/// <remarks>
/// <para>
/// A server that may migrate (<see cref="DatabaseOptions.AutoMigrate"/>) does what is missing. One that may not fails at its start and names the command that does it; later,
/// when a table has been altered while it runs, it goes on without the resources that no longer fit. It ends a capture whose triggers somebody has
/// removed, altered or switched off, so that it does not go on when they are back, as if nothing had happened in between.
/// </para>
/// <para>
/// Where several servers with different definitions share a database, the last one that was started, or whose definition changed, has its way, as on SQLite. Called
/// by one loop at a time.
/// </para>
/// </remarks>
internal sealed partial class SqlServerCapture(
    SqlServerConnections connections, SqlServerLogReader log, SqlServerHighWater highWater, SqlServerSchemaVersion schema, bool autoMigrate, TimeProvider time, ILogger logger)
{
    internal const string EndSql = "UPDATE [realtime].[Capture] SET [Active] = 0 WHERE [Capture] = @capture;";

    internal const string BindSql = """
        UPDATE [realtime].[Log]
        SET [Id] = CASE WHEN [Fork] IS NULL THEN [Id] ELSE LOWER(LEFT(REPLACE(CONVERT(nvarchar(36), NEWID()), N'-', N''), 16)) END, [Fork] = @fork
        WHERE [Fork] IS NULL OR [Fork] <> @fork;
        """;

    private static readonly TimeSpan SettlePause = TimeSpan.FromMilliseconds(20);

    private readonly Dictionary<string, string> asked = new(StringComparer.Ordinal);
    private readonly HashSet<string> warned = new(StringComparer.Ordinal);
    private bool hasAsked;
    private volatile IReadOnlySet<string> captured = new HashSet<string>();

    /// <summary>Makes what is missing, or judges what is there.</summary>
    /// <returns>The state of the log; null where nothing is captured.</returns>
    /// <exception cref="RealtimeApiStartException">Something is missing, and this server may not make it.</exception>
    public async ValueTask<LogState?> PrepareAsync(SqlConnection connection, ResourceCatalog catalog, CancellationToken cancellationToken)
    {
        var engine = await connections.EngineAsync(cancellationToken);
        var wanted = Wanted(catalog);
        var before = hasAsked ? asked : null;
        var version = await schema.ReadNowAsync(connection, null, cancellationToken);
        var survey = await SqlServerSurvey.TakeAsync(connection, null, engine, wanted, cancellationToken);
        var keepsAnswers = KeepsAnswers(catalog);
        // Where only the answers of writes are missing, the start has been refused, or this server makes the tables.
        if (wanted.Count == 0 && !survey.HasLog && !(autoMigrate && keepsAnswers))
            return null;
        var plan = SqlServerPlan.For(survey, wanted, engine, before, keepsAnswers);
        if (!plan.IsDone && autoMigrate)
            (plan, version) = await MigrateAsync(connection, engine, catalog, wanted, before, cancellationToken);
        else if (!plan.IsDone)
            await RefuseAsync(connection, plan, before is null, cancellationToken);
        Report(plan);
        captured = plan.Captured;
        hasAsked = true;
        asked.Clear();
        foreach (var resource in wanted)
            asked[resource.Name] = resource.Fingerprint;
        if (wanted.Count == 0 || !(plan.Survey.HasLog || autoMigrate))
            return null;

        await BindAsync(connection, plan.Survey, version.Fork, cancellationToken);
        return Narrow(await ReadSettledAsync(connection, cancellationToken), plan.Captured) with { SchemaVersion = version.Version };
    }

    /// <summary>The resources of a catalog that are to be captured.</summary>
    public static List<ResourceDefinition> Wanted(ResourceCatalog catalog) => [.. catalog.Resources.Where(static resource => resource is { Watchable: true, IsView: false })];

    /// <summary>Whether the answers of writes are to be kept.</summary>
    public static bool KeepsAnswers(ResourceCatalog catalog) => catalog.Resources.Any(static resource => resource.Writable);

    /// <summary>The state without captures that are not this server's. Thread-safe.</summary>
    public LogState Narrow(LogState state) => Narrow(state, captured);

    private static LogState Narrow(LogState state, IReadOnlySet<string> names) =>
        state.CaptureStarts.Keys.All(names.Contains)
            ? state
            : state with { CaptureStarts = state.CaptureStarts.Where(start => names.Contains(start.Key)).ToDictionary() };

    private async ValueTask<(SqlServerPlan Plan, SqlServerSchemaVersion.Seen Version)> MigrateAsync(
        SqlConnection connection,
        SqlServerEngine engine,
        ResourceCatalog catalog,
        List<ResourceDefinition> wanted,
        Dictionary<string, string>? before,
        CancellationToken cancellationToken)
    {
        var fork = (await schema.ReadNowAsync(connection, null, cancellationToken)).Fork;
        await using var transaction = (SqlTransaction)await connection.BeginTransactionAsync(cancellationToken);
        await connection.RunAsync(transaction, SqlServerBatches.Lock, cancellationToken);
        var plan = SqlServerPlan.For(await SqlServerSurvey.TakeAsync(connection, transaction, engine, wanted, cancellationToken), wanted, engine, before, KeepsAnswers(catalog));
        await SqlServerMigrations.RunAsync(connection, transaction, SqlServerMigrations.Batches(engine, catalog, plan), cancellationToken);
        // What was missing is there now; and what another program changes right after the commit must differ from what was prepared.
        var version = await schema.ReadNowAsync(connection, transaction, cancellationToken) with { Fork = fork };
        await transaction.CommitAsync(cancellationToken);
        if (plan.Make.Count > 0)
            Log.Capturing(logger, string.Join(", ", plan.Make.Select(made => $"'{made.Resource.Table}' ({made.Resource.Name})")));
        string[] ended = [.. plan.End.Select(capture => capture.Resource).Where(name => plan.Make.TrueForAll(made => made.Resource.Name != name))];
        if (ended.Length > 0)
            Log.Ended(logger, string.Join(", ", ended));
        foreach (var made in plan.Make)
            plan.Captured.Add(made.Resource.Name);
        return (plan, version);
    }

    private async ValueTask RefuseAsync(SqlConnection connection, SqlServerPlan plan, bool isStart, CancellationToken cancellationToken)
    {
        // What is captured though nobody watches it costs, and stops nothing.
        if (isStart && (plan.NeedsTables || plan.Make.Count > 0))
        {
            throw new RealtimeApiStartException(
                $"The database is not ready for watches. {string.Join(' ', plan.Steps.Concat(plan.Warnings).Take(10))} "
                + "Run the host's command 'migrate' (or 'migrate --script' for the script to be run by a DBA), set RealtimeApi:Database:AutoMigrate to true, or switch Watch off.");
        }

        if (plan.NeedsTables)
            throw new DatabaseUnavailableException($"The change log is gone. {string.Join(' ', plan.Steps.Take(10))} Run the host's command 'migrate'.");
        foreach (var (resource, _, reason) in plan.Make)
        {
            var number = SqlServerCaptureId.Of(resource);
            if (plan.Survey.Captures.Any(capture => capture.Number == number && capture.IsActive))
                await connection.RunAsync(null, EndSql, cancellationToken, ("@capture", number));
            if (warned.Add($"{resource.Name} {resource.Fingerprint} {reason}"))
                Log.NotCaptured(logger, resource.Name, reason);
        }
    }

    /// <summary>Gives the log another id when the database has been restored, which not every cursor would show.</summary>
    private async ValueTask BindAsync(SqlConnection connection, SqlServerSurvey survey, string? fork, CancellationToken cancellationToken)
    {
        if (fork is null || fork == survey.Fork)
            return;
        var renamed = await connection.RunAsync(
            null,
            BindSql,
            cancellationToken,
            ("@fork", fork));
        if (renamed > 0 && survey.Fork is not null)
            Log.Restored(logger);
    }

    /// <summary>The state, once the starts of all captures are settled, if that does not take too long: a watch that begins before one would end at it.</summary>
    private async ValueTask<LogState> ReadSettledAsync(SqlConnection connection, CancellationToken cancellationToken)
    {
        var begin = time.GetTimestamp();
        while (true)
        {
            var isSettled = await highWater.IsSettledAsync(connection, cancellationToken);
            var state = await log.ReadStateAsync(connection, null, cancellationToken);
            if (isSettled && state.CaptureStarts.Values.All(start => start <= state.Head.Position))
                return state;
            if (time.GetElapsedTime(begin) > highWater.SettleTime)
            {
                Log.NotSettled(logger);
                return state;
            }

            await Task.Delay(SettlePause, time, cancellationToken);
        }
    }

    private void Report(SqlServerPlan plan)
    {
        foreach (var warning in plan.Warnings)
            if (warned.Add(warning))
                Log.Warning(logger, warning);
        foreach (var resource in plan.Yielded)
            if (warned.Add($"{resource.Name} {resource.Fingerprint}"))
                Log.Yielded(logger, resource.Name);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Changes of these tables are captured from now on, by triggers: {Tables}.")]
        public static partial void Capturing(ILogger logger, string tables);

        [LoggerMessage(2, LogLevel.Information, "Changes are no longer captured for {Resources}; the triggers have been removed.")]
        public static partial void Ended(ILogger logger, string resources);

        [LoggerMessage(3, LogLevel.Warning, "{Resource} cannot be watched here: another server of this database, started later or newer, captures it by another definition.")]
        public static partial void Yielded(ILogger logger, string resource);

        [LoggerMessage(4, LogLevel.Error, "{Resource} cannot be watched any more: {Reason}. Run the host's command 'migrate'.")]
        public static partial void NotCaptured(ILogger logger, string resource, string reason);

        [LoggerMessage(5, LogLevel.Warning, "{Warning}")]
        public static partial void Warning(ILogger logger, string warning);

        [LoggerMessage(6, LogLevel.Warning, "The database has been restored: cursors from before are expired.")]
        public static partial void Restored(ILogger logger);

        [LoggerMessage(7, LogLevel.Warning, "Another transaction has been open since before the capture began; until it ends, no change can be sent.")]
        public static partial void NotSettled(ILogger logger);
    }
}
