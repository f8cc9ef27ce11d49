using RealtimeApi.Contracts;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Resources;
using RealtimeApi.Server.Watching;
using RealtimeApi.Tests.Unit.Feed;
using Xunit;

namespace RealtimeApi.Tests.Unit.Watching;

public sealed class ScopeIndexTests
{
    [Fact]
    public async Task Find_AmongManyEqualitiesAndKeys_GivesOnlyThoseOfBothImages()
    {
        var catalog = await CatalogAsync();
        var index = new ScopeIndex();
        var scopes = new Dictionary<string, Scope>();
        for (var i = 0; i < 10_000; i++)
        {
            Add($"customerId eq {i}", new() { Resource = "orders", Filter = $"customerId eq {i}" });
            Add($"key {i}", new() { Resource = "orders", Key = $"{i}" });
        }

        Add("selected", new() { Resource = "orders", Filter = "customerId eq 7", Select = "total" });
        Add("whole", new() { Resource = "orders" });
        Add("range", new() { Resource = "orders", Filter = "total gt 5" });
        Add("other", new() { Resource = "notes" });

        Assert.Equal(["customerId eq 7", "customerId eq 8", "key 3", "range", "selected", "whole"], Found(Customer(7), Customer(8)));
        Assert.Equal(["customerId eq 7", "key 3", "range", "selected", "whole"], Found(Customer(7), Customer(7)));
        Assert.Equal(["customerId eq 8", "key 3", "range", "whole"], Found(null, Customer(8)));
        Assert.Equal(["key 3", "range", "whole"], Found(Customer(20_000), null));

        index.Remove_NeedsLock(scopes["customerId eq 7"]);
        index.Remove_NeedsLock(scopes["range"]);
        index.Remove_NeedsLock(scopes["key 3"]);
        Assert.Equal(["customerId eq 8", "selected", "whole"], Found(Customer(7), Customer(8)));
        index.Remove_NeedsLock(scopes["selected"]);
        index.Remove_NeedsLock(scopes["whole"]);
        Assert.Equal([], Found(Customer(7), null));

        void Add(string name, WatchRequest request)
        {
            scopes[name] = new(WatchView.Parse(request, catalog), "log1", default);
            index.Add_NeedsLock(scopes[name]);
        }

        FieldValue[] Customer(long customer) => MemoryDatabase.Order(3, "a", 9, customer);

        IEnumerable<string> Found(FieldValue[]? before, FieldValue[]? after)
        {
            var orders = catalog.Find("orders")!;
            List<Scope> found = [];
            index.Find_NeedsLock(
                new()
                {
                    Point = default,
                    Resource = orders,
                    Before = before is null ? null : new(orders, before),
                    After = after is null ? null : new(orders, after),
                    Time = default,
                    Size = 1,
                },
                found);
            return found.Select(scope => scopes.Single(named => ReferenceEquals(named.Value, scope)).Key).Order();
        }
    }

    [Fact]
    public async Task ReadWindow_ToAPlaceThatTheStateHasNotReached_StopsAtTheHead()
    {
        await using var fixture = await EngineFixture.StartAsync();
        var after = fixture.Database.Head.Position;
        fixture.Database.Write("orders", 1, MemoryDatabase.Order(1, "a", 1, 1));
        await fixture.SettleAsync();
        var state = fixture.Feed.State!;
        var scope = new Scope(WatchView.Parse(new() { Resource = "orders" }, state.Catalog), "log1", default);

        // The scope's history may have moved on, by newer states, when a reader holds an older one.
        var step = CatchUp.ReadWindow(scope, state, after, new LogPoint(new(1000), 1), new(1000));

        Assert.Equal(state.Head, step.Through);
        Assert.Single(step.Events);
    }

    private static async Task<ResourceCatalog> CatalogAsync()
    {
        await using var fixture = await EngineFixture.StartAsync();
        return fixture.Catalogs.Current;
    }
}
