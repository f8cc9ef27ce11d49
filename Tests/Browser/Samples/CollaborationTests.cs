using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace RealtimeApi.Tests.Browser.Samples;

/// <summary>The sample of a shared board, in two windows.</summary>
public sealed class CollaborationTests(Browsers browsers) : IAsyncLifetime
{
    private readonly TempDatabase database = new();
    private BoardServer server = null!;

    public async ValueTask InitializeAsync() => server = await BoardServer.StartAsync(database.File);

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
        database.Dispose();
    }

    [Fact]
    public async Task Board_TwoWindows_SeeEachOtherAndWhatTheyDo()
    {
        await using var first = await browsers.OpenAsync();
        await using var second = await browsers.OpenAsync();
        await EnterAsync(first);
        await EnterAsync(second);
        await Expect(first.Page.Locator("#people li")).ToHaveCountAsync(2);
        await Expect(second.Page.Locator("#people li")).ToHaveCountAsync(2);
        await Expect(first.Page.Locator("#people li").First).ToHaveTextAsync("You");

        // A message: where the other one points.
        await first.Page.Mouse.MoveAsync(500, 400);
        await first.Page.Mouse.MoveAsync(520, 420);
        await Expect(second.Page.Locator(".pointer")).ToHaveCountAsync(1);
        await Expect(first.Page.Locator(".pointer")).ToHaveCountAsync(0);

        // A message while it is dragged, a change when it is dropped.
        var box = (await first.Page.Locator("[data-key='1']").BoundingBoxAsync())!;
        await first.Page.Mouse.MoveAsync(box.X + 20, box.Y + 6);
        await first.Page.Mouse.DownAsync();
        await first.Page.Mouse.MoveAsync(box.X + 320, box.Y + 206, new() { Steps = 5 });
        await Expect(second.Page.Locator("[data-key='1']")).ToHaveAttributeAsync("data-busy", new Regex("moves it$"));
        // Above the cards that were made after it, in both.
        await Expect(first.Page.Locator("[data-key='1']")).ToHaveCSSAsync("z-index", "2");
        await Expect(second.Page.Locator("[data-key='1']")).ToHaveCSSAsync("z-index", "1");
        Assert.Equal(40L, database.Execute("SELECT X FROM Cards WHERE Id = 1"));
        await first.Page.Mouse.UpAsync();
        await Expect(first.Page.Locator("[data-key='1']")).ToHaveCSSAsync("z-index", "auto");
        await Expect(second.Page.Locator("[data-key='1']")).ToHaveCSSAsync("left", "340px");
        await Until.TrueAsync(() => 340L.Equals(database.Execute("SELECT X FROM Cards WHERE Id = 1")));

        // Writing, by either.
        await second.Page.Locator("[data-key='2'] textarea").FillAsync("Buy milk");
        await Expect(first.Page.Locator("[data-key='2']")).ToHaveAttributeAsync("data-busy", new Regex("writes…$"));
        await second.Page.Locator("h1").ClickAsync();
        await Expect(first.Page.Locator("[data-key='2'] textarea")).ToHaveValueAsync("Buy milk");

        await second.Page.Locator("#board").DblClickAsync(new() { Position = new() { X = 30, Y = 400 } });
        await Expect(first.Page.Locator(".card")).ToHaveCountAsync(3);
        await first.Page.Locator("[data-key='3'] button").ClickAsync();
        await Expect(second.Page.Locator(".card")).ToHaveCountAsync(2);

        await second.Page.CloseAsync();
        await Expect(first.Page.Locator("#people li")).ToHaveCountAsync(1);
        await Expect(first.Page.Locator(".pointer")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Card_WrittenBySomebodyElseWhileItHasTheCursor_IsShownWhenItIsLeft()
    {
        await using var first = await browsers.OpenAsync();
        await EnterAsync(first);
        var text = first.Page.Locator("[data-key='1'] textarea");
        await text.ClickAsync();

        database.Execute("UPDATE Cards SET Text = 'By another' WHERE Id = 1; UPDATE Cards SET Text = 'Seen' WHERE Id = 2");
        await Expect(first.Page.Locator("[data-key='2'] textarea")).ToHaveValueAsync("Seen");
        await Expect(text).ToHaveValueAsync("Drag me");
        await first.Page.Locator("h1").ClickAsync();

        await Expect(text).ToHaveValueAsync("By another");
    }

    [Fact]
    public async Task Card_WhoseWriteFails_ShowsWhatIsStored()
    {
        await using var first = await browsers.OpenAsync();
        first.Expect("ERR_FAILED");
        await EnterAsync(first);
        await first.Page.RouteAsync("**/api/cards/1", static route => route.AbortAsync());
        var text = first.Page.Locator("[data-key='1'] textarea");

        await text.FillAsync("Lost");
        await first.Page.Locator("h1").ClickAsync();

        await Expect(first.Page.Locator("#state")).ToHaveTextAsync("The server does not answer; that was not saved.");
        await Expect(text).ToHaveValueAsync("Drag me");
    }

    /// <summary>SignalR's own reconnecting ends where a server says that it should, as it does with a page that takes nothing.</summary>
    [Fact]
    public async Task Board_ClosedForGood_ConnectsAgain()
    {
        await using var first = await browsers.OpenAsync();
        IWebSocketRoute? socket = null;
        var connections = 0;
        await first.Page.RouteWebSocketAsync("**/hubs/resources", route =>
        {
            Interlocked.Increment(ref connections);
            socket = route;
            route.ConnectToServer();
        });
        await EnterAsync(first);

        socket!.Send("{\"type\":7}\u001e");

        await Until.TrueAsync(() => Volatile.Read(ref connections) >= 2);
        await Expect(first.Page.Locator("#state")).ToHaveTextAsync("Live");
        database.Execute("UPDATE Cards SET Text = 'Seen' WHERE Id = 2");
        await Expect(first.Page.Locator("[data-key='2'] textarea")).ToHaveValueAsync("Seen");
    }

    [Fact]
    public async Task Board_CallThatFailsOnTheServer_IsTriedAgain()
    {
        await using var first = await browsers.OpenAsync();
        var failures = 0;
        await first.Page.RouteWebSocketAsync("**/hubs/resources", route =>
        {
            var server = route.ConnectToServer();
            route.OnMessage(frame =>
            {
                var text = frame.Text!;
                if (text.Contains("\"target\":\"Presence\"", StringComparison.Ordinal) && Interlocked.Increment(ref failures) == 1)
                {
                    using var call = JsonDocument.Parse(text.TrimEnd('\u001e'));
                    route.Send($$"""{"type":3,"invocationId":{{call.RootElement.GetProperty("invocationId").GetRawText()}},"error":"Failed to invoke 'Presence' due to an error on the server."}""" + '\u001e');
                }
                else
                {
                    server.Send(text);
                }
            });
        });

        await EnterAsync(first);

        await Until.TrueAsync(() => Volatile.Read(ref failures) >= 2);
    }

    [Fact]
    public async Task Board_ServerStartedAgain_GoesOnAndFindsThePeopleAgain()
    {
        await using var first = await browsers.OpenAsync();
        await using var second = await browsers.OpenAsync();
        foreach (var open in (OpenPage[])[first, second])
        {
            open.Expect("WebSocket connection to");
            open.Expect("ERR_CONNECTION_REFUSED");
            await EnterAsync(open);
        }

        var port = server.Address.Port;
        await server.DisposeAsync();
        await Expect(first.Page.Locator("#state")).ToHaveTextAsync("Reconnecting…");
        database.Execute("UPDATE Cards SET Text = 'Changed meanwhile' WHERE Id = 1; DELETE FROM Cards WHERE Id = 2");
        server = await BoardServer.StartAsync(database.File, port);

        foreach (var open in (OpenPage[])[first, second])
        {
            await Expect(open.Page.Locator("#state")).ToHaveTextAsync("Live");
            await Expect(open.Page.Locator(".card")).ToHaveCountAsync(1);
            await Expect(open.Page.Locator("[data-key='1'] textarea")).ToHaveValueAsync("Changed meanwhile");
            await Expect(open.Page.Locator("#people li")).ToHaveCountAsync(2);
        }
    }

    private async Task EnterAsync(OpenPage open)
    {
        await open.Page.GotoAsync(server.Address.ToString());
        await Expect(open.Page.Locator("#state")).ToHaveTextAsync("Live");
        await Expect(open.Page.Locator(".card")).ToHaveCountAsync(2);
    }
}
