using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.DependencyInjection;

namespace RealtimeApi.Server.Resources;

/// <summary>The catalog in force, made from what the database holds and what the configuration says of it.</summary>
/// <remarks>Thread-safe: <see cref="Current"/> is immutable and swapped whole; refreshes take turns.</remarks>
internal sealed partial class CatalogSource(IDatabase database, IOptions<RealtimeApiOptions> options, ILogger<CatalogSource> logger) : IDisposable
{
    private readonly SemaphoreSlim refreshing = new(1);
    private readonly HashSet<string> said = [];
    private volatile ResourceCatalog current = new([]);
    private bool started;

    /// <summary>The catalog in force; empty before the first refresh.</summary>
    public ResourceCatalog Current => current;

    /// <summary>Discovers the schema anew and swaps the catalog. A definition that has not changed stays the same object.</summary>
    /// <remarks>
    /// The first time, at start, mistakes of the configuration are thrown. Later, when a table was altered beneath the server, each is logged
    /// once and its resource is left out until the database is mended.
    /// </remarks>
    /// <exception cref="OptionsValidationException">At start: the configuration names what the database does not have; all such mistakes at once.</exception>
    /// <exception cref="DatabaseUnavailableException">The database does not answer; <see cref="Current"/> stays.</exception>
    public async Task<ResourceCatalog> RefreshAsync(CancellationToken cancellationToken)
    {
        await refreshing.WaitAsync(cancellationToken);
        try
        {
            var builder = new CatalogBuilder(options.Value, database.Schema, await database.Schema.ReadAsync(cancellationToken));
            var catalog = builder.Build();
            if (builder.Mistakes.Count > 0 && !started)
                throw new OptionsValidationException(RealtimeApiOptions.SectionName, typeof(RealtimeApiOptions), builder.Mistakes);
            Say(builder);
            started = true;
            return current = Keep(catalog);
        }
        finally
        {
            refreshing.Release();
        }
    }

    public void Dispose() => refreshing.Dispose();

    private ResourceCatalog Keep(ResourceCatalog found) =>
        new(found.Resources.Select(next => current.Find(next.Name) is { } old && old.IsSameAs(next) ? old : next));

    private void Say(CatalogBuilder builder)
    {
        foreach (var mistake in builder.Mistakes.Where(said.Add))
            Log.LeftOut(logger, mistake);
        foreach (var note in builder.Notes.Where(said.Add))
            Log.Note(logger, note);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A resource is no longer served, because the database has changed. {Mistake}", EventName = "ResourceLeftOut")]
        public static partial void LeftOut(ILogger logger, string mistake);

        [LoggerMessage(2, LogLevel.Warning, "{Note}", EventName = "Discovered")]
        public static partial void Note(ILogger logger, string note);
    }
}
