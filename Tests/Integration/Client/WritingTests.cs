using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using RealtimeApi.Client;
using RealtimeApi.Contracts;
using RealtimeApi.Tests.Integration.Writing;
using RealtimeApi.Tests.TestSupport;
using Xunit;

#pragma warning disable xUnit1051 // Each watch is stopped by the token of its Watching.

namespace RealtimeApi.Tests.Integration.Client;

/// <summary>Writes of the client on a real server, and that its reads show them.</summary>
public sealed class WritingTests : IAsyncLifetime
{
    private readonly WritableShop shop = new();
    private Wire wire = null!;
    private HttpClient http = null!;
    private RealtimeApiClient client = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ResourceClient<Order> Orders => client.Resource<Order>("orders");

    public async ValueTask InitializeAsync()
    {
        await shop.InitializeAsync();
        wire = new();
        http = new(wire);
        client = new(Clients.OptionsFor(shop.Server.Address), http);
    }

    public async ValueTask DisposeAsync()
    {
        await client.DisposeAsync();
        http.Dispose();
        await shop.DisposeAsync();
    }

    [Fact]
    public async Task Create_GivesTheItemAsItIsStored()
    {
        var created = await Orders.CreateAsync(new(0, "BERGS", "open", 99.5m, 2, "new"), cancellationToken: Token);

        Assert.Equal(new(3, "BERGS", "open", 99.5m, 2, "new"), created.Item);
        Assert.Equal((await Orders.GetEntryAsync(3, cancellationToken: Token))!.ETag, created.ETag);
        Assert.Equal(created.Item, (await Orders.GetAsync(3, Token)));
    }

    [Fact]
    public async Task Create_WhoseAnswerIsLost_IsRepeatedAndMadeOnce()
    {
        wire.LoseAnswers = 2;

        var created = await Orders.CreateAsync(new(0, "BERGS", "open", 1, 1, null), cancellationToken: Token);

        Assert.Equal(3, created.Item.Id);
        Assert.Equal(3L, shop.Database.Execute("SELECT count(*) FROM Orders"));
        Assert.Single(wire.Sent.Where(r => r.Method == "POST").Select(r => r.IdempotencyKey).Distinct());
        Assert.Equal(3, wire.Sent.Count(r => r.Method == "POST"));
    }

    [Fact]
    public async Task Create_WithTheCallersKey_GivesTheFirstItemAgain()
    {
        var first = await Orders.CreateAsync(new(0, "BERGS", "open", 1, 1, null), "mine", Token);
        var again = await Orders.CreateAsync(new(0, "BERGS", "open", 1, 1, null), "mine", Token);

        Assert.Equal(first.Item, again.Item);
        var error = await Assert.ThrowsAsync<RealtimeApiException>(() => Orders.CreateAsync(new(0, "BERGS", "open", 2, 1, null), "mine", Token));
        Assert.Equal(ProblemCodes.IdempotencyMismatch, error.Code);
    }

    [Fact]
    public async Task Create_OfWhatDoesNotFit_NamesEachField()
    {
        var error = await Assert.ThrowsAsync<RealtimeApiException>(() => Orders.CreateAsync(new(0, null, "much too long a status", 1.234m, 1, null), cancellationToken: Token));

        Assert.Equal(ProblemCodes.InvalidBody, error.Code);
        Assert.Equal(["status", "total"], error.Problem.Errors!.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Create_AtAKey_IsRefusedWhereThereIsOne()
    {
        var customers = client.Resource<Customer>("customers");
        Assert.Equal("Carla", (await customers.CreateAtAsync("CARLA", new("CARLA", "Carla", null), Token)).Item.Name);

        var error = await Assert.ThrowsAsync<RealtimeApiException>(() => customers.CreateAtAsync("CARLA", new("CARLA", "Other", null), Token));

        Assert.Equal(ProblemCodes.PreconditionFailed, error.Code);
        Assert.Equal("Carla", (await customers.GetAsync("CARLA", Token))!.Name);
    }

    [Fact]
    public async Task Replace_OfAnItemThatHasChanged_IsRefused()
    {
        var read = await Orders.GetEntryAsync(1, cancellationToken: Token);
        var first = await Orders.ReplaceAsync(1, read!.Item with { Total = 13 }, read.ETag, Token);

        var error = await Assert.ThrowsAsync<RealtimeApiException>(() => Orders.ReplaceAsync(1, read.Item with { Total = 14 }, read.ETag, Token));
        var second = await Orders.ReplaceAsync(1, first.Item with { Total = 15 }, first.ETag, Token);

        Assert.Equal((ProblemCodes.PreconditionFailed, 15m), (error.Code, second.Item.Total));
        Assert.Equal(16, (await Orders.ReplaceAsync(1, second.Item with { Total = 16 }, cancellationToken: Token)).Item.Total);
    }

    [Fact]
    public async Task Patch_ChangesTheFieldsThatItNames()
    {
        var patched = await Orders.PatchAsync(1, new() { ["note"] = null, ["total"] = 20 }, cancellationToken: Token);

        Assert.Equal(new(1, "ALFKI", "paid", 20, 3, null), patched.Item);
        Assert.Equal(ProblemCodes.NotFound, (await Assert.ThrowsAsync<RealtimeApiException>(() => Orders.PatchAsync(99, [], cancellationToken: Token))).Code);
    }

    [Fact]
    public async Task Delete_SaysWhetherThereWasOne()
    {
        var read = await Orders.GetEntryAsync(2, cancellationToken: Token);
        await Orders.PatchAsync(2, new() { ["note"] = "changed" }, cancellationToken: Token);

        Assert.Equal(ProblemCodes.PreconditionFailed, (await Assert.ThrowsAsync<RealtimeApiException>(() => Orders.DeleteAsync(2, read!.ETag, Token))).Code);
        Assert.True(await Orders.DeleteAsync(2, cancellationToken: Token));
        Assert.False(await Orders.DeleteAsync(2, cancellationToken: Token));
        Assert.Null(await Orders.GetAsync(2, Token));
    }

    [Fact]
    public async Task CompositeKey_IsWrittenByItsParts()
    {
        var lines = client.Resource("lines");

        Assert.Equal(5, (int)(await lines.PatchAsync(ItemKey.Of(1, "a,b"), new() { ["amount"] = 5 }, cancellationToken: Token)).Item["amount"]!);
        Assert.Equal(6, (int)(await lines.CreateAsync(new JsonObject { ["orderId"] = 0, ["product"] = "x", ["amount"] = 6 }, cancellationToken: Token)).Item["amount"]!);
        Assert.True(await lines.DeleteAsync(ItemKey.Of(0, "x"), cancellationToken: Token));
    }

    [Fact]
    public async Task Update_OfManyAtOnce_LosesNone()
    {
        await Orders.PatchAsync(1, new() { ["quantity"] = 1 }, cancellationToken: Token);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            await using var own = Clients.For(shop.Server.Address);
            for (var i = 0; i < 5; i++)
                Assert.NotNull(await own.Resource<Order>("orders").UpdateAsync(1, o => o with { Quantity = o.Quantity + 1 }, Token));
        }));

        Assert.Equal(21L, shop.Database.Execute("SELECT Quantity FROM Orders WHERE Id = 1"));
    }

    [Fact]
    public async Task Update_WritesOnlyWhatItChanges()
    {
        var objects = client.Resource("orders");
        var patched = await client.Resource<Few>("orders").UpdateAsync(1, o => o with { Note = "other" }, Token);
        var inPlace = await objects.UpdateAsync(
            1,
            o =>
            {
                o["total"] = 21;
                return o;
            },
            Token);

        Assert.Equal("other", patched!.Item.Note);
        Assert.Equal(new(1, "ALFKI", "paid", 21, 3, "other"), await Orders.GetAsync(1, Token));
        Assert.Equal(["""{"note":"other"}""", """{"total":21}"""], wire.Sent.Where(r => r.Method == "PATCH").Select(r => r.Body));
        Assert.NotNull(inPlace!.ETag);

        // Nothing to change is nothing to write, and what is not there cannot be changed.
        Assert.NotNull(await Orders.UpdateAsync(1, o => o, Token));
        Assert.Null(await Orders.UpdateAsync(99, o => o, Token));
        Assert.Equal(2, wire.Sent.Count(r => r.Method == "PATCH"));
    }

    [Fact]
    public async Task Update_ThatOthersAlwaysOvertake_GivesUp()
    {
        var times = 0;

        var error = await Assert.ThrowsAsync<RealtimeApiException>(() => Orders.UpdateAsync(
            1,
            o =>
            {
                shop.Database.Execute($"UPDATE Orders SET Note = 'n{++times}' WHERE Id = 1");
                return o with { Total = 1 };
            },
            Token));

        Assert.Equal((ProblemCodes.PreconditionFailed, 10), (error.Code, times));
    }

    [Fact]
    public async Task Reads_AfterAWrite_ShowItOnAnotherNode()
    {
        await using var other = await shop.StartAsync();
        for (var i = 0; i < 20; i++)
        {
            wire.SendReadsTo(other.Address);
            await Orders.GetAsync(1, Token); // So that its memory has an answer.
            await Orders.PatchAsync(1, new() { ["note"] = $"{i}" }, cancellationToken: Token);

            Assert.Equal($"{i}", (await Orders.GetAsync(1, Token))!.Note);
            Assert.Contains((await Orders.ListAsync(cancellationToken: Token)).Items, o => o.Note == $"{i}");
        }

        Assert.All(wire.Sent.Where(r => r.Method == "GET" && r.Path != "/api").Skip(1), r => Assert.NotNull(r.MinimumCursor));
    }

    [Fact]
    public async Task Reads_WhoseCursorHasExpired_AreRepeatedWithoutIt()
    {
        await Orders.PatchAsync(1, new() { ["note"] = "a" }, cancellationToken: Token);
        wire.ExpireCursors = true;

        Assert.Equal("a", (await Orders.GetAsync(1, Token))!.Note);
        Assert.Equal("a", (await Orders.GetAsync(1, Token))!.Note);

        Assert.Equal([true, false, false], wire.Sent.Where(r => r.Method == "GET").Select(r => r.MinimumCursor is not null));
    }

    [Fact]
    public async Task Reads_OfAClientThatDoesNotCare_NameNoCursor()
    {
        await using var careless = new RealtimeApiClient(Clients.OptionsFor(shop.Server.Address) with { ReadYourWrites = false }, http);
        await careless.Resource("orders").PatchAsync(1, new() { ["note"] = "a" }, cancellationToken: Token);

        await careless.Resource("orders").GetAsync(1, Token);

        Assert.All(wire.Sent, r => Assert.Null(r.MinimumCursor));
    }

    [Fact]
    public async Task LiveView_ShowsTheClientsWrites()
    {
        var told = new Told<Order>();
        await using var view = Orders.Where(o => o.Status == "open").OpenLiveView();
        view.Subscribe(told);
        await view.WhenSyncedAsync(Token);

        var created = await Orders.CreateAsync(new(0, null, "open", 5, 1, null), cancellationToken: Token);
        await told.UntilAsync(t => t.Items.ContainsKey("3"));
        await Orders.UpdateAsync(3, o => o with { Status = "paid" }, Token);
        await told.UntilAsync(t => !t.Items.ContainsKey("3"));

        Assert.Equal(created.Item, told.Changes.Single(c => c is { Key: "3", Kind: ChangeKind.Added }).Item);
        Assert.Empty(told.Contradictions);
    }

    internal sealed record Order(long Id, string? Customer, string Status, decimal? Total, int? Quantity, string? Note);

    internal sealed record Few(long Id, string? Note);

    internal sealed record Customer(string Code, string Name, string? Email);

    internal sealed record Request(string Method, string Path, string? Body, string? IdempotencyKey, string? MinimumCursor);

    /// <summary>The network between client and server, with what a test does to it.</summary>
    private sealed class Wire() : DelegatingHandler(new HttpClientHandler())
    {
        private Uri? reads;

        public ConcurrentQueue<Request> Sent { get; } = new();

        /// <summary>How many answers to writes do not arrive.</summary>
        public int LoseAnswers { get; set; }

        public bool ExpireCursors { get; set; }

        public void SendReadsTo(Uri server) => reads = server;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var minimum = One(request, "Realtime-Min-Cursor");
            Sent.Enqueue(new(
                request.Method.Method,
                request.RequestUri!.AbsolutePath,
                request.Content is null ? null : await request.Content.ReadAsStringAsync(cancellationToken),
                One(request, "Idempotency-Key"),
                minimum));
            if (ExpireCursors && minimum is not null)
                return new(HttpStatusCode.Gone)
                {
                    RequestMessage = request,
                    Content = new StringContent("""{"type":"/problems/cursor-expired","title":"t","status":410}""", System.Text.Encoding.UTF8, "application/problem+json"),
                };
            if (request.Method == HttpMethod.Get && reads is not null)
                request.RequestUri = new(reads, request.RequestUri.PathAndQuery);

            var response = await base.SendAsync(request, cancellationToken);
            if (request.Method == HttpMethod.Get || LoseAnswers-- <= 0)
                return response;
            response.Dispose();
            throw new HttpRequestException("The answer was lost.");
        }

        private static string? One(HttpRequestMessage request, string header) => request.Headers.TryGetValues(header, out var values) ? values.Single() : null;
    }
}
