using RealtimeApi.Server.Data;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Maintenance;

/// <summary>
/// What is done to the database beside serving it: installing the change log and its triggers, removing them, repairing what they could not see. For a program's own
/// commands; the host's are <c>migrate</c> and <c>reconcile</c>. Resolved from the services of <c>AddRealtimeApi()</c>; the server need not run.
/// </summary>
/// <remarks>
/// Thread-safe; may run beside servers and writers. Every method throws <see cref="RealtimeApiStartException"/> where the database cannot be reached or used, with the
/// fix, and <see cref="Microsoft.Extensions.Options.OptionsValidationException"/> where the configuration has mistakes.
/// </remarks>
public sealed class DatabaseMaintenance
{
    private readonly IDatabase database;
    private readonly CatalogSource catalogs;

    internal DatabaseMaintenance(IDatabase database, CatalogSource catalogs)
    {
        this.database = database;
        this.catalogs = catalogs;
    }

    /// <summary>Whether the database needs any of this; on SQLite the running server sees to everything itself, and the methods have nothing to do.</summary>
    public bool IsNeeded => database.Migrations is not null;

    /// <summary>Says what is missing, outdated or left over; changes nothing.</summary>
    public async Task<MigrationState> CheckAsync(CancellationToken cancellationToken = default) =>
        database.Migrations is { } migrations ? await migrations.CheckAsync(await ReadCatalogAsync(cancellationToken), cancellationToken) : new();

    /// <summary>Installs what is missing, replaces what is outdated, and removes the capture of resources that are no longer watchable; all of it or nothing.</summary>
    /// <returns>What was done.</returns>
    public async Task<MigrationState> MigrateAsync(CancellationToken cancellationToken = default) =>
        database.Migrations is { } migrations ? await migrations.ApplyAsync(await ReadCatalogAsync(cancellationToken), cancellationToken) : new();

    /// <summary>The script that does what <see cref="MigrateAsync"/> does, batches separated by <c>GO</c>; empty where nothing is needed.</summary>
    public async Task<string> ScriptAsync(CancellationToken cancellationToken = default) =>
        database.Migrations is { } migrations ? await migrations.ScriptAsync(await ReadCatalogAsync(cancellationToken), cancellationToken) : "";

    /// <summary>Removes everything of the product's from the database, the log's rows included. Cursors that clients hold end with <c>cursor-expired</c>.</summary>
    /// <returns>What was removed.</returns>
    public async Task<MigrationState> RemoveAsync(CancellationToken cancellationToken = default)
    {
        if (database.Migrations is not { } migrations)
            return new();
        await database.CheckAsync(willWrite: false, cancellationToken);
        return await migrations.RemoveAsync(cancellationToken);
    }

    /// <summary>The script that does what <see cref="RemoveAsync"/> does; empty where nothing is needed.</summary>
    public async Task<string> ScriptRemovalAsync(CancellationToken cancellationToken = default)
    {
        if (database.Migrations is not { } migrations)
            return "";
        await database.CheckAsync(willWrite: false, cancellationToken);
        return await migrations.ScriptRemovalAsync(cancellationToken);
    }

    /// <summary>Compares resources with what the change log says of them, and writes the changes that it lacks.</summary>
    /// <param name="resources">The names of watchable resources; none for all of them.</param>
    /// <param name="progress">Told now and then, by the resource's name; and at the end of each.</param>
    /// <param name="cancellationToken">Ends it between two transactions.</param>
    /// <exception cref="ArgumentException">A name is none of a watchable resource; the message lists those there are.</exception>
    public async Task ReconcileAsync(
        IReadOnlyCollection<string> resources, IProgress<(string Resource, ReconciliationProgress Progress, bool IsDone)> progress, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resources);
        ArgumentNullException.ThrowIfNull(progress);
        if (database.Reconciliation is not { } reconciliation)
            return;
        foreach (var resource in Choose(await ReadCatalogAsync(cancellationToken), resources))
        {
            var done = await reconciliation.RunAsync(resource, new OfResource(resource.Name, progress), cancellationToken);
            progress.Report((resource.Name, done, true));
        }
    }

    private async Task<ResourceCatalog> ReadCatalogAsync(CancellationToken cancellationToken)
    {
        await database.CheckAsync(willWrite: false, cancellationToken);
        return await catalogs.RefreshAsync(cancellationToken);
    }

    private static List<ResourceDefinition> Choose(ResourceCatalog catalog, IReadOnlyCollection<string> names)
    {
        var watchable = catalog.Resources.Where(resource => resource.Watchable).ToList();
        if (names.Count == 0)
            return watchable;
        var unknown = names.Where(name => !watchable.Exists(resource => Is(resource, name))).ToList();
        if (unknown.Count > 0)
        {
            throw new ArgumentException(
                $"No watchable resource is called {string.Join(" or ", unknown.Select(name => $"'{name}'"))}. There {(watchable.Count == 1 ? "is" : "are")}: "
                + $"{string.Join(", ", watchable.Select(resource => resource.Name))}.");
        }

        return watchable.FindAll(resource => names.Any(name => Is(resource, name)));
    }

    private static bool Is(ResourceDefinition resource, string name) => string.Equals(resource.Name, name, StringComparison.OrdinalIgnoreCase);

    private sealed class OfResource(string name, IProgress<(string Resource, ReconciliationProgress Progress, bool IsDone)> progress) : IProgress<ReconciliationProgress>
    {
        public void Report(ReconciliationProgress value) => progress.Report((name, value, false));
    }
}
