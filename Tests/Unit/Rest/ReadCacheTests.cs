using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;
using RealtimeApi.Server.Rest;
using RealtimeApi.Tests.Unit.Feed;
using RealtimeApi.Tests.Unit.Watching;
using Xunit;

namespace RealtimeApi.Tests.Unit.Rest;

public sealed class ReadCacheTests
{
    private const int CacheBytes = 4 * 1024 * 1024;

    [Fact]
    public async Task Keep_OfManyLongQueries_TakesNoMoreMemoryThanItMay()
    {
        const int Values = 490;
        const int BytesOfValue = 24;
        await using var fixture = await EngineFixture.StartAsync();
        using var cache = Create(fixture);
        var orders = fixture.Catalogs.Current.Find("orders")!;

        var queries = Enumerable.Range(0, 2000)
            .Select(i => Keep(cache, orders, $"?$filter=id in ({i}{string.Concat(Enumerable.Repeat(",1", Values - 1))})", last: null))
            .ToList();

        Assert.InRange(CountAlive(queries), 1, CacheBytes / (Values * BytesOfValue));
    }

    [Fact]
    public async Task Keep_OfPagesThatEndWithLargeItems_TakesNoMoreMemoryThanItMay()
    {
        const int Characters = 512 * 1024;
        await using var fixture = await EngineFixture.StartAsync();
        using var cache = Create(fixture);
        var orders = fixture.Catalogs.Current.Find("orders")!;

        var queries = Enumerable.Range(0, 20)
            .Select(i => Keep(cache, orders, $"?$top={i + 1}", new(orders, MemoryDatabase.Order(i, new('x', Characters), 1, 1))))
            .ToList();

        Assert.InRange(CountAlive(queries), 1, CacheBytes / (Characters * sizeof(char)));
    }

    [Fact]
    public async Task Find_OfWhatWasKept_GivesIt()
    {
        await using var fixture = await EngineFixture.StartAsync();
        using var cache = Create(fixture);
        await fixture.SettleAsync();
        var orders = fixture.Catalogs.Current.Find("orders")!;

        Keep(cache, orders, "?$top=1", last: null);

        Assert.NotNull(cache.Find(new("orders", null, "?$top=1", ""), orders, default, out _));
        Assert.Null(cache.Find(new("orders", null, "?$top=2", ""), orders, default, out _));
    }

    private static ReadCache Create(EngineFixture fixture) =>
        new(fixture.Feed, Options.Create(new RealtimeApiOptions { Rest = { CacheBytes = CacheBytes } }));

    private static int CountAlive(List<WeakReference> references)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return references.Count(static reference => reference.IsAlive);
    }

    /// <returns>What is alive for as long as the read is kept.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Keep(ReadCache cache, ResourceDefinition resource, string query, Item? last)
    {
        var epoch = cache.Begin(resource)!.Value;
        var equals = query.IndexOf('=', StringComparison.Ordinal);
        var list = QueryParser.ParseList(resource, [KeyValuePair.Create(query[1..equals], query[(equals + 1)..])]).Query;
        cache.Keep(
            new(resource.Name, null, query, ""),
            new()
            {
                Resource = resource,
                Tag = "\"x\"",
                Body = "[]"u8.ToArray(),
                Point = new(new(long.MaxValue), 1),
                Query = list,
                Last = last,
            },
            epoch);
        return new(list);
    }
}
