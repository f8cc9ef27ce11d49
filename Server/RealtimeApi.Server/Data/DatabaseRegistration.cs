using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.Data.Sqlite;
using RealtimeApi.Server.Data.SqlServer;
using RealtimeApi.Server.DependencyInjection;

namespace RealtimeApi.Server.Data;

internal static class DatabaseRegistration
{
    /// <summary>Adds every provider; the configured one is chosen, and made, when the first service asks for the seam.</summary>
    public static IServiceCollection AddDatabase(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<RealtimeApiOptions>, DatabaseOptionsValidator>();
        services.AddSqlite();
        services.AddSqlServer();
        services.AddSingleton<IDatabase>(static provider => provider.GetRequiredService<IOptions<RealtimeApiOptions>>().Value.Database.IsSqlServer()
            ? provider.GetRequiredService<SqlServerDatabase>()
            : provider.GetRequiredService<SqliteDatabase>());
        services.AddSingleton(static provider => provider.GetRequiredService<IDatabase>().Writes);
        return services;
    }
}
