using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Resources;
using SQLitePCL;

namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>Brings the log's tables and the triggers into the form that a catalog asks for.</summary>
/// <remarks>
/// <para>
/// Every time a resource's triggers are made it gets a new capture number and a mark in the log. Rows of other captures are never read by its
/// definition, so an image is never taken for one of another form.
/// </para>
/// <para>
/// Where several servers with different definitions share a database, the last one that was started, or whose definition changed, has its way; the others
/// stop serving watches of that resource instead of making the triggers back and forth. Called by one loop at a time.
/// </para>
/// </remarks>
internal sealed partial class SqliteCapture(SqliteConnections connections, TimeProvider time, ILogger logger)
{
    /// <summary>How many turns are waited for, one after the other, to switch to the write-ahead log.</summary>
    private const int SwitchTurns = 3;

    // What this server has asked for before, by resource: what is found otherwise later is another server's wish.
    private readonly Dictionary<string, string> asked = new(StringComparer.Ordinal);
    private bool hasAsked;
    private volatile IReadOnlySet<string> captured = new HashSet<string>();

    /// <summary>Makes what is missing.</summary>
    /// <returns>The state of the log; null where nothing is captured.</returns>
    public async Task<LogState?> PrepareAsync(SqliteConnection connection, ResourceCatalog catalog, CancellationToken cancellationToken)
    {
        var wanted = catalog.Resources.Where(resource => resource is { Watchable: true, IsView: false }).ToList();
        LogState? state;
        Plan plan;
        using (connection.BeginTransaction(deferred: true))
        {
            plan = Survey(connection, wanted);
            state = plan.IsDone && plan.HasLog ? ReadState(connection, plan) : null;
        }

        if (!plan.IsDone)
        {
            await SqliteWriteLock.WaitAsync(connection, connections, time, cancellationToken);
            if (wanted.Count > 0)
                UseWriteAheadLog(connection);
            using var transaction = connection.BeginTransaction(deferred: false);
            plan = Survey(connection, wanted);
            Apply(connection, plan, wanted);
            // Read before the commit: a schema that another program changes right after it must differ from the one prepared.
            state = plan.HasLog || wanted.Count > 0 ? ReadState(connection, plan) : null;
            transaction.Commit();
            Report(plan);
        }

        captured = plan.Captured;
        hasAsked = true;
        asked.Clear();
        foreach (var resource in wanted)
            asked[resource.Name] = resource.Fingerprint;
        return wanted.Count > 0 ? state : null;
    }

    /// <summary>What there is, compared with what is wanted.</summary>
    private Plan Survey(SqliteConnection connection, List<ResourceDefinition> wanted)
    {
        var hasLog = SqliteLogTables.Exist(connection);
        var plan = new Plan { HasLog = hasLog };
        if (!hasLog && wanted.Count == 0)
            return plan;

        if (hasLog && connection.Scalar<long>("SELECT max(version) FROM realtime_log") is var version && version > SqliteLogTables.Version)
            throw new DatabaseUnavailableException($"The change log in the database is of a newer version ({version}) of the server than this one ({SqliteLogTables.Version}).");

        var captures = hasLog
            ? connection.Rows(
                "SELECT capture, resource, fingerprint, start_position <= (SELECT max(position) FROM realtime_changelog) FROM realtime_capture WHERE active",
                static reader => new Capture(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), !reader.IsDBNull(3) && reader.GetInt64(3) != 0))
            : [];
        var triggers = connection.Rows(
            "SELECT name, sql, rowid FROM sqlite_schema WHERE type = 'trigger' AND name GLOB 'realtime_*'",
            static reader => (Trigger: new SqliteTrigger(reader.GetString(0), reader.GetString(1)), Place: reader.GetInt64(2)))
            .FindAll(static found => SqliteTrigger.IsOurs(found.Trigger.Sql))
            .ConvertAll(static found => new Found(found.Trigger, found.Place));
        var kept = new HashSet<long>();

        foreach (var resource in wanted)
        {
            var shape = SqliteTableShape.Read(connection, resource.Table.Name);
            var capture = captures.Find(candidate => candidate.Resource == resource.Name);
            if (shape is null || resource.Columns.Any(column => shape.Find(column.Column) is null))
            {
                plan.Unfit.Add(resource);
            }
            else if (resource.Columns.Count > SqliteLogTables.MaxColumns)
            {
                plan.TooWide.Add(resource);
            }
            else if (capture is not null && (IsMade(resource, shape, capture, triggers) || IsNewer(capture, triggers)))
            {
                kept.Add(capture.Number);
                if (capture.Fingerprint == resource.Fingerprint)
                    plan.Captured.Add(resource.Name);
            }
            else if (capture is not null && IsAnothersWish(resource, capture, triggers))
            {
                kept.Add(capture.Number);
                plan.Yielded.Add(resource);
            }
            else
            {
                plan.Make.Add((resource, shape));
            }
        }

        foreach (var capture in captures)
            if (!kept.Contains(capture.Number) && !IsAnothersResource(capture, wanted))
                plan.End.Add(capture);
        var ended = plan.End.Select(capture => capture.Number).ToHashSet();
        var known = captures.Select(capture => capture.Number).ToHashSet();
        plan.Drop.AddRange(triggers.Where(found => found.Version <= SqliteTrigger.Version && (ended.Contains(found.Capture) || !known.Contains(found.Capture))));
        return plan;
    }

    private static bool IsMade(ResourceDefinition resource, SqliteTableShape shape, Capture capture, List<Found> triggers)
    {
        if (capture.Fingerprint != resource.Fingerprint || !capture.IsInLog)
            return false;
        var made = triggers.FindAll(found => found.Capture == capture.Number);
        var expected = SqliteTriggers.For(resource, shape, capture.Number);
        return made.Count == expected.Count
            && expected.All(trigger => made.Exists(found => found.Trigger == trigger))
            && made.TrueForAll(found => found.Place > shape.NewestForeignTrigger);
    }

    private static bool IsNewer(Capture capture, List<Found> triggers) =>
        triggers.Exists(found => found.Capture == capture.Number && found.Version > SqliteTrigger.Version);

    private bool IsAnothersWish(ResourceDefinition resource, Capture capture, List<Found> triggers) =>
        asked.TryGetValue(resource.Name, out var fingerprint) && fingerprint == resource.Fingerprint && capture.Fingerprint != fingerprint
        && triggers.Exists(found => found.Capture == capture.Number);

    private bool IsAnothersResource(Capture capture, List<ResourceDefinition> wanted) =>
        hasAsked && !asked.ContainsKey(capture.Resource) && !wanted.Exists(resource => resource.Name == capture.Resource);

    private static void Apply(SqliteConnection connection, Plan plan, List<ResourceDefinition> wanted)
    {
        foreach (var found in plan.Drop)
            connection.Run($"DROP TRIGGER {SqliteName.Quote(found.Trigger.Name)}");
        if (wanted.Count > 0)
            SqliteLogTables.Ensure(connection, plan.Make.Select(made => made.Resource.Columns.Count).DefaultIfEmpty().Max());
        if (wanted.Count > 0 && !plan.HasLog)
            connection.Run("UPDATE realtime_capture SET active = 0");
        foreach (var capture in plan.End)
            connection.Run("UPDATE realtime_capture SET active = 0 WHERE capture = $capture", ("$capture", capture.Number));

        foreach (var (resource, shape) in plan.Make)
        {
            connection.Run("INSERT INTO realtime_changelog (tag, capture, op) VALUES (random(), 0, $mark)", ("$mark", SqliteTriggers.Mark));
            var start = connection.Scalar<long>("SELECT max(position) FROM realtime_changelog");
            connection.Run(
                """
                INSERT INTO realtime_capture (resource, table_name, fingerprint, start_position, active)
                VALUES ($resource, $table, $fingerprint, $start, 1)
                """,
                ("$resource", resource.Name),
                ("$table", resource.Table.Name),
                ("$fingerprint", resource.Fingerprint),
                ("$start", start));
            var capture = connection.Scalar<long>("SELECT max(capture) FROM realtime_capture");
            connection.Run(
                "UPDATE realtime_changelog SET capture = $capture, time = CAST((julianday('now') - 2440587.5) * 86400000.0 + 0.5 AS INTEGER) WHERE position = $start",
                ("$capture", capture),
                ("$start", start));
            foreach (var trigger in SqliteTriggers.For(resource, shape, capture))
                connection.Run(trigger.Sql);
            plan.Captured.Add(resource.Name);
        }

        if (plan.Make.Count > 0 || plan.End.Count > 0)
            connection.Run("DELETE FROM realtime_collision WHERE capture NOT IN (SELECT capture FROM realtime_capture WHERE active)");
    }

    /// <summary>The state without captures that are not this server's. Thread-safe.</summary>
    public LogState Narrow(LogState state) => Narrow(state, captured);

    private static LogState Narrow(LogState state, IReadOnlySet<string> names) =>
        state.CaptureStarts.Keys.All(names.Contains)
            ? state
            : state with { CaptureStarts = state.CaptureStarts.Where(start => names.Contains(start.Key)).ToDictionary() };

    private static LogState ReadState(SqliteConnection connection, Plan plan) => Narrow(SqliteLogReader.ReadState(connection), plan.Captured);

    // Readers then do not block writers, nor writers them. A file system that cannot do it leaves the mode as it is, and all still works, more slowly.
    private void UseWriteAheadLog(SqliteConnection connection)
    {
        if (connection.Scalar<string>("PRAGMA journal_mode") == "wal")
            return;
        if (SwitchToWriteAheadLog(connection) == "wal")
            Log.TurnedOnWal(logger, connection.DataSource);
        else
            Log.NoWal(logger, connection.DataSource);
    }

    /// <summary>Switches, even while others write: SQLite then refuses it at once and does not wait as for a lock, but right after one's own turn to write they still wait for theirs.</summary>
    /// <returns>The mode that it has now.</returns>
    private static string? SwitchToWriteAheadLog(SqliteConnection connection)
    {
        for (var turns = 1; ; turns++)
        {
            using (var turn = connection.BeginTransaction(deferred: false))
                turn.Commit();
            try
            {
                return connection.Scalar<string>("PRAGMA journal_mode = WAL");
            }
            catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_BUSY && turns < SwitchTurns)
            {
            }
        }
    }

    private void Report(Plan plan)
    {
        // One line each: a database may have hundreds of tables.
        if (plan.Make.Count > 0)
            Log.Capturing(logger, string.Join(", ", plan.Make.Select(made => $"'{made.Resource.Table.Name}' ({made.Resource.Name})")));
        string[] ended = [.. plan.End.Select(capture => capture.Resource).Where(name => plan.Make.TrueForAll(made => made.Resource.Name != name))];
        if (ended.Length > 0)
            Log.Ended(logger, string.Join(", ", ended));
        foreach (var resource in plan.Yielded)
            Log.Yielded(logger, resource.Name);
        foreach (var resource in plan.TooWide)
            Log.TooWide(logger, resource.Name, resource.Columns.Count, SqliteLogTables.MaxColumns);
    }

    /// <param name="Number">Its number, which the log's rows name.</param>
    /// <param name="Resource">The resource.</param>
    /// <param name="Fingerprint">The definition's.</param>
    /// <param name="IsInLog">Whether the log reaches its start; not so where somebody has emptied it.</param>
    private sealed record Capture(long Number, string Resource, string Fingerprint, bool IsInLog);

    private sealed record Found(SqliteTrigger Trigger, long Place)
    {
        public int Version { get; } = SqliteTrigger.Read(Trigger.Sql).Version;

        public long Capture { get; } = SqliteTrigger.Read(Trigger.Sql).Capture;
    }

    private sealed class Plan
    {
        public bool HasLog { get; init; }

        /// <summary>Resources to be captured anew.</summary>
        public List<(ResourceDefinition Resource, SqliteTableShape Shape)> Make { get; } = [];

        /// <summary>Captures that end.</summary>
        public List<Capture> End { get; } = [];

        public List<Found> Drop { get; } = [];

        /// <summary>Resources whose table is gone or no longer has their columns.</summary>
        public List<ResourceDefinition> Unfit { get; } = [];

        public List<ResourceDefinition> TooWide { get; } = [];

        /// <summary>Resources that another server captures by another definition.</summary>
        public List<ResourceDefinition> Yielded { get; } = [];

        /// <summary>Resources that are captured by the definitions that were asked for.</summary>
        public HashSet<string> Captured { get; } = new(StringComparer.Ordinal);

        public bool IsDone => Make.Count == 0 && End.Count == 0 && Drop.Count == 0;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Turned on write-ahead logging (journal mode WAL) for {Database}, since tables in it are watched.")]
        public static partial void TurnedOnWal(ILogger logger, string database);

        [LoggerMessage(2, LogLevel.Warning, "{Database} cannot use write-ahead logging (journal mode WAL): readers and writers will wait for each other.")]
        public static partial void NoWal(ILogger logger, string database);

        [LoggerMessage(3, LogLevel.Information, "Changes of these tables are captured from now on, by triggers: {Tables}.")]
        public static partial void Capturing(ILogger logger, string tables);

        [LoggerMessage(4, LogLevel.Information, "Changes are no longer captured for {Resources}; the triggers have been removed.")]
        public static partial void Ended(ILogger logger, string resources);

        [LoggerMessage(5, LogLevel.Warning, "{Resource} cannot be watched here: another server of this database, started later, captures it by another definition.")]
        public static partial void Yielded(ILogger logger, string resource);

        [LoggerMessage(6, LogLevel.Warning, "{Resource} cannot be watched: its table has {Columns} columns, and the change log has room for {Limit}.")]
        public static partial void TooWide(ILogger logger, string resource, int columns, int limit);
    }
}
