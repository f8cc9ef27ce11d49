using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace RealtimeApi.Tests.Browser.Documents;

/// <summary>The API reference, under the host's own headers and without a network.</summary>
public sealed class ReferenceTests(Browsers browsers) : IAsyncLifetime
{
    private readonly TempDatabase database = new("""
        CREATE TABLE Orders (Id INTEGER PRIMARY KEY, Status TEXT NOT NULL, Total DECIMAL(10, 2) NOT NULL, Note TEXT);
        CREATE TABLE "Order Lines" (OrderId INTEGER, Line INTEGER, Product TEXT, PRIMARY KEY (OrderId, Line));
        INSERT INTO Orders VALUES (1, 'pending', 12.5, NULL), (2, 'paid', 99, 'ring twice');
        """);

    private readonly ConcurrentQueue<string> foreign = new();
    private HostProcess host = null!;

    public async ValueTask InitializeAsync() => host = await HostProcess.StartAsync(null, 0, "--database", database.File, "--RealtimeApi:Resources:*:Write=true");

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        database.Dispose();
        Assert.Empty(foreign);
    }

    [Fact]
    public async Task Reference_Opened_TellsHowToReadWatchResumeAndWrite()
    {
        await using var open = await OpenAsync("docs");

        foreach (var chapter in new[] { "Read", "Filter", "Watch", "Resume", "Clients", "Write", "Values", "Errors" })
            await Expect(open.Page.GetByRole(AriaRole.Heading, new() { Name = chapter, Exact = true }).First).ToBeVisibleAsync();
        await Expect(open.Page.Locator("code", new() { HasText = $"curl -N '{host.Address}api/orderLines/events'" }).First).ToBeVisibleAsync();
        await Expect(open.Page.GetByText("new EventSource").First).ToBeVisibleAsync();
        await Expect(open.Page.GetByText("skipNegotiation").First).ToBeVisibleAsync();
        foreach (var what in new[] { "/changes?since=", "Idempotency-Key", "If-Match", "Last-Event-ID", "$orderby", "nextLink", "WatchAsync", "LiveView<T>", "OpenLiveView", "PollAsync", "WatchTransport.", "UpdateAsync", "new WatchClient" })
            await Expect(open.Page.GetByText(what).First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Reference_ResourceChosen_ShowsItsOperationsAndFields()
    {
        await using var open = await OpenAsync("docs/#rest-openapi/tag/orders");

        await Expect(open.Page.GetByRole(AriaRole.Heading, new() { Name = "List orders" }).First).ToBeVisibleAsync();
        await Expect(open.Page.GetByText("/api/orders/{id}/events").First).ToBeAttachedAsync();
        await Expect(open.Page.GetByText("The fields: id, status, total, note.").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Reference_RequestSent_ShowsTheAnswer()
    {
        await using var open = await OpenAsync("docs/#rest-openapi/tag/orders");

        await open.Page.GetByRole(AriaRole.Button, new() { Name = "Test Request (get /api/orders)" }).First.ClickAsync();
        await open.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Send" }).First.ClickAsync();

        await Expect(open.Page.GetByText("ring twice").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Reference_HubChosen_ShowsItsMessages()
    {
        await using var open = await OpenAsync("docs");

        await open.Page.GetByText("REST (OpenAPI)").First.ClickAsync();
        await open.Page.GetByText("Hub and streams (AsyncAPI)").First.ClickAsync();

        await Expect(open.Page.GetByRole(AriaRole.Heading, new() { Name = "RealtimeApi: hub and streams" }).First).ToBeVisibleAsync();
        await Expect(open.Page.GetByText("Start a watch").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task LivePage_LinkFollowed_LeadsToTheReference()
    {
        await using var open = await OpenAsync("");

        await open.Page.ClickAsync("a[href='docs/']");

        await Expect(open.Page.GetByRole(AriaRole.Heading, new() { Name = "Resume", Exact = true }).First).ToBeVisibleAsync();
    }

    private async Task<OpenPage> OpenAsync(string path)
    {
        var open = await browsers.OpenAsync();
        open.Page.Request += (_, request) =>
        {
            var address = new Uri(request.Url);
            if (address.Scheme is not ("data" or "blob") && address.Authority != host.Address.Authority)
                foreign.Enqueue(request.Url);
        };
        await open.Page.GotoAsync(new Uri(host.Address, path).ToString());
        return open;
    }
}
