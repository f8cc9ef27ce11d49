using Microsoft.Playwright;

namespace RealtimeApi.Tests.Browser.Samples;

/// <summary>An empty page with a client of the sample's module, which notes what its watches are told.</summary>
internal sealed class WatchPage : IAsyncDisposable
{
    private const string Start = """
        async ([server, transport, options]) => {
          const { WatchClient } = await import('/watch/watch-client.js');
          const { LiveItems } = await import('/watch/live-items.js');
          window.told = {};
          window.states = [];
          window.stops = {};
          const onState = ({ name, transport }) => states.push(`${name} ${transport}`);
          const client = new WatchClient(server, { ...options, signalR: transport === 'WebSocket' ? signalR : undefined, onState });
          window.watch = (name, request) => {
            const told = window.told[name] = [];
            stops[name] = client.watch(request, {
              reset: () => told.push('reset'),
              changes: events => told.push(...events.map(({ view, subject }) => `${view} ${subject}`)),
              synced: () => told.push('synced'),
              waiting: ({ code }, pause) => { told.push(`waiting ${code}`); window.lastPause = pause; },
              ended: ({ code }) => told.push(`ended ${code}`),
            });
          };
          window.live = (name, request) => {
            const told = window.told[name] = [];
            new LiveItems(client, request, { changed: (events, items) => told.push(...events.map(({ view, subject }) => `${view} ${subject}`), `has ${[...items.keys()]}`) });
          };
          window.client = client;
        }
        """;

    private readonly OpenPage open;

    private WatchPage(OpenPage open) => this.open = open;

    public IPage Page => open.Page;

    /// <summary>Opens the page; <paramref name="transport"/> is where its client starts, those above it being barred.</summary>
    /// <param name="options">More options of the client, as an object's JSON.</param>
    /// <param name="prepare">Runs before the page's client is made.</param>
    public static async Task<WatchPage> OpenAsync(Browsers browsers, SampleServer web, Uri server, string transport, string options = "{}", Func<OpenPage, Task>? prepare = null)
    {
        var open = await browsers.OpenAsync();
        var page = open.Page;
        await page.RouteAsync("**/favicon.ico", static route => route.FulfillAsync(new() { Status = 204 }));
        if (transport == "long polling")
        {
            open.Expect("ERR_FAILED");
            await page.RouteAsync("**/events?*", static route => route.AbortAsync());
        }

        if (prepare is not null)
            await prepare(open);
        // No page of the sample's own, whose board would watch, too.
        await page.GotoAsync($"{web.Address}board.css");
        await page.AddScriptTagAsync(new() { Url = "/signalr.js" });
        await page.EvaluateAsync($"start => ({Start})([...start, {options}])", new[] { server.ToString(), transport });
        return new(open);
    }

    /// <summary>Declares console errors that the test provokes.</summary>
    public void Expect(params string[] parts) => Array.ForEach(parts, open.Expect);

    /// <summary>Starts a watch of the given name; <paramref name="request"/> is an object's JSON.</summary>
    public Task WatchAsync(string name, string request) => Page.EvaluateAsync($"watch('{name}', {request})");

    /// <summary>Starts a collection of the given name that is always current.</summary>
    public Task LiveAsync(string name, string request) => Page.EvaluateAsync($"live('{name}', {request})");

    public Task StopAsync(string name) => Page.EvaluateAsync($"stops.{name}()");

    /// <summary>Waits until the watch has been told exactly this.</summary>
    public async Task ToldAsync(string name, params string[] expected)
    {
        var json = System.Text.Json.JsonSerializer.Serialize(expected);
        try
        {
            await UntilAsync($"JSON.stringify(told.{name}) === JSON.stringify({json})");
        }
        catch (TimeoutException)
        {
            Assert.Equal(expected, await Page.EvaluateAsync<string[]>($"told.{name}"));
        }
    }

    public Task UntilAsync(string condition) => Page.WaitForFunctionAsync($"() => {condition}");

    /// <summary>Waits until the connection's state is this one.</summary>
    public async Task StateAsync(string expected)
    {
        try
        {
            await UntilAsync($"states.at(-1) === '{expected}'");
        }
        catch (TimeoutException)
        {
            Assert.Equal([expected], await StatesAsync());
        }
    }

    /// <summary>All states so far, in order.</summary>
    public Task<string[]> StatesAsync() => Page.EvaluateAsync<string[]>("states");

    public ValueTask DisposeAsync() => open.DisposeAsync();
}
