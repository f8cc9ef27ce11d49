using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data;

/// <summary>What the product installs in a database beside its users' tables: the change log, and what captures the changes of the watchable resources.</summary>
/// <remarks>
/// Only databases have it where someone other than the running server may do this (<see cref="IDatabase.Migrations"/>). Thread-safe; several nodes and processes
/// may apply at once. Every method may throw <see cref="DatabaseUnavailableException"/>.
/// </remarks>
internal interface IDatabaseMigrations
{
    /// <summary>What is missing, outdated or left over for this catalog; reads only, with the rights of the running server.</summary>
    /// <returns>One sentence for each thing that <see cref="ApplyAsync"/> would do, and of warnings; nothing pending where all is as it should be.</returns>
    Task<MigrationState> CheckAsync(ResourceCatalog catalog, CancellationToken cancellationToken);

    /// <summary>
    /// A script that does what <see cref="ApplyAsync"/> does, for a DBA to read and to run with the database's own tools: complete, idempotent, commented, batches
    /// separated by <c>GO</c>. The same for the same catalog and version, whatever is installed, so that it can be kept under version control.
    /// </summary>
    Task<string> ScriptAsync(ResourceCatalog catalog, CancellationToken cancellationToken);

    /// <summary>Installs what is missing, replaces what is outdated, removes the capture of resources that are no longer watchable. All of it or nothing; idempotent.</summary>
    /// <returns>What was done, one sentence for each thing; nothing where all was as it should be.</returns>
    Task<MigrationState> ApplyAsync(ResourceCatalog catalog, CancellationToken cancellationToken);

    /// <summary>A script that does what <see cref="RemoveAsync"/> does.</summary>
    Task<string> ScriptRemovalAsync(CancellationToken cancellationToken);

    /// <summary>Removes everything of the product's from the database, the log and its rows included. Idempotent; the users' tables and rows stay as they are.</summary>
    /// <returns>What was removed, one sentence for each thing; nothing where nothing was there.</returns>
    Task<MigrationState> RemoveAsync(CancellationToken cancellationToken);
}
