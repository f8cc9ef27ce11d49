using System.Net;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Feed;
using RealtimeApi.Tests.Integration.Rest;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Writing;

public sealed class WriteCursorTests : IAsyncLifetime
{
    private readonly WritableShop shop = new();

    private TestServer Server => shop.Server;

    public ValueTask InitializeAsync() => shop.InitializeAsync();

    public ValueTask DisposeAsync() => shop.DisposeAsync();

    [Fact]
    public async Task Cursor_OfAWrite_MakesReadsSeeIt()
    {
        await using var other = await shop.StartAsync();
        for (var i = 0; i < 20; i++)
        {
            // So that memory has an answer.
            await Server.GetJsonAsync("/api/orders/1");
            await other.GetJsonAsync("/api/orders/1");
            using var write = await Server.PatchAsync("/api/orders/1", $$"""{"note":"{{i}}"}""");
            foreach (var node in (TestServer[])[Server, other])
            {
                using var read = await node.SendAsync("/api/orders/1", ("Realtime-Min-Cursor", write.Header("Realtime-Cursor")));
                Assert.Equal(await write.TextAsync(), await read.TextAsync());
                Assert.Equal(write.Header("ETag"), read.Header("ETag"));
            }

            using var list = await other.SendAsync("/api/orders?$filter=id%20eq%201", ("Realtime-Min-Cursor", write.Header("Realtime-Cursor")));
            Assert.Contains(await write.TextAsync(), await list.TextAsync(), StringComparison.Ordinal);
        }

        using var deletion = await Server.DeleteAsync("/api/lines/1,a%2Cb");
        using var gone = await other.SendAsync("/api/lines/1,a%2Cb", ("Realtime-Min-Cursor", deletion.Header("Realtime-Cursor")));
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task Cursor_OfAWrite_IsNoPlaceToWatchFrom()
    {
        using var write = await Server.PostAsync("/api/orders", "{}");
        Assert.True(Cursor.TryParse(write.Header("Realtime-Cursor"), out var cursor) && cursor.IsWrite);
        await using var hub = new HubConnectionBuilder().WithUrl(new Uri(Server.Address, "/hubs/resources")).Build();
        await hub.StartAsync(TestContext.Current.CancellationToken);
        var refusal = await Assert.ThrowsAsync<HubException>(() => hub.InvokeAsync<SubscribeReply>(
            "Subscribe", "1", new WatchRequest { Resource = "orders", Since = write.Header("Realtime-Cursor") }, TestContext.Current.CancellationToken));
        Assert.Contains(ProblemCodes.InvalidCursor, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_OfAnUnwatchedResource_HasNoCursor()
    {
        using var write = await Server.PostAsync("/api/notes", """{"text":"quiet"}""");
        Assert.Equal(HttpStatusCode.Created, write.StatusCode);
        Assert.False(write.Headers.Contains("Realtime-Cursor"));
    }

    [Fact]
    public async Task Write_WithoutAnyWatching_Works()
    {
        using var database = new TempDatabase("CREATE TABLE Things (Id INTEGER PRIMARY KEY, Name TEXT)");
        await using var server = await TestServer.StartAsync(database.File, options => options.Resources["*"] = new() { Watch = false, Write = true });
        using var write = await server.PostAsync("/api/things", """{"name":"x"}""", ("Idempotency-Key", "k"));
        Assert.Equal(HttpStatusCode.Created, write.StatusCode);
        Assert.Equal("""{"id":1,"name":"x"}""", (await server.ReadAsync("/api/things/1")).Text);
        Assert.Equal(0L, database.Execute("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'realtime_%' AND name NOT LIKE '%idempotency%'"));
    }
}
