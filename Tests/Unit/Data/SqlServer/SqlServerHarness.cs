using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Data.SqlServer;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Resources;
using RealtimeApi.Tests.TestSupport.SqlServer;

namespace RealtimeApi.Tests.Unit.Data.SqlServer;

/// <summary>What reads and writes a database of the test server, as the server's own services would be made.</summary>
internal sealed class SqlServerHarness : IDisposable
{
    public SqlServerHarness(TempSqlServerDatabase database)
    {
        Database = database;
        Connections = new(database.ConnectionString);
        Retry = new(Connections, TimeProvider.System);
        Schema = new(Connections, Retry, NullLogger<SqlServerSchemaReader>.Instance);
        Items = new(Connections, Retry, new(Connections));
        Writes = new(Connections, Retry, TimeProvider.System, NullLogger<SqlServerItemWrites>.Instance);
    }

    public TempSqlServerDatabase Database { get; }

    public SqlServerConnections Connections { get; }

    public SqlServerRetry Retry { get; }

    public SqlServerSchemaReader Schema { get; }

    public SqlServerItemReader Items { get; }

    public SqlServerItemWrites Writes { get; }

    /// <summary>The resources of the database as it is now; all tables where nothing is configured.</summary>
    public async Task<ResourceCatalog> CatalogAsync(Action<RealtimeApiOptions>? configure = null)
    {
        var options = new RealtimeApiOptions();
        options.Resources.All = configure is null;
        configure?.Invoke(options);
        if (configure is null)
            options.Resources[ResourcesOptions.Wildcard].Write = true;
        var builder = new CatalogBuilder(options, Schema, await Schema.ReadAsync(CancellationToken.None));
        var catalog = builder.Build();
        return builder.Mistakes.Count == 0 ? catalog : throw new OptionsValidationException("", typeof(RealtimeApiOptions), builder.Mistakes);
    }

    public void Dispose() => Connections.Dispose();
}
