using System.Text.Json.Nodes;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection;
using RealtimeApi.Client;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Client;

/// <summary>The client over the hub protocol messagepack, against the real server.</summary>
public sealed class MessagePackTests : IAsyncLifetime
{
    private readonly TempDatabase database = new("""
        CREATE TABLE Things (Id INTEGER PRIMARY KEY, Name TEXT, Size REAL, Price DECIMAL(10, 2), Ready BOOLEAN, Data BLOB);
        """);

    private TestServer server = null!;

    public async ValueTask InitializeAsync() => server = await TestServer.StartAsync(database.File);

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        database.Dispose();
    }

    [Fact]
    public async Task Watch_OverMessagePack_SeesWhatJsonShows()
    {
        await using var packed = new RealtimeApiClient(Clients.OptionsFor(server.Address).UseMessagePack() with { Transport = WatchTransport.WebSockets });
        await using var plain = new RealtimeApiClient(Clients.OptionsFor(server.Address) with { Transport = WatchTransport.WebSockets });
        await using var packedWatch = packed.Resource("things").WatchAsync(Clients.Bookmarks, TestContext.Current.CancellationToken).Start();
        await using var plainWatch = plain.Resource("things").WatchAsync(Clients.Bookmarks, TestContext.Current.CancellationToken).Start();
        Assert.Equal(ChangeKind.Bookmark, (await packedWatch.NextAsync()).Kind);
        Assert.Equal(ChangeKind.Bookmark, (await plainWatch.NextAsync()).Kind);

        database.Execute("""
            INSERT INTO Things VALUES (1, 'é☃"\', 0.1 + 0.2, 12.5, 1, x'00ff'), (9007199254740993, NULL, -1e300, 99, 0, NULL), (-7, '', 3.0, NULL, NULL, x'');
            DELETE FROM Things WHERE Id = 1;
            """);
        for (var i = 0; i < 4; i++)
        {
            var (expected, actual) = (await plainWatch.NextAsync(), await packedWatch.NextAsync());
            Assert.True(JsonNode.DeepEquals(expected.Item, actual.Item), $"{expected.Item?.ToJsonString()}\n{actual.Item?.ToJsonString()}");
            Assert.Equal(expected with { Item = null }, actual with { Item = null });
        }
    }

    [Fact]
    public async Task Watch_OfAnUnknownResource_IsRefusedWithTheCode()
    {
        await using var client = new RealtimeApiClient(Clients.OptionsFor(server.Address).UseMessagePack() with { Transport = WatchTransport.WebSockets });
        await using var watch = client.Resource("nothing").WatchAsync(cancellationToken: TestContext.Current.CancellationToken).Start();

        var refusal = await Assert.ThrowsAsync<RealtimeApiException>(() => watch.NextAsync());
        Assert.Equal("unknown-resource", refusal.Code);
    }

    [Fact]
    public void UseMessagePack_WithAHubConfiguration_KeepsItAndSpeaksMessagePack()
    {
        var asked = 0;
        var options = (Clients.OptionsFor(server.Address) with { ConfigureHub = _ => asked++ }).UseMessagePack();
        var builder = new HubConnectionBuilder();
        options.ConfigureHub!(builder);

        using var services = builder.Services.BuildServiceProvider();
        Assert.Equal("messagepack", services.GetRequiredService<IHubProtocol>().Name);
        Assert.Equal(1, asked);
    }
}
