using Microsoft.Extensions.DependencyInjection;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Tests.TestSupport;

/// <summary>The real database, of which the node is never told that others have written: it must look, or be woken.</summary>
internal sealed class DeafDatabase(IDatabase database) : IDatabase, IChangeLog
{
    public ISchemaReader Schema => database.Schema;

    public IItemReader Items => database.Items;

    public IItemWrites Writes => database.Writes;

    public ILeases? Leases => database.Leases;

    public IChangeLog Log => this;

    /// <summary>Puts itself around the database that is registered.</summary>
    public static void Decorate(IServiceCollection services)
    {
        var inner = services.Last(service => service.ServiceType == typeof(IDatabase));
        services.Remove(inner);
        services.AddSingleton<IDatabase>(provider => new DeafDatabase((IDatabase)inner.ImplementationFactory!(provider)));
    }

    public Task<LogState?> PrepareAsync(ResourceCatalog catalog, CancellationToken cancellationToken) => database.Log.PrepareAsync(catalog, cancellationToken);

    public Task<LogPage> ReadAsync(ResourceCatalog catalog, LogPosition after, int maxBytes, string? resourceName, CancellationToken cancellationToken) =>
        database.Log.ReadAsync(catalog, after, maxBytes, resourceName, cancellationToken);

    public Task<LogState> FindAsync(LogPosition position, CancellationToken cancellationToken) => database.Log.FindAsync(position, cancellationToken);

    public Task<long> TrimAsync(DateTimeOffset before, CancellationToken cancellationToken) => database.Log.TrimAsync(before, cancellationToken);

    public Task WaitForWriteAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);

    public ValueTask DisposeAsync() => database.DisposeAsync();
}
