namespace RealtimeApi.Server.Data.Sqlite;

/// <summary>A SQLite file.</summary>
internal sealed class SqliteDatabase(SqliteConnections connections, ISchemaReader schema, IItemReader items, IItemWrites writes, IChangeLog log, ILeases leases)
    : IDatabase
{
    public ISchemaReader Schema => schema;

    public IItemReader Items => items;

    public IItemWrites Writes => writes;

    public IChangeLog Log => log;

    public ILeases Leases => leases;

    public Task CheckAsync(bool willWrite, CancellationToken cancellationToken) => SqliteStartCheck.RunAsync(connections, willWrite, cancellationToken);

    public ValueTask DisposeAsync()
    {
        connections.Clear();
        return ValueTask.CompletedTask;
    }
}
