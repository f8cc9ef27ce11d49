using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;

namespace RealtimeApi.Server.Data.Sqlite;

internal static class SqliteRegistration
{
    public static IServiceCollection AddSqlite(this IServiceCollection services)
    {
        services.AddSingleton(static provider => new SqliteConnections(
            provider.GetRequiredService<IOptions<RealtimeApiOptions>>().Value.Database.ConnectionString!));
        services.AddSingleton<SqliteMisfits>();
        services.AddSingleton<SqliteSchemaReader>();
        services.AddSingleton<SqliteItemReader>();
        services.AddSingleton<SqliteItemWrites>();
        services.AddSingleton<SqliteChangeLog>();
        services.AddSingleton<SqliteLeases>();
        services.AddSingleton(static provider => new SqliteDatabase(
            provider.GetRequiredService<SqliteConnections>(),
            provider.GetRequiredService<SqliteSchemaReader>(),
            provider.GetRequiredService<SqliteItemReader>(),
            provider.GetRequiredService<SqliteItemWrites>(),
            provider.GetRequiredService<SqliteChangeLog>(),
            provider.GetRequiredService<SqliteLeases>()));
        return services;
    }
}
