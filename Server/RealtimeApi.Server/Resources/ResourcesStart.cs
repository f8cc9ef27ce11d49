using Microsoft.Extensions.Hosting;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.DependencyInjection;

namespace RealtimeApi.Server.Resources;

/// <summary>Looks at the database before anything else starts, so that whoever starts the server reads what is wrong, once and in words.</summary>
internal sealed class ResourcesStart(IDatabase database, CatalogSource catalogs) : IHostedLifecycleService
{
    /// <exception cref="RealtimeApiStartException">The database cannot be served.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await database.CheckAsync(willWrite: false, cancellationToken);
        var catalog = await catalogs.RefreshAsync(cancellationToken);
        if (catalog.Resources.Any(resource => resource.Watchable || resource.Writable))
            await database.CheckAsync(willWrite: true, cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
