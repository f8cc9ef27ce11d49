using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.StackExchangeRedis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MessagePack;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Hubs;
using Xunit;

namespace RealtimeApi.Tests.Unit.Hubs;

public sealed class HubsRegistrationTests
{
    [Fact]
    public void LifetimeManager_WithoutBackplane_CapturesOverTheDefault()
    {
        using var provider = Build(static _ => { });

        var manager = Assert.IsType<CapturingLifetimeManager>(provider.GetRequiredService<HubLifetimeManager<ResourceHub>>());

        Assert.IsType<DefaultHubLifetimeManager<ResourceHub>>(manager.Inner);
    }

    [Fact]
    public void LifetimeManager_BackplaneAddedAfterwards_CapturesOverTheBackplane()
    {
        using var provider = Build(static services => services.AddSignalR().AddStackExchangeRedis("127.0.0.1:1,abortConnect=false"));

        var manager = Assert.IsType<CapturingLifetimeManager>(provider.GetRequiredService<HubLifetimeManager<ResourceHub>>());

        Assert.IsType<RedisHubLifetimeManager<ResourceHub>>(manager.Inner);
    }

    [Fact]
    public void MessagePack_Options_DistrustTheirData()
    {
        using var provider = Build(static _ => { });

        var options = provider.GetRequiredService<IOptions<MessagePackHubProtocolOptions>>().Value.SerializerOptions;

        Assert.Equal(MessagePackSecurity.UntrustedData, options.Security);
    }

    [Fact]
    public void HubOptions_OfAnotherHub_StayAsTheHostSetThem()
    {
        using var provider = Build(static services => services.AddSignalR(hub => hub.EnableDetailedErrors = true));

        Assert.True(provider.GetRequiredService<IOptions<HubOptions>>().Value.EnableDetailedErrors);
        Assert.False(provider.GetRequiredService<IOptions<HubOptions<ResourceHub>>>().Value.EnableDetailedErrors);
    }

    private static ServiceProvider Build(Action<IServiceCollection> host)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddRealtimeApi();
        host(services);
        return services.BuildServiceProvider();
    }
}
