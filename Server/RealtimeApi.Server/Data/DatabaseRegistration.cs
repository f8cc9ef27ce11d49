using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.Data.Sqlite;
using RealtimeApi.Server.DependencyInjection;

namespace RealtimeApi.Server.Data;

internal static class DatabaseRegistration
{
    public static IServiceCollection AddDatabase(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<RealtimeApiOptions>, DatabaseOptionsValidator>();
        services.AddSingleton(static provider => new SqliteConnections(
            provider.GetRequiredService<IOptions<RealtimeApiOptions>>().Value.Database.ConnectionString!));
        services.AddSingleton<ISchemaReader, SqliteSchemaReader>();
        services.AddSingleton<IItemReader, SqliteItemReader>();
        services.AddSingleton<IItemWrites, SqliteItemWrites>();
        services.AddSingleton<IChangeLog, SqliteChangeLog>();
        services.AddSingleton<IDatabase, SqliteDatabase>();
        return services;
    }
}
