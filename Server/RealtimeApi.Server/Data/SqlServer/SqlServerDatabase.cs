namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>A database of SQL Server, Azure SQL or Babelfish.</summary>
internal sealed class SqlServerDatabase(
    SqlServerConnections connections,
    SqlServerStartCheck check,
    ISchemaReader schema,
    IItemReader items,
    IItemWrites writes,
    IChangeLog log,
    IDatabaseMigrations migrations,
    IReconciliation reconciliation,
    ILeases leases) : IDatabase
{
    public ISchemaReader Schema => schema;

    public IItemReader Items => items;

    public IItemWrites Writes => writes;

    public IChangeLog Log => log;

    public ILeases Leases => leases;

    public IDatabaseMigrations? Migrations => migrations;

    public IReconciliation? Reconciliation => reconciliation;

    public Task CheckAsync(bool willWrite, CancellationToken cancellationToken) => check.RunAsync(willWrite, cancellationToken);

    public ValueTask DisposeAsync()
    {
        connections.Clear();
        return ValueTask.CompletedTask;
    }
}
