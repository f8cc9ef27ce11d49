using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using RealtimeApi.Contracts;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Tests.Integration.Rest;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Sse;

/// <summary>PROTOCOL, Server-sent events, letter by letter, and clients that are slow, rude or many.</summary>
public sealed class EventStreamTests : IDisposable
{
    private readonly TempDatabase database = new("""
        CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT);
        CREATE TABLE lines (orderId INTEGER, article TEXT, quantity INTEGER, PRIMARY KEY (orderId, article));
        """);

    [Fact]
    public async Task Stream_FromNow_IsThatOfTheProtocol()
    {
        await using var server = await TestServer.StartAsync(database.File);
        using var stream = await StreamClient.OpenAsync(server, "/api/notes/events");
        var cursor = await stream.OpeningAsync();

        database.Execute("INSERT INTO notes VALUES (1, 'é' || char(10) || 'b')");
        var lines = (await stream.NextAsync())!.Split('\n');

        Assert.NotEmpty(cursor);
        Assert.Equal(3, lines.Length);
        Assert.Equal("event: notes.created", lines[1]);
        using var made = JsonDocument.Parse(lines[2]["data: ".Length..]);
        Assert.Equal($"id: {made.RootElement.GetProperty("id")}", lines[0]);
        Assert.Equal("""{"id":1,"text":"é\nb"}""", made.RootElement.GetProperty("data").GetRawText());
        var headers = stream.Response.Headers;
        Assert.Equal("text/event-stream", stream.Response.Content.Headers.ContentType?.ToString());
        Assert.Equal(["no-cache", "no-transform"], headers.CacheControl!.ToString().Split(", ").Order());
        Assert.Equal(["no"], headers.GetValues("X-Accel-Buffering"));
        Assert.False(stream.Response.Content.Headers.Contains("Content-Length"));
    }

    [Fact]
    public async Task Stream_WithTheCurrentItems_HasNoIdBeforeSynced()
    {
        database.Execute("INSERT INTO notes VALUES (1, 'a'), (2, 'b')");
        await using var server = await TestServer.StartAsync(database.File);
        using var stream = await StreamClient.OpenAsync(server, "/api/notes/events?initial=true");

        Assert.Equal("retry: 2000", await stream.NextAsync());
        Assert.Equal("event: reset\ndata: {}", await stream.NextAsync());
        Assert.StartsWith("event: notes.created\ndata: {\"specversion\"", await stream.NextAsync(), StringComparison.Ordinal);
        Assert.StartsWith("event: notes.created\ndata: {\"specversion\"", await stream.NextAsync(), StringComparison.Ordinal);
        var synced = await stream.NextAsync();
        var cursor = StreamClient.CursorOf(synced!.Replace("event: synced", "event: bookmark", StringComparison.Ordinal));
        database.Execute("DELETE FROM notes WHERE id = 1");
        Assert.Contains("\nevent: notes.deleted\n", await stream.NextAsync(), StringComparison.Ordinal);

        using var resumed = await StreamClient.OpenAsync(server, "/api/notes/events?initial=true", ("Last-Event-ID", cursor));
        Assert.Equal(cursor, await resumed.OpeningAsync());
        Assert.Contains("\nevent: notes.deleted\n", await resumed.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LastEventId_BesideSince_Overrides()
    {
        await using var server = await TestServer.StartAsync(database.File);
        using var stream = await StreamClient.OpenAsync(server, "/api/notes/events");
        var start = await stream.OpeningAsync();
        database.Execute("INSERT INTO notes VALUES (1, 'a')");
        database.Execute("INSERT INTO notes VALUES (2, 'b')");
        var first = (await stream.NextAsync())!.Split('\n')[0]["id: ".Length..];
        var second = await stream.NextAsync();

        using var resumed = await StreamClient.OpenAsync(server, $"/api/notes/events?since={start}", ("Last-Event-ID", first));
        Assert.Equal(first, await resumed.OpeningAsync());
        Assert.Equal(second, await resumed.NextAsync());
        using var without = await StreamClient.OpenAsync(server, $"/api/notes/events?since={start}", ("Last-Event-ID", ""));
        Assert.Equal(start, await without.OpeningAsync());
    }

    [Fact]
    public async Task Stream_OfACompositeKey_IsOfItsItem()
    {
        await using var server = await TestServer.StartAsync(database.File);
        using var stream = await StreamClient.OpenAsync(server, "/api/lines/7,a%2Cb%2Fc/events");
        await stream.OpeningAsync();

        database.Execute("INSERT INTO lines VALUES (7, 'a', 1), (7, 'a,b/c', 2)");

        Assert.Contains("\"quantity\":2", await stream.NextAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/notes?$filter=text%20eq%20'x%26y'&$top=5&$select=text", "/api/notes/events?$filter=text%20eq%20%27x%26y%27&$select=text")]
    [InlineData("/api/lines/7,a%2Cb", "/api/lines/7,a%2Cb/events")]
    [InlineData("/shop/api/notes", "/shop/api/notes/events")]
    [InlineData("/base/api/notes", "/base/api/notes/events")]
    public async Task Monitor_OfARead_IsAStreamOfIt(string read, string expected)
    {
        database.Execute("INSERT INTO lines VALUES (7, 'a,b', 1)");
        await using var server = await TestServer.StartAsync(database.File, map: app =>
        {
            app.UsePathBase("/base");
            app.UseRouting();
            app.MapGroup("/shop").MapRealtimeApi();
        });
        using var response = await server.SendAsync(read);
        var link = response.Header("Link");
        Assert.Equal($"<{expected}>; rel=\"monitor\"", link);

        using var stream = await StreamClient.OpenAsync(server, expected);
        await stream.OpeningAsync();
        database.Execute("INSERT INTO notes VALUES (1, 'a'), (2, 'x&y'); UPDATE lines SET quantity = 2");

        var made = await stream.NextAsync();
        Assert.Contains(read.Contains("filter", StringComparison.Ordinal) ? "\"x&y\"" : read.Contains("lines", StringComparison.Ordinal) ? "\"quantity\":2" : "\"a\"", made, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("$top=5")]
    [InlineData("filter=id%20eq%201")]
    [InlineData("initial=maybe")]
    [InlineData("initial=true&since=x")]
    [InlineData("since=a&since=b")]
    [InlineData("wait=5")]
    public async Task Option_ThatDoesNotFit_IsRefused(string query)
    {
        await using var server = await TestServer.StartAsync(database.File);
        using var response = await server.SendAsync($"/api/notes/events?{query}");
        await response.AssertProblemAsync(HttpStatusCode.BadRequest, ProblemCodes.InvalidQuery);
    }

    [Theory]
    [InlineData("application/json", false)]
    [InlineData("text/html, */*;q=0", false)]
    [InlineData("text/event-stream;q=0, */*", false)]
    [InlineData("text/event-stream", true)]
    [InlineData("text/event-stream;charset=utf-8", true)]
    [InlineData("text/html, text/*;q=0.1", true)]
    [InlineData("application/json, */*;q=0.8", true)]
    [InlineData("nonsense", true)]
    public async Task Accept_ThatExcludesStreams_IsRefused(string accept, bool isAccepted)
    {
        await using var server = await TestServer.StartAsync(database.File);
        if (isAccepted)
        {
            using var stream = await StreamClient.OpenAsync(server, "/api/notes/events", ("Accept", accept));
            await stream.OpeningAsync();
            return;
        }

        using var response = await server.SendAsync("/api/notes/events", ("Accept", accept));
        await response.AssertProblemAsync(HttpStatusCode.NotAcceptable, ProblemCodes.NotAcceptable);
    }

    [Theory]
    [InlineData("/api/notes/events")]
    [InlineData("/api/notes/1/events")]
    [InlineData("/api/notes/changes")]
    public async Task Method_OtherThanReading_IsRefused(string path)
    {
        await using var server = await TestServer.StartAsync(database.File);
        foreach (var method in (string[])["POST", "PUT", "PATCH", "DELETE"])
        {
            using var refused = await server.SendAsync(new HttpMethod(method), path);
            await refused.AssertProblemAsync(HttpStatusCode.MethodNotAllowed, ProblemCodes.NotWritable);
            Assert.Equal(["GET", "HEAD", "OPTIONS"], refused.Content.Headers.Allow);
        }

        using var options = await server.SendAsync(HttpMethod.Options, path);
        Assert.Equal(HttpStatusCode.NoContent, options.StatusCode);
    }

    [Fact]
    public async Task Head_OfAStream_HasItsHeadersAndLeavesNoWatch()
    {
        await using var server = await TestServer.StartAsync(database.File);
        using var head = await server.SendAsync(HttpMethod.Head, "/api/notes/events");
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal("text/event-stream", head.Content.Headers.ContentType?.ToString());
        Assert.Empty(await head.TextAsync());
        using var refused = await server.SendAsync(HttpMethod.Head, "/api/notes/events?since=x");
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        await server.WatchedByAsync(0);
    }

    [Fact]
    public async Task Streams_OverOneHttp2Connection_EachGetEveryChange()
    {
        await using var server = await TestServer.StartAsync(database.File, protocols: HttpProtocols.Http2);
        using var client = Http2Client();
        var streams = new List<StreamClient>();
        try
        {
            for (var i = 0; i < 50; i++)
            {
                streams.Add(await StreamClient.OpenAsync(client, server.Address, "/api/notes/events"));
                Assert.Equal(HttpVersion.Version20, streams[i].Response.Version);
                await streams[i].OpeningAsync();
            }

            for (var id = 1; id <= 20; id++)
                database.Execute("INSERT INTO notes VALUES ($id, 'a note')", ("$id", id));

            foreach (var stream in streams)
                for (var id = 1; id <= 20; id++)
                    Assert.Contains($"\"subject\":\"{id}\"", await stream.NextChangeAsync(), StringComparison.Ordinal);
        }
        finally
        {
            streams.ForEach(stream => stream.Dispose());
        }

        await server.WatchedByAsync(0);
    }

    [Fact]
    public async Task Stream_OfHttp2ThatIsNotRead_IsAbortedAndTheOthersOfItsConnectionGoOn()
    {
        await using var server = await TestServer.StartAsync(database.File, options => options.Watching.SendTimeout = TimeSpan.FromSeconds(5), protocols: HttpProtocols.Http2);
        using var client = Http2Client();
        using var slow = await StreamClient.OpenAsync(client, server.Address, "/api/notes/events");
        await slow.OpeningAsync();
        using var quick = await StreamClient.OpenAsync(client, server.Address, "/api/notes/events");
        await quick.OpeningAsync();

        var reading = Task.Run(async () =>
        {
            for (var id = 1; id <= 200; id++)
                Assert.Contains($"\"subject\":\"{id}\"", await quick.NextChangeAsync(), StringComparison.Ordinal);
        }, TestContext.Current.CancellationToken);
        InsertLarge(1, 200, 50_000);
        await reading;
        await server.Log.WaitForAsync(entry => entry.Id.Name == "SendTimedOut");

        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            while (await slow.NextAsync() is not null)
            {
            }
        });
        database.Execute("DELETE FROM notes WHERE id = 1");
        Assert.Contains("notes.deleted", await quick.NextChangeAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_ThatStopsReading_IsAbortedAndHoldsUpNobody()
    {
        await using var server = await TestServer.StartAsync(database.File, options => options.Watching.SendTimeout = TimeSpan.FromSeconds(5));
        using var slow = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 16 * 1024 };
        await slow.ConnectAsync(server.Address.Host, server.Address.Port, TestContext.Current.CancellationToken);
        await slow.SendAsync(Encoding.ASCII.GetBytes("GET /api/notes/events HTTP/1.1\r\nHost: localhost\r\n\r\n"), TestContext.Current.CancellationToken);
        await server.WatchedByAsync(1);
        using var quick = await StreamClient.OpenAsync(server, "/api/notes/events");
        await quick.OpeningAsync();

        var reading = Task.Run(async () =>
        {
            for (var id = 1; id <= 400; id++)
                Assert.Contains($"\"subject\":\"{id}\"", await quick.NextChangeAsync(), StringComparison.Ordinal);
        }, TestContext.Current.CancellationToken);
        InsertLarge(1, 400, 50_000);
        await reading;
        await server.Log.WaitForAsync(entry => entry.Id.Name == "SendTimedOut");

        await server.WatchedByAsync(1);
    }

    [Fact]
    public async Task Streams_WhoseClientsGo_LeaveNoWatch()
    {
        database.Execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO notes SELECT i, hex(randomblob(100)) FROM n");
        await using var server = await TestServer.StartAsync(database.File);
        for (var i = 0; i < 10; i++)
        {
            using var idle = await StreamClient.OpenAsync(server, "/api/notes/events");
            await idle.OpeningAsync();
            using var busy = await StreamClient.OpenAsync(server, "/api/notes/events?initial=true");
            await busy.NextAsync();
        }

        await server.WatchedByAsync(0);
    }

    [Fact]
    public async Task Streams_AThousand_EachGetEveryChangeInOrder()
    {
        await using var server = await TestServer.StartAsync(database.File, options => options.Watching.MaxConnectionsPerCaller = 1000);
        var streams = new List<StreamClient>();
        try
        {
            foreach (var wave in Enumerable.Range(0, 1000).Chunk(50))
                streams.AddRange(await Task.WhenAll(wave.Select(_ => StreamClient.OpenAsync(server, "/api/notes/events"))));
            foreach (var stream in streams)
                await stream.OpeningAsync();

            for (var id = 1; id <= 20; id++)
                database.Execute("INSERT INTO notes VALUES ($id, 'a note')", ("$id", id));

            foreach (var stream in streams)
                for (var id = 1; id <= 20; id++)
                    Assert.Contains($"\"subject\":\"{id.ToString(CultureInfo.InvariantCulture)}\"", await stream.NextChangeAsync(), StringComparison.Ordinal);
        }
        finally
        {
            streams.ForEach(stream => stream.Dispose());
        }

        await server.WatchedByAsync(0);
    }

    [Theory, InlineData(HttpProtocols.Http1), InlineData(HttpProtocols.Http2)]
    public async Task Stream_WhenTheHostStops_EndsInOrder(HttpProtocols protocols)
    {
        await using var server = await TestServer.StartAsync(database.File, protocols: protocols);
        using var client = protocols == HttpProtocols.Http2 ? Http2Client() : new HttpClient();
        using var stream = await StreamClient.OpenAsync(client, server.Address, "/api/notes/events");
        await stream.OpeningAsync();

        var stopping = server.StopAsync();

        // An aborted one would throw.
        Assert.Matches("^retry: [0-9]+$", await stream.NextChangeAsync());
        Assert.Null(await stream.NextChangeAsync());
        await stopping;
    }

    public void Dispose() => database.Dispose();

    private static HttpClient Http2Client() => new(new SocketsHttpHandler { InitialHttp2StreamWindowSize = 64 * 1024, EnableMultipleHttp2Connections = false })
    {
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    private void InsertLarge(int first, int last, int bytes)
    {
        var text = new string('x', bytes);
        for (var i = first; i <= last; i++)
            database.Execute("INSERT INTO notes VALUES ($id, $text)", ("$id", i), ("$text", text));
    }
}
