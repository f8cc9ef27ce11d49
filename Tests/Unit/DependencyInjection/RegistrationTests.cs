using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;
using Xunit;

namespace RealtimeApi.Tests.Unit.DependencyInjection;

public sealed class RegistrationTests
{
    /// <summary>Parts of one program may each add resources of their own.</summary>
    [Fact]
    public void AddRealtimeApi_Twice_AddsEachPartOnceAndTheResourcesOfBoth()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddRealtimeApi(static options => options.Database.ConnectionString = "Data Source=shop.db").AddResource("orders", static r => r.Watchable());
        var once = Count(services);
        services.AddRealtimeApi(static options => options.Database.ConnectionString += ";Mode=ReadWrite").AddResource("people", static r => r.Writable());

        Assert.Equal(once, Count(services));
        using var provider = services.BuildServiceProvider();
        var options = provider.GetRequiredService<IOptions<RealtimeApiOptions>>().Value;
        Assert.Equal("Data Source=shop.db;Mode=ReadWrite", options.Database.ConnectionString);
        Assert.Equal(["orders", "people"], options.Resources.Keys.Order(StringComparer.Ordinal));
        Assert.NotNull(provider.GetService<HealthCheckService>());
    }

    private static int Count(IServiceCollection services) => services.Count(static service => service.ServiceType == typeof(IHostedService));
}
