using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>What there is, compared with what a catalog asks for.</summary>
internal sealed class SqlServerPlan
{
    private SqlServerPlan(SqlServerSurvey survey) => Survey = survey;

    public SqlServerSurvey Survey { get; }

    /// <summary>Resources to be captured anew, and why.</summary>
    public List<(ResourceDefinition Resource, SqlServerTableShape Shape, string Reason)> Make { get; } = [];

    /// <summary>Captures that end.</summary>
    public List<SqlServerSurvey.Capture> End { get; } = [];

    /// <summary>Resources that another server captures by another definition.</summary>
    public List<ResourceDefinition> Yielded { get; } = [];

    /// <summary>Resources that are captured by the definitions that were asked for.</summary>
    public HashSet<string> Captured { get; } = new(StringComparer.Ordinal);

    /// <summary>What needs a person's eye: one sentence each, with the fix.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Whether some of the product's tables are missing though there is something to capture, or to be written through the server.</summary>
    public bool NeedsTables { get; private set; }

    public bool IsDone => Make.Count == 0 && End.Count == 0 && !NeedsTables;

    /// <summary>What is to be done, one sentence each.</summary>
    public IEnumerable<string> Steps =>
        (NeedsTables ? Survey.MissingTables.Select(static name => $"The table realtime.{name} is missing.") : [])
        .Concat(NeedsTables && Survey is { MissingTables.Count: 0, Version: 0 } ? ["The change log has lost its row in realtime.Log."] : [])
        .Concat(Make.Select(static made => $"The changes of {made.Resource.Table} ({made.Resource.Name}) are not captured: {made.Reason}."))
        .Concat(End.Where(ended => Make.TrueForAll(made => made.Resource.Name != ended.Resource))
            .Select(static ended => $"The changes of '{ended.Resource}' are still captured, but it is not watched any more."));

    /// <param name="survey">What there is.</param>
    /// <param name="wanted">The resources to be captured.</param>
    /// <param name="engine">What the database is.</param>
    /// <param name="asked">What this server has asked for before, by resource: what is found otherwise later is another server's wish. Null: all is as is asked for now.</param>
    /// <param name="keepsAnswers">Whether something can be written through the server, whose answers are kept even where nothing is captured.</param>
    public static SqlServerPlan For(
        SqlServerSurvey survey, IReadOnlyList<ResourceDefinition> wanted, SqlServerEngine engine, IReadOnlyDictionary<string, string>? asked, bool keepsAnswers)
    {
        var plan = new SqlServerPlan(survey);
        if (survey.Version > SqlServerLogTables.Version)
            throw new DatabaseUnavailableException(
                $"The change log in the database is of a newer version ({survey.Version}) of the server than this one ({SqlServerLogTables.Version}).");
        plan.NeedsTables = (wanted.Count > 0 || keepsAnswers) && !survey.HasLog;
        var kept = new HashSet<long>();
        var active = survey.Captures.Where(static capture => capture.IsActive).ToList();
        foreach (var resource in wanted)
            plan.Judge(resource, active, engine, asked, kept);
        foreach (var capture in active)
        {
            var isAnothers = asked is not null && !asked.ContainsKey(capture.Resource) && wanted.All(resource => resource.Name != capture.Resource);
            if (!kept.Contains(capture.Number) && !isAnothers && capture.Version <= SqlServerTriggers.Version)
                plan.End.Add(capture);
        }

        plan.Warn(wanted);
        return plan;
    }

    private void Judge(
        ResourceDefinition resource,
        List<SqlServerSurvey.Capture> active,
        SqlServerEngine engine,
        IReadOnlyDictionary<string, string>? asked,
        HashSet<long> kept)
    {
        var captures = active.FindAll(capture => capture.Resource == resource.Name);
        if (!Survey.Tables.TryGetValue(resource, out var table) || resource.Columns.Any(column => !table.Shape.Columns.Contains(column.Column)))
        {
            // Dropped or altered just now, and noticed in a moment; if not, somebody should know.
            Warnings.Add($"The changes of {resource.Table} ({resource.Name}) are not captured: the database does not find the table, or not all of its columns.");
            return;
        }

        if (table.Shape.Obstacle is { } obstacle)
        {
            Warnings.Add($"{resource.Table} ({resource.Name}) cannot be watched: {obstacle}.");
            return;
        }

        var number = SqlServerCaptureId.Of(resource);
        var own = captures.Find(capture => capture.Number == number);
        var reason = FindFault(resource, table.Id, table.Shape, own, engine);
        if (own is not null && (reason is null || own.Version > SqlServerTriggers.Version))
        {
            kept.Add(own.Number);
            Captured.Add(resource.Name);
        }
        else if (captures.Find(capture => capture.Version > SqlServerTriggers.Version) is { } newer)
        {
            kept.Add(newer.Number);
            Yielded.Add(resource);
        }
        else if (captures.Find(capture => capture.Number != number && IsThere(table.Id, capture)) is { } others
            && asked is not null && asked.TryGetValue(resource.Name, out var fingerprint) && fingerprint == resource.Fingerprint)
        {
            kept.Add(others.Number);
            Yielded.Add(resource);
        }
        else
        {
            // Made anew under its own number, it does not end.
            kept.Add(number);
            Make.Add((resource, table.Shape, captures.Count > 0 && own is null ? "its definition has changed" : reason!));
        }
    }

    /// <summary>Why a capture is not what it should be; null where it is.</summary>
    private string? FindFault(ResourceDefinition resource, int table, SqlServerTableShape shape, SqlServerSurvey.Capture? capture, SqlServerEngine engine)
    {
        if (capture is null)
            return "its triggers have not been made";
        if (!capture.IsInLog)
            return "the change log has been emptied";
        foreach (var trigger in SqlServerTriggers.For(resource, shape, engine))
        {
            if (!Survey.Triggers.TryGetValue((table, capture.Triggers + trigger.Event), out var found))
                return $"the trigger {trigger.Name} is missing";
            if (found.IsDisabled)
                return $"the trigger {trigger.Name} has been disabled";
            if (found.Definition is not null && !trigger.IsMadeAs(found.Definition))
                return $"the trigger {trigger.Name} has been altered or is of another version";
        }

        return null;
    }

    private bool IsThere(int table, SqlServerSurvey.Capture capture) => Survey.Triggers.ContainsKey((table, capture.Triggers + "insert"));

    private void Warn(IReadOnlyList<ResourceDefinition> wanted)
    {
        if (wanted.Count > 0 && !Survey.FiresNestedTriggers)
            Warnings.Add("What other triggers write is not captured, because the server option 'nested triggers' is off: EXEC sp_configure 'nested triggers', 1; RECONFIGURE.");
        if (!Survey.SeesDefinitions && Make.Count > 0)
            Warnings.Add($"The login may not read definitions, so triggers that are there may not be seen: GRANT VIEW DEFINITION TO it, or ALTER ROLE {SqlServerLogTables.Role} ADD MEMBER it.");
        foreach (var (resource, (id, _)) in Survey.Tables)
            foreach (var other in Survey.OthersFirst.Where(other => other.Table == id))
                Warnings.Add(
                    $"On {resource.Table}, the trigger '{other.Name}' fires first on {other.Event}, before the change is captured: if it writes the same row, the changes are logged in the wrong order. "
                    + $"EXEC sp_settriggerorder N'{SqlServerName.Quote(SqlServerName.SchemaOf(resource.Table))}.{SqlServerName.Quote(other.Name)}', 'None', '{other.Event}', then migrate again.");
    }
}
