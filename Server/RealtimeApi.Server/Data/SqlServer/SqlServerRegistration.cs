using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;

namespace RealtimeApi.Server.Data.SqlServer;

internal static class SqlServerRegistration
{
    public static IServiceCollection AddSqlServer(this IServiceCollection services)
    {
        services.AddSingleton(static provider => new SqlServerConnections(
            provider.GetRequiredService<IOptions<RealtimeApiOptions>>().Value.Database.ConnectionString!));
        services.AddSingleton<SqlServerRetry>();
        services.AddSingleton<SqlServerStartCheck>();
        services.AddKeyedSingleton<ISchemaReader, SqlServerSchemaReader>(DatabaseProviders.SqlServer);
        services.AddKeyedSingleton<IItemReader, SqlServerItemReader>(DatabaseProviders.SqlServer);
        services.AddKeyedSingleton<IItemWrites, SqlServerItemWrites>(DatabaseProviders.SqlServer);
        services.AddSingleton<SqlServerHighWater>();
        services.AddKeyedSingleton<IChangeLog, SqlServerChangeLog>(DatabaseProviders.SqlServer);
        services.AddKeyedSingleton<IDatabaseMigrations, SqlServerMigrations>(DatabaseProviders.SqlServer);
        services.AddSingleton<SqlServerLeases>();
        services.AddKeyedSingleton<IReconciliation, SqlServerReconciliation>(DatabaseProviders.SqlServer);
        services.AddSingleton(static provider => new SqlServerDatabase(
            provider.GetRequiredService<SqlServerConnections>(),
            provider.GetRequiredService<SqlServerStartCheck>(),
            provider.GetRequiredKeyedService<ISchemaReader>(DatabaseProviders.SqlServer),
            provider.GetRequiredKeyedService<IItemReader>(DatabaseProviders.SqlServer),
            provider.GetRequiredKeyedService<IItemWrites>(DatabaseProviders.SqlServer),
            provider.GetRequiredKeyedService<IChangeLog>(DatabaseProviders.SqlServer),
            provider.GetRequiredKeyedService<IDatabaseMigrations>(DatabaseProviders.SqlServer),
            provider.GetRequiredKeyedService<IReconciliation>(DatabaseProviders.SqlServer),
            provider.GetRequiredService<SqlServerLeases>()));
        return services;
    }
}
