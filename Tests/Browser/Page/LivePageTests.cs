using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace RealtimeApi.Tests.Browser.Page;

public sealed partial class LivePageTests(Browsers browsers) : IAsyncLifetime
{
    private readonly TempDatabase database = new("""
        CREATE TABLE Orders (Id INTEGER PRIMARY KEY, Status TEXT NOT NULL, Total DECIMAL(10, 2) NOT NULL, Note TEXT);
        CREATE TABLE "Order Details" (OrderId INTEGER, Line INTEGER, Product TEXT, PRIMARY KEY (OrderId, Line));
        INSERT INTO Orders VALUES (1, 'pending', 12.5, NULL), (2, 'paid', 99, 'ring twice'), (3, 'pending', 140.25, NULL);
        INSERT INTO "Order Details" VALUES (1, 1, 'Mug'), (1, 2, 'Tea'), (2, 1, 'Pot');
        CREATE VIEW Totals AS SELECT Status, sum(Total) AS Total FROM Orders GROUP BY Status;
        """);

    private HostProcess host = null!;

    public async ValueTask InitializeAsync() => host = await HostProcess.StartAsync(null, 0, "--database", database.File);

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        database.Dispose();
    }

    [Fact]
    public async Task Page_Opened_ListsResourcesAndItemsOfTheFirst()
    {
        await using var open = await browsers.OpenAsync();
        var page = open.Page;

        await page.GotoAsync(host.Address.ToString());

        await Expect(page.Locator("#connection")).ToContainTextAsync("Live");
        await Expect(page.Locator("#resources a", new() { HasText = "orderDetails" })).ToBeVisibleAsync();
        await page.ClickAsync("#resources a:text-is('orders')");
        await Expect(page.Locator("#resource-name")).ToHaveTextAsync("orders");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(3);
        await Expect(page.Locator("tbody tr").Nth(2)).ToHaveTextAsync("3pending140.25–");
        await Expect(page.Locator("#count")).ToHaveTextAsync("3 items");
    }

    [Fact]
    public async Task Connection_Refused_SaysWhyAndWaitsAsLongAsTheServerAsks()
    {
        await host.DisposeAsync();
        host = await HostProcess.StartAsync(null, 0, "--database", database.File, "--RealtimeApi:Watching:MaxConnections=1");
        using var http = new HttpClient();
        using var taken = await http.GetAsync(new Uri(host.Address, "api/orders/events"), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await using var open = await browsers.OpenAsync();
        open.Expect("WebSocket connection to");
        open.Expect("status of 429");
        var page = open.Page;

        await page.GotoAsync(host.Address.ToString());

        await Expect(page.Locator("#connection")).ToContainTextAsync(new Regex("Refused; again in (1[0-9]|[4-9]) s"));
        await Expect(page.Locator("#connection")).ToHaveAttributeAsync("title", new Regex("^This server has 1 connections, streams and polls open"));
        taken.Dispose();
        await page.ClickAsync("#connection");
        await Expect(page.Locator("#connection")).ToContainTextAsync("Live");
    }

    [Fact]
    public async Task Watch_RefusedForAWhile_SaysWhyAndWaitsAsLongAsTheServerAsks()
    {
        await host.DisposeAsync();
        host = await HostProcess.StartAsync(null, 0, "--database", database.File, "--RealtimeApi:Watching:MaxCostPerCaller=4");
        await using var open = await browsers.OpenAsync();
        var page = open.Page;
        await ShowAsync(page, "orders");

        await page.FillAsync("#filter", "total gt 50 and status ne 'paid'");
        await page.PressAsync("#filter", "Enter");

        await Expect(page.Locator("#connection")).ToContainTextAsync("Refused; again in");
        await Expect(page.Locator("#connection")).ToHaveAttributeAsync("title", new Regex("Try again in [0-9]+ seconds"));
    }

    /// <summary>Several records come in one frame, of which an early one may be the end of the connection.</summary>
    [Fact]
    public async Task Watch_EndedForAWhileBeforeOtherRecords_ComesBackOnTheNextConnection()
    {
        await using var open = await browsers.OpenAsync();
        // Without the page, whose own connection is not meant; the browser looks for an icon, which the page would name.
        open.Expect("status of 404");
        await open.Page.GotoAsync(new Uri(host.Address, "hub.js").ToString());

        var told = await open.Page.EvaluateAsync<string[]>("""
            async () => {
              const { Hub } = await import('/hub.js');
              const sockets = [];
              const told = [];
              globalThis.WebSocket = class {
                sent = [];
                constructor() { sockets.push(this); }
                send(text) { this.sent.push(text); }
                close() {}
                take(...records) { this.onmessage({ data: records.map(record => JSON.stringify(record) + '\u001e').join('') }); }
              };
              const hub = new Hub('ws://localhost', () => {});
              hub.watch({ resource: 'orders' }, { onChanges() {}, onLive() { told.push('live'); }, onEnded(error) { told.push(`ended: ${error}`); } });
              hub.start();
              for (let i = 0; i < 2; i++) {
                while (sockets.length <= i)
                  await new Promise(resolve => setTimeout(resolve, 10));
                sockets[i].onopen();
                sockets[i].take({});
                const { invocationId } = JSON.parse(sockets[i].sent.find(text => text.includes('Subscribe')).slice(0, -1));
                sockets[i].take({ type: 3, invocationId, result: { cursor: 'c' } });
                await new Promise(resolve => setTimeout(resolve));
                if (i === 0)
                  sockets[i].take({ type: 1, target: 'Ended', arguments: ['view-1', { type: '/problems/unavailable', status: 503, detail: 'Later.' }] }, { type: 6 });
              }
              return told;
            }
            """);

        Assert.Equal(["live", "live"], told);
    }

    [Fact]
    public async Task Filter_Applied_ShowsWhatMatchesAndIsInTheAddress()
    {
        await using var open = await browsers.OpenAsync();
        var page = open.Page;
        await ShowAsync(page, "orders");

        await page.FillAsync("#filter", "total gt 50 and status eq 'pending'");
        await page.PressAsync("#filter", "Enter");

        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        await Expect(page.Locator("tbody td").First).ToHaveTextAsync("3");
        await page.ReloadAsync();
        await Expect(page.Locator("#filter")).ToHaveValueAsync("total gt 50 and status eq 'pending'");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        await page.ClickAsync("#clear");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(3);
    }

    [Fact]
    public async Task Filter_Refused_SaysWhy()
    {
        await using var open = await browsers.OpenAsync();
        open.Expect("status of 400");
        var page = open.Page;
        await ShowAsync(page, "orders");

        await page.FillAsync("#filter", "colour eq 'red'");
        await page.ClickAsync("text=Apply");

        await Expect(page.Locator("#filter-problem")).ToContainTextAsync("colour");
        await Expect(page.Locator("#filter")).ToHaveAttributeAsync("aria-invalid", "true");
        await page.FillAsync("#filter", "status eq 'paid'");
        await page.ClickAsync("text=Apply");
        await Expect(page.Locator("#filter-problem")).ToBeHiddenAsync();
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
    }

    [Theory]
    [InlineData("", "status eq 'pending' and total ge 12.5", 2, false)]
    [InlineData("UPDATE Orders SET Total = 'unknown' WHERE Id = 2", "status eq 'pending'", 2, false)]
    [InlineData("UPDATE Orders SET Status = 'o''clock', Total = 'unknown'", "id ne null", 3, true)]
    [InlineData("UPDATE Orders SET Status = 7, Total = x'00', Note = NULL", "id ne null", 3, true)]
    public async Task FilterHint_RowsWithMisfits_IsAFilterThatTheServerTakes(string sql, string hint, int matching, bool asks)
    {
        database.Execute(sql.Length > 0 ? sql : "SELECT 1");
        await using var open = await browsers.OpenAsync();
        // Where all rows are misfits only the server knows.
        if (asks)
            open.Expect("status of 400");
        var page = open.Page;
        await ShowAsync(page, "orders");

        await Expect(page.Locator("#filter")).ToHaveAttributeAsync("placeholder", "e.g.  " + hint);
        await page.FillAsync("#filter", hint);
        await page.PressAsync("#filter", "Enter");

        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(matching);
        await Expect(page.Locator("#filter-problem")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Header_Clicked_OrdersByItsField()
    {
        await using var open = await browsers.OpenAsync();
        var page = open.Page;
        await ShowAsync(page, "orders");

        await page.ClickAsync("th button:text-is('total')");
        await Expect(page.Locator("th[aria-sort=ascending]")).ToHaveTextAsync("total");
        await page.ClickAsync("th button:text-is('total')");

        await Expect(page.Locator("th[aria-sort=descending]")).ToHaveTextAsync("total");
        await Expect(page.Locator("tbody tr td:first-child")).ToHaveTextAsync(["3", "2", "1"]);
    }

    [Fact]
    public async Task Changes_OfAnotherProgram_ShowAtOnce()
    {
        await using var open = await browsers.OpenAsync();
        var page = open.Page;
        await ShowAsync(page, "orders");

        database.Execute("UPDATE Orders SET Status = 'shipped' WHERE Id = 2");
        await Expect(page.Locator("tbody tr").Nth(1)).ToContainTextAsync("shipped");
        await Expect(page.Locator(".change").First).ToContainTextAsync("status paid → shipped");

        database.Execute("INSERT INTO Orders VALUES (4, 'pending', 7, NULL)");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(4);
        await Expect(page.Locator("#count")).ToHaveTextAsync("4 items");

        database.Execute("DELETE FROM Orders WHERE Id = 1");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(3);
        await Expect(page.Locator(".change .badge")).ToHaveTextAsync(["removed", "added", "modified"]);

        await page.Locator(".change summary").Nth(1).ClickAsync();
        await Expect(page.Locator(".change pre")).ToContainTextAsync("\"type\": \"orders.created\"");
    }

    [Fact]
    public async Task FilteredView_ItemsEnterAndLeave_ShowAsAddedAndRemoved()
    {
        await using var open = await browsers.OpenAsync();
        var page = open.Page;
        await ShowAsync(page, "orders", "status eq 'pending'");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(2);

        database.Execute("UPDATE Orders SET Status = 'pending' WHERE Id = 2");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(3);
        database.Execute("UPDATE Orders SET Status = 'paid' WHERE Id = 1");

        await Expect(page.Locator("tbody tr td:first-child")).ToHaveTextAsync(["2", "3"]);
        await Expect(page.Locator(".change .badge")).ToHaveTextAsync(["removed", "added"]);
    }

    [Fact]
    public async Task CompositeKey_Changed_UpdatesItsRow()
    {
        await using var open = await browsers.OpenAsync();
        var page = open.Page;
        await ShowAsync(page, "orderDetails");

        database.Execute("""UPDATE "Order Details" SET Product = 'Green tea' WHERE OrderId = 1 AND Line = 2""");

        await Expect(page.Locator("tbody tr").Nth(1)).ToHaveTextAsync("12Green tea");
        await Expect(page.Locator(".change .subject")).ToHaveTextAsync("1,2");
    }

    [Fact]
    public async Task Server_Restarted_ExactlyTheMissedChangesArrive()
    {
        await using var open = await browsers.OpenAsync();
        open.Expect("ERR_CONNECTION_");
        // The page asks why it was refused, of a server that is there by then.
        open.Expect("status of 400");
        var page = open.Page;
        await ShowAsync(page, "orders");
        database.Execute("UPDATE Orders SET Total = 13 WHERE Id = 1");
        await Expect(page.Locator(".change")).ToHaveCountAsync(1);

        var port = host.Address.Port;
        await host.KillAsync();
        await Expect(page.Locator("#connection")).ToContainTextAsync("econnecting");
        database.Execute("UPDATE Orders SET Status = 'paid' WHERE Id = 3");
        database.Execute("INSERT INTO Orders VALUES (9, 'pending', 1, NULL)");
        await using var again = await HostProcess.StartAsync(null, port, "--database", database.File);

        await Expect(page.Locator("#connection")).ToContainTextAsync("Live");
        await Expect(page.Locator(".change .subject")).ToHaveTextAsync(["9", "3", "1"]);
        await Expect(page.Locator("tbody tr td:first-child")).ToHaveTextAsync(["1", "2", "3", "9"]);
        database.Execute("DELETE FROM Orders WHERE Id = 9");
        await Expect(page.Locator(".change .subject")).ToHaveTextAsync(["9", "9", "3", "1"]);
    }

    [Fact]
    public async Task Server_RestartedOnAnotherDatabase_ListsAnewAndSaysSo()
    {
        using var other = new TempDatabase("CREATE TABLE Orders (Id INTEGER PRIMARY KEY, Status TEXT); CREATE TABLE Extra (Id INTEGER PRIMARY KEY); INSERT INTO Orders VALUES (77, 'new')");
        await using var open = await browsers.OpenAsync();
        open.Expect("ERR_CONNECTION_");
        // The page asks why it was refused, of a server that is there by then.
        open.Expect("status of 400");
        var page = open.Page;
        await ShowAsync(page, "orders");

        var port = host.Address.Port;
        await host.KillAsync();
        await using var again = await HostProcess.StartAsync(null, port, "--database", other.File);

        await Expect(page.Locator(".log .note")).ToContainTextAsync("read anew");
        await Expect(page.Locator("tbody tr")).ToHaveTextAsync(["77new"]);
        await Expect(page.Locator("#resources a", new() { HasText = "extra" })).ToBeVisibleAsync();
        other.Execute("UPDATE Orders SET Status = 'seen'");
        await Expect(page.Locator("tbody tr")).ToHaveTextAsync(["77seen"]);
        await Expect(page.Locator(".change")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Page_OpenedWhileTheServerIsAway_ComesWithIt()
    {
        await using var open = await browsers.OpenAsync();
        open.Expect("503");
        var page = open.Page;
        var away = true;
        await page.RouteAsync("**/api", route => away ? route.FulfillAsync(new() { Status = 503 }) : route.ContinueAsync());

        await page.GotoAsync(host.Address.ToString());
        await Expect(page.Locator("#notice")).ToContainTextAsync("Trying again");
        away = false;

        await Expect(page.Locator("#connection")).ToContainTextAsync("Live");
        await Expect(page.Locator("#notice")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task ManyItems_Paged_EachPageIsFollowedToo()
    {
        database.Execute("WITH RECURSIVE n(i) AS (VALUES (10) UNION ALL SELECT i + 1 FROM n WHERE i < 250) INSERT INTO Orders SELECT i, 'paid', i, NULL FROM n");
        await using var open = await browsers.OpenAsync();
        var page = open.Page;
        await ShowAsync(page, "orders");

        await Expect(page.Locator("#page")).ToHaveTextAsync("1–100 of 244");
        await page.ClickAsync("#next");
        await Expect(page.Locator("#page")).ToHaveTextAsync("101–200 of 244");
        await Expect(page.Locator("tbody td").First).ToHaveTextAsync("107");
        database.Execute("UPDATE Orders SET Status = 'shipped' WHERE Id = 107");
        await Expect(page.Locator("tbody tr").First).ToContainTextAsync("shipped");
        await page.ClickAsync("#next");
        await Expect(page.Locator("#page")).ToHaveTextAsync("201–244 of 244");
        await Expect(page.Locator("#next")).ToBeDisabledAsync();
        await page.ClickAsync("#previous");
        await Expect(page.Locator("#page")).ToHaveTextAsync("101–200 of 244");
    }

    [Fact]
    public async Task Values_WithMarkup_AreShownAsText()
    {
        const string Markup = "<img src=x onerror=\"document.title='run'\"><b>bold</b>";
        database.Execute("UPDATE Orders SET Note = $note WHERE Id = 1", ("$note", Markup));
        await using var open = await browsers.OpenAsync();
        var page = open.Page;
        await ShowAsync(page, "orders");

        database.Execute("UPDATE Orders SET Note = $note WHERE Id = 3", ("$note", Markup + "!"));

        await Expect(page.Locator("tbody tr").First).ToContainTextAsync(Markup);
        await Expect(page.Locator(".change .what")).ToContainTextAsync(Markup + "!");
        await Expect(page.Locator("main img, main b, .changes img, .changes b")).ToHaveCountAsync(0);
        Assert.Equal("orders – RealtimeApi", await page.TitleAsync());
    }

    [Fact]
    public async Task View_Shown_CannotBeWatchedAndSaysSo()
    {
        await using var open = await browsers.OpenAsync();
        var page = open.Page;
        await host.DisposeAsync();
        host = await HostProcess.StartAsync(null, 0, "--database", database.File, "--RealtimeApi:Resources:totals:Table=Totals", "--RealtimeApi:Resources:totals:Key:0=Status");

        await ShowAsync(page, "totals");

        await Expect(page.Locator("#resource-tags")).ToContainTextAsync("not watchable");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(2);
        await Expect(page.Locator("#changes-empty")).ToContainTextAsync("not watched");
    }

    [Fact]
    public async Task Pause_Pressed_HoldsTheListUntilResumed()
    {
        await using var open = await browsers.OpenAsync();
        var page = open.Page;
        await ShowAsync(page, "orders");
        await page.ClickAsync("#pause");

        database.Execute("UPDATE Orders SET Total = 1 WHERE Id = 1");
        await Expect(page.Locator("#changes-count")).ToHaveTextAsync("1");
        await Expect(page.Locator(".change")).ToHaveCountAsync(0);
        await page.ClickAsync("#pause");

        await Expect(page.Locator(".change")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Snippets_OfAView_NameItsResourceAndFilter()
    {
        await using var open = await browsers.OpenAsync();
        var page = open.Page;
        await ShowAsync(page, "orders", "status eq 'pending'");

        var curl = await page.Locator("#snippet").InnerTextAsync();
        var url = CurlAddress().Match(curl).Groups[1].Value;
        await page.ClickAsync("#snippet-tabs >> text=.NET");

        using var client = new HttpClient();
        Assert.Contains("\"pending\"", await client.GetStringAsync(new Uri(url), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await Expect(page.Locator("#snippet")).ToContainTextAsync("client.Resource(\"orders\")");
        await Expect(page.Locator("#snippet")).ToContainTextAsync(".Where(\"status eq 'pending'\")");
    }

    [Theory]
    [InlineData(375, ColorScheme.Light)]
    [InlineData(900, ColorScheme.Dark)]
    public async Task Page_Narrow_FitsItsWidth(int width, ColorScheme colors)
    {
        await using var open = await browsers.OpenAsync(width, 800, colors);
        var page = open.Page;

        await ShowAsync(page, "orders");

        var wide = await page.EvaluateAsync<int>("document.documentElement.scrollWidth");
        Assert.True(wide <= width, string.Create(CultureInfo.InvariantCulture, $"The page is {wide} pixels wide in a window of {width}."));
    }

    private async Task ShowAsync(IPage page, string resource, string filter = "")
    {
        await page.GotoAsync($"{host.Address}#/{resource}{(filter.Length > 0 ? "?filter=" + Uri.EscapeDataString(filter) : "")}");
        await Expect(page.Locator("#connection")).ToContainTextAsync("Live");
        await Expect(page.Locator("#table")).ToHaveAttributeAsync("aria-busy", "false");
    }

    [GeneratedRegex("'(.*)'")]
    private static partial Regex CurlAddress();
}
