using Microsoft.Extensions.DependencyInjection;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Maintenance;

internal static class MaintenanceRegistration
{
    public static IServiceCollection AddMaintenance(this IServiceCollection services) =>
        services.AddSingleton(static provider => new DatabaseMaintenance(provider.GetRequiredService<IDatabase>(), provider.GetRequiredService<CatalogSource>()));
}
