using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.AspNetCore.SignalR.StackExchangeRedis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MessagePack;
using MessagePack.Resolvers;
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
    public void MessagePack_Options_DistrustTheirData() => Assert.Equal(MessagePackSecurity.UntrustedData, ResourceHubProtocol.MessagePackOptions().SerializerOptions.Security);

    /// <summary>A host may have its hubs write nothing but types of its own, or in a form of its own.</summary>
    [Fact]
    public void MessagePack_OptionsOfTheHost_AreLeftAloneAndNotUsed()
    {
        var own = MessagePackSerializerOptions.Standard.WithResolver(CompositeResolver.Create(NativeGuidResolver.Instance)).WithCompression(MessagePackCompression.Lz4Block);
        using var provider = Build(services => services.AddSignalR().AddMessagePackProtocol(messagePack => messagePack.SerializerOptions = own));

        Assert.Same(own, provider.GetRequiredService<IOptions<MessagePackHubProtocolOptions>>().Value.SerializerOptions);
        var protocol = provider.GetRequiredService<ResourceHubProtocols>().GetProtocol("MessagePack", ["json", "messagepack"])!;
        var call = Assert.IsType<InvocationMessage>(protocol.Parse(protocol.GetMessageBytes(new InvocationMessage("Ended", ["topic", "text"]))));
        Assert.Equal(["topic", "text"], call.Arguments);
        Assert.Null(provider.GetRequiredService<ResourceHubProtocols>().GetProtocol("messagepack", ["json"]));
    }

    /// <summary>A host may have put another protocol in the place of one of SignalR's, which knows nothing of this hub's types.</summary>
    [Theory, MemberData(nameof(HubProtocols.Names), MemberType = typeof(HubProtocols))]
    public void Protocol_OfTheHostsOwnMaking_IsNotUsed(string name)
    {
        using var provider = Build(services => services.AddSingleton<IHubProtocol>(new Foreign(HubProtocols.Stock(name))));

        var protocol = provider.GetRequiredService<ResourceHubProtocols>().Of(provider.GetRequiredService<IHubProtocolResolver>().GetProtocol(name, null)!);

        Assert.NotEmpty(protocol.GetMessageBytes(CompletionMessage.WithResult("1", new SubscribeReply())).ToArray());
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

    private sealed class Foreign(IHubProtocol stock) : IHubProtocol
    {
        public string Name => stock.Name;

        public int Version => stock.Version;

        public TransferFormat TransferFormat => stock.TransferFormat;

        public bool IsVersionSupported(int version) => stock.IsVersionSupported(version);

        public bool TryParseMessage(ref ReadOnlySequence<byte> input, IInvocationBinder binder, [NotNullWhen(true)] out HubMessage? message) => throw new NotSupportedException();

        public void WriteMessage(HubMessage message, IBufferWriter<byte> output) => throw new NotSupportedException();

        public ReadOnlyMemory<byte> GetMessageBytes(HubMessage message) => throw new NotSupportedException();
    }
}
