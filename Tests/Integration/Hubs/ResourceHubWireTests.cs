using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.TestSupport.Following;
using Xunit;

namespace RealtimeApi.Tests.Integration.Hubs;

/// <summary>The hub's messages, letter by letter, and clients that are slow, rude or many.</summary>
public sealed class ResourceHubWireTests : IDisposable
{
    private readonly TempDatabase database = new("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)");

    [Fact]
    public async Task Messages_OfAWatch_AreThoseOfTheProtocol()
    {
        await using var server = await TestServer.StartAsync(database.File);
        await using var socket = await RawHubSocket.ConnectAsync(server);

        await socket.SendAsync("""{"type":1,"invocationId":"1","target":"Subscribe","arguments":["w",{"resource":"notes"}]}""");
        var cursor = Cursor(await socket.ReceiveAsync());
        database.Execute("INSERT INTO notes VALUES (1, 'é')");
        var changes = await socket.ReceiveAsync();
        await socket.SendAsync("""{"type":1,"invocationId":"2","target":"Unsubscribe","arguments":["w"]}""");
        var unsubscribed = await socket.ReceiveAsync();
        await socket.SendAsync("""{"type":1,"invocationId":"3","target":"Subscribe","arguments":["w",{"resource":"nothing"}]}""");
        var refused = await socket.ReceiveAsync();

        Assert.StartsWith($$"""{"type":1,"target":"Changes","arguments":["w",{"from":"{{cursor}}","cursor":"k""".Replace("\"k", "\"", StringComparison.Ordinal), changes, StringComparison.Ordinal);
        Assert.Equal("{\"type\":3,\"invocationId\":\"2\"}", unsubscribed!.Replace(",\"result\":null", "", StringComparison.Ordinal));
        Assert.StartsWith("""{"type":3,"invocationId":"3","error":"unknown-resource: """, refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unsubscribe_WhileChangesPour_IsAnsweredAfterTheLastOfThem()
    {
        await using var server = await TestServer.StartAsync(database.File);
        await using var socket = await RawHubSocket.ConnectAsync(server);
        var text = new string('x', 1000);
        for (var round = 0; round < 20; round++)
        {
            await socket.SendAsync("""{"type":1,"invocationId":"s","target":"Subscribe","arguments":["w",{"resource":"notes"}]}""");
            Assert.NotNull(Cursor(await ReceiveCompletionAsync(socket)));
            database.Execute(
                "WITH RECURSIVE n(i) AS (SELECT $first UNION ALL SELECT i + 1 FROM n WHERE i < $first + 199) INSERT INTO notes SELECT i, $text FROM n",
                ("$first", (round * 200) + 1), ("$text", text));
            if (round % 2 == 0)
                Assert.Contains("\"Changes\"", await socket.ReceiveAsync(), StringComparison.Ordinal);

            await socket.SendAsync("""{"type":1,"invocationId":"u","target":"Unsubscribe","arguments":["w"]}""");
            await ReceiveCompletionAsync(socket);
            await socket.SendAsync("""{"type":1,"invocationId":"b","target":"Subscribe","arguments":["barrier",{"resource":"notes","initial":true,"key":"0"}]}""");

            // What comes now is the barrier's: its reply and its one batch, in either order.
            foreach (var message in new[] { await socket.ReceiveAsync(), await socket.ReceiveAsync() })
                Assert.DoesNotContain("[\"w\"", message, StringComparison.Ordinal);
            await socket.SendAsync("""{"type":1,"invocationId":"u","target":"Unsubscribe","arguments":["barrier"]}""");
            await ReceiveCompletionAsync(socket);
        }
    }

    [Fact]
    public async Task Connection_OfAMessageTooLarge_IsClosedAndNothingElse()
    {
        await using var server = await TestServer.StartAsync(database.File);
        server.Log.Expect(entry => entry.Message.Contains("Error when processing requests", StringComparison.Ordinal));
        await using var socket = await RawHubSocket.ConnectAsync(server);
        await using var other = await HubClient.ConnectAsync(server, "json");
        var cursor = await other.SubscribeAsync("w", new { resource = "notes" });

        await socket.SendAsync($$"""{"type":1,"invocationId":"1","target":"Subscribe","arguments":["w",{"resource":"{{new string('x', 40_000)}}"}]}""");
        var closed = await socket.ReceiveAsync();
        database.Execute("INSERT INTO notes VALUES (1, 'a')");

        Assert.StartsWith("""{"type":7""", closed, StringComparison.Ordinal);
        Assert.Null(await socket.ReceiveAsync());
        Assert.Equal(cursor, (await other.NextBatchAsync("w")).From);
    }

    [Fact]
    public async Task Client_ThatStopsReading_IsAbortedAndHoldsUpNobody()
    {
        const int rows = 400;
        const int bytes = 50_000;
        await using var server = await TestServer.StartAsync(database.File, options => options.Watching.SendTimeout = TimeSpan.FromSeconds(5));
        await using var slow = await RawHubSocket.ConnectAsync(server, receiveBuffer: 16 * 1024);
        await slow.SendAsync("""{"type":1,"invocationId":"1","target":"Subscribe","arguments":["w",{"resource":"notes"}]}""");
        Assert.NotNull(Cursor(await slow.ReceiveAsync()));
        await using var quick = await HubClient.ConnectAsync(server, "messagepack");
        var cursor = await quick.SubscribeAsync("w", new { resource = "notes" });

        var text = new string('x', bytes);
        for (var i = 1; i <= rows; i++)
            database.Execute("INSERT INTO notes VALUES ($id, $text)", ("$id", i), ("$text", text));
        var events = await quick.NextEventsAsync("w", rows, cursor);
        await server.Log.WaitForAsync(entry => entry.Id.Name == "SendTimedOut");
        var taken = await slow.DrainAsync();

        Assert.Equal(rows, events.Count);
        Assert.InRange(taken, 1, (long)rows * bytes / 2);
        await server.WatchedByAsync(1);
    }

    [Fact]
    public async Task Connections_ThatGo_LeaveNoWatchBehind()
    {
        database.Execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO notes SELECT i, hex(randomblob(100)) FROM n");
        await using var server = await TestServer.StartAsync(database.File);
        for (var i = 0; i < 10; i++)
        {
            await using var client = await HubClient.ConnectAsync(server, i % 2 == 0 ? "json" : "messagepack");
            await client.SubscribeAsync("a", new { resource = "notes" });
            await client.SubscribeAsync("b", new { resource = "notes", initial = true });
            await client.NextPushAsync("b");
            await using var rude = await RawHubSocket.ConnectAsync(server);
            await rude.SendAsync("""{"type":1,"invocationId":"1","target":"Subscribe","arguments":["w",{"resource":"notes","initial":true}]}""");
            await rude.ReceiveAsync();
        }

        await server.WatchedByAsync(0);
    }

    /// <summary>SignalR would take it, and never close it. It comes on a line that is open, since the server lets nobody in any more.</summary>
    [Fact]
    public async Task Connection_ThatComesWhileTheHostStops_IsRefusedAndDoesNotHoldItUp()
    {
        using var lines = new SocketsHttpHandler();
        using var http = new HttpMessageInvoker(lines, disposeHandler: false);
        using var socket = new ClientWebSocket { Options = { CollectHttpResponseDetails = true } };
        TestServer? server = null;
        Task<Exception?>? coming = null;
        server = await TestServer.StartAsync(
            database.File,
            build: static services => services.Configure<HostOptions>(host => host.ShutdownTimeout = Timeout.InfiniteTimeSpan),
            // Registered first, so it runs last: when SignalR has closed the connections that it knows.
            map: app => app.Lifetime.ApplicationStopping.Register(() =>
            {
                var hub = new UriBuilder(server!.Address) { Scheme = Uri.UriSchemeWs, Path = "hubs/resources" }.Uri;
                coming = Record.ExceptionAsync(() => Task.Run(() => socket.ConnectAsync(hub, http, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken)).AsTask();
                coming.Wait();
            }));
        using (var reader = new HttpClient(lines, disposeHandler: false))
            await reader.GetStringAsync(new Uri(server.Address, "api/notes"), TestContext.Current.CancellationToken);

        await server.StopAsync().WaitAsync(Until.Patience, TestContext.Current.CancellationToken);

        Assert.IsType<WebSocketException>(await coming!);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, socket.HttpStatusCode);
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Connections_AThousand_EachGetEveryChangeInOrder()
    {
        await using var server = await TestServer.StartAsync(
            database.File,
            static options => options.Watching.MaxConnectionsPerCaller = 1000,
            // So dumb a client sends nothing by which the server would see that it is there.
            static services => services.Configure<HubOptions>(static hub => hub.ClientTimeoutInterval = TimeSpan.FromHours(1)));
        var sockets = new List<RawHubSocket>();
        try
        {
            foreach (var wave in Enumerable.Range(0, 1000).Chunk(50))
                sockets.AddRange(await Task.WhenAll(wave.Select(_ => RawHubSocket.ConnectAsync(server))));
            var cursors = await Task.WhenAll(sockets.Select(async socket =>
            {
                await socket.SendAsync("""{"type":1,"invocationId":"1","target":"Subscribe","arguments":["w",{"resource":"notes"}]}""");
                return Cursor(await socket.ReceiveAsync());
            }));

            var received = Task.WhenAll(sockets.Select((socket, i) => ReceiveChangesAsync(socket, cursors[i], 20)));
            for (var id = 1; id <= 20; id++)
                database.Execute("INSERT INTO notes VALUES ($id, 'a note')", ("$id", id));

            foreach (var subjects in await received)
                Assert.Equal(Enumerable.Range(1, 20), subjects);
        }
        finally
        {
            foreach (var socket in sockets)
                await socket.DisposeAsync();
        }
        await server.WatchedByAsync(0);
    }

    public void Dispose() => database.Dispose();

    private static async Task<string?> ReceiveCompletionAsync(RawHubSocket socket)
    {
        while (true)
        {
            var message = await socket.ReceiveAsync();
            if (message?.StartsWith("""{"type":3""", StringComparison.Ordinal) != false)
                return message;
        }
    }

    private static async Task<List<int>> ReceiveChangesAsync(RawHubSocket socket, string? from, int count)
    {
        var subjects = new List<int>();
        while (subjects.Count < count)
        {
            using var message = JsonDocument.Parse((await socket.ReceiveAsync())!);
            var batch = new Batch(message.RootElement.GetProperty("arguments")[1]);
            Assert.Equal(from, batch.From);
            from = batch.Cursor;
            subjects.AddRange(batch.Changes.Select(change => int.Parse(change.GetProperty("subject").GetString()!, CultureInfo.InvariantCulture)));
        }
        return subjects;
    }

    private static string? Cursor(string? completion)
    {
        using var message = JsonDocument.Parse(completion!);
        Assert.False(message.RootElement.TryGetProperty("error", out var error), error.ToString());
        return message.RootElement.GetProperty("result").GetProperty("cursor").GetString();
    }
}
