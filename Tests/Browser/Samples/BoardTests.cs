namespace RealtimeApi.Tests.Browser.Samples;

/// <summary>The sample with the plain SignalR client, served as its README says.</summary>
public sealed class BoardTests(Browsers browsers) : IAsyncLifetime
{
    private readonly TempDatabase database = new("""
        CREATE TABLE Orders (Id INTEGER PRIMARY KEY, CustomerId INTEGER NOT NULL, Status TEXT NOT NULL, Total DECIMAL(10, 2) NOT NULL);
        INSERT INTO Orders VALUES (1, 7, 'pending', 12.5), (2, 8, 'paid', 99), (3, 9, 'shipped', 140.25);
        """);

    private HostProcess host = null!;
    private SampleServer? web;

    public async ValueTask InitializeAsync()
    {
        web = await SampleServer.StartAsync();
        host = await HostProcess.StartAsync(null, 0, "--database", database.File);
    }

    public async ValueTask DisposeAsync()
    {
        web?.Dispose();
        if (host is not null)
            await host.DisposeAsync();
        database.Dispose();
    }

    [Fact]
    public async Task Board_OrdersChange_MovesThemAndGoesOnAfterARestart()
    {
        await using var open = await browsers.OpenAsync();
        open.Expect("WebSocket connection to");
        open.Expect("ERR_CONNECTION_REFUSED");
        open.Expect("ERR_EMPTY_RESPONSE");
        open.Expect("ERR_CONNECTION_RESET");
        var page = open.Page;

        await page.GotoAsync($"{web!.Address}?server={host.Address.ToString().TrimEnd('/')}");
        await Expect(page.Locator("#state")).ToHaveTextAsync("Live by WebSocket");
        await Expect(page.Locator("#pending li")).ToHaveTextAsync(["#1customer 712.50"]);
        await Expect(page.Locator("#paid li")).ToHaveTextAsync(["#2customer 899.00"]);

        database.Execute("UPDATE Orders SET Status = 'paid' WHERE Id = 1");
        await Expect(page.Locator("#pending li")).ToHaveCountAsync(0);
        await Expect(page.Locator("#paid li")).ToHaveCountAsync(2);

        var port = host.Address.Port;
        await host.KillAsync();
        await Expect(page.Locator("#state")).ToContainTextAsync("Trying again");
        database.Execute("INSERT INTO Orders VALUES (4, 7, 'pending', 5); UPDATE Orders SET Status = 'shipped' WHERE Id = 2");
        await using var again = await HostProcess.StartAsync(null, port, "--database", database.File);

        await Expect(page.Locator("#state")).ToContainTextAsync("Live");
        await Expect(page.Locator("#pending li")).ToHaveTextAsync(["#4customer 75.00"]);
        await Expect(page.Locator("#paid li")).ToHaveTextAsync(["#1customer 712.50"]);
    }

    [Theory]
    [InlineData("event stream", "WebSocket")]
    [InlineData("long polling", "WebSocket", "fetch")]
    public async Task Board_TransportsBarred_FallsBackAndReturnsUpwards(string transport, params string[] barred)
    {
        await using var open = await browsers.OpenAsync();
        var page = open.Page;
        open.Expect("127.0.0.1:1/");
        open.Expect("ERR_UNSAFE_PORT");
        foreach (var name in barred)
            await page.AddInitScriptAsync(Barring(name));

        await page.GotoAsync($"{web!.Address}?upwards=500&server={host.Address.ToString().TrimEnd('/')}");
        await Expect(page.Locator("#state")).ToHaveTextAsync($"Live by {transport}");
        await Expect(page.Locator("#pending li")).ToHaveTextAsync(["#1customer 712.50"]);
        database.Execute("INSERT INTO Orders VALUES (4, 7, 'pending', 5)");
        await Expect(page.Locator("#pending li")).ToHaveTextAsync(["#4customer 75.00", "#1customer 712.50"]);

        await page.EvaluateAsync("() => { for (const open of window.letPass) open(); }");
        await Expect(page.Locator("#state")).ToHaveTextAsync("Live by WebSocket");
        database.Execute("UPDATE Orders SET Status = 'shipped' WHERE Id = 1");
        await Expect(page.Locator("#pending li")).ToHaveTextAsync(["#4customer 75.00"]);
    }

    [Theory]
    [InlineData("WebSocket")]
    [InlineData("event stream", "WebSocket")]
    [InlineData("long polling", "WebSocket", "fetch")]
    public async Task Board_OfflineForAWhile_ShowsWhatChangedMeanwhile(string transport, params string[] barred)
    {
        await using var open = await browsers.OpenAsync();
        open.Expect("ERR_INTERNET_DISCONNECTED");
        var page = open.Page;
        open.Expect("127.0.0.1:1/");
        open.Expect("ERR_UNSAFE_PORT");
        foreach (var name in barred)
            await page.AddInitScriptAsync(Barring(name));
        await page.GotoAsync($"{web!.Address}?server={host.Address.ToString().TrimEnd('/')}");
        await Expect(page.Locator("#state")).ToHaveTextAsync($"Live by {transport}");

        await page.Context.SetOfflineAsync(true);
        await Expect(page.Locator("#state")).ToHaveTextAsync("Offline");
        database.Execute("INSERT INTO Orders VALUES (4, 7, 'pending', 5); DELETE FROM Orders WHERE Id = 2");
        await page.Context.SetOfflineAsync(false);

        await Expect(page.Locator("#state")).ToContainTextAsync("Live");
        await Expect(page.Locator("#pending li")).ToHaveTextAsync(["#4customer 75.00", "#1customer 712.50"]);
        await Expect(page.Locator("#paid li")).ToHaveCountAsync(0);
    }

    /// <summary>Makes WebSockets or event streams fail, as a proxy in between would, until the page calls what this adds to <c>letPass</c>.</summary>
    private static string Barring(string name) => $$"""
        (() => {
          const real = window.{{name}};
          window.{{name}} = '{{name}}' === 'fetch'
            ? (url, options) => String(url).includes('/events') ? Promise.reject(new TypeError('barred')) : real(url, options)
            : new Proxy(real, { construct: (_, [, ...rest]) => Reflect.construct(real, ['ws://127.0.0.1:1/', ...rest]) });
          (window.letPass ??= []).push(() => { window.{{name}} = real; });
        })();
        """;
}
