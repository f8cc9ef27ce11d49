using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.AspNetCore.SignalR.StackExchangeRedis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MessagePack;
using RealtimeApi.Contracts;
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
    public void LifetimeManager_WithRedis_CapturesOverABackplaneOfThisHubAlone()
    {
        using var provider = Build(static services => services.Configure<RealtimeApiOptions>(static options =>
        {
            options.Database.ConnectionString = "Data Source=shop.db";
            options.Resources.All = true;
            options.Redis = "127.0.0.1:1,connectTimeout=100";
        }));

        var manager = Assert.IsType<CapturingLifetimeManager>(provider.GetRequiredService<HubLifetimeManager<ResourceHub>>());

        Assert.IsType<RedisHubLifetimeManager<ResourceHub>>(manager.Inner);
        Assert.IsType<DefaultHubLifetimeManager<Hub>>(provider.GetRequiredService<HubLifetimeManager<Hub>>());
    }

    [Fact]
    public void LifetimeManager_RedisThatCannotBeRead_LeavesTheComplaintToTheStart()
    {
        using var provider = Build(static services => services.Configure<RealtimeApiOptions>(static options => options.Redis = "redis://redis.example"));

        Assert.IsType<CapturingLifetimeManager>(provider.GetRequiredService<HubLifetimeManager<ResourceHub>>());
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

    /// <summary>A host may have its hubs use options that it uses elsewhere, which nobody may change any more, and which know only types of its own.</summary>
    [Fact]
    public void Json_OptionsOfTheHost_AreLeftAloneAndNotUsed()
    {
        var shared = new JsonSerializerOptions { PropertyNamingPolicy = null, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, TypeInfoResolver = new DefaultJsonTypeInfoResolver() };
        shared.MakeReadOnly();
        using var provider = Build(services => services.AddSignalR().AddJsonProtocol(json => json.PayloadSerializerOptions = shared));

        Assert.Same(shared, provider.GetRequiredService<IOptions<JsonHubProtocolOptions>>().Value.PayloadSerializerOptions);
        var protocol = ResourceHubProtocol.Of(provider.GetRequiredService<IHubProtocolResolver>().GetProtocol("json", null)!);
        var reply = protocol.GetMessageBytes(CompletionMessage.WithResult("1", new SubscribeReply()));
        Assert.Equal("""{"type":3,"invocationId":"1","result":{"cursor":null}}""" + "\u001e", Encoding.UTF8.GetString(reply.Span));
    }

    [Fact]
    public void Map_ConventionsOfTheHost_ReachTheHub()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddRealtimeApi();
        var app = builder.Build();
        var group = app.MapGroup("");
        group.MapHubs();

        group.WithMetadata("the host's");

        var hub = ((IEndpointRouteBuilder)app).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText!.TrimEnd('/').EndsWith("hubs/resources", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(hub);
        Assert.All(hub, e => Assert.Contains("the host's", e.Metadata));
    }

    [Fact]
    public void Map_BeforeTheOptionsAreRight_LeavesTheComplaintToTheStart()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddRealtimeApi(options => options.Watching.MaxWatchesPerConnection = 0);
        var app = builder.Build();

        app.MapHubs();

        Assert.Throws<OptionsValidationException>(() => app.Services.GetRequiredService<IOptions<RealtimeApiOptions>>().Value);
    }

    private static ServiceProvider Build(Action<IServiceCollection> host)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddRealtimeApi();
        host(services);
        return services.BuildServiceProvider();
    }
}
