using Microsoft.Extensions.DependencyInjection;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Tests.Integration.Rest;

/// <summary>The real database, with its reads of items counted, and an outage on demand.</summary>
internal sealed class CountingDatabase(IDatabase database) : IDatabase, IItemReader
{
    private int reads;

    public int Reads => Volatile.Read(ref reads);

    /// <summary>What each read throws instead.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Whether the database is down for everything but reads of items.</summary>
    public bool IsDown { get; set; }

    public ISchemaReader Schema => Up().Schema;

    public IItemReader Items => this;

    public IItemWrites Writes => Up().Writes;

    public ILeases? Leases => Up().Leases;

    public IChangeLog Log => IsDown ? Up().Log : HeldLog;

    public HeldLog HeldLog { get; } = new(database);

    /// <summary>Puts itself around the database that is registered.</summary>
    public static void Decorate(IServiceCollection services)
    {
        var inner = services.Last(service => service.ServiceType == typeof(IDatabase));
        services.Remove(inner);
        services.AddSingleton(provider => new CountingDatabase(
            (IDatabase)(inner.ImplementationInstance ?? inner.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(provider, inner.ImplementationType!))));
        services.AddSingleton<IDatabase>(provider => provider.GetRequiredService<CountingDatabase>());
    }

    public Task<ItemPage> ListAsync(ListQuery query, CancellationToken cancellationToken)
    {
        Count();
        return database.Items.ListAsync(query, cancellationToken);
    }

    public Task<ItemRead> FindAsync(ResourceDefinition resource, ItemKey key, CancellationToken cancellationToken)
    {
        Count();
        return database.Items.FindAsync(resource, key, cancellationToken);
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    private IDatabase Up() => IsDown ? throw new DatabaseUnavailableException("down") : database;

    private void Count()
    {
        Interlocked.Increment(ref reads);
        if (Failure is { } failure)
            throw failure;
    }
}
