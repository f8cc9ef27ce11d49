using Microsoft.Extensions.DependencyInjection;

namespace RealtimeApi.Server.Data;

internal static class DatabaseRegistration
{
    public static IServiceCollection AddDatabase(this IServiceCollection services) => services;
}
