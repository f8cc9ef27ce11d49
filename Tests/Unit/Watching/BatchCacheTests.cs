using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Watching;
using Xunit;

namespace RealtimeApi.Tests.Unit.Watching;

public sealed class BatchCacheTests
{
    private const int Large = 1024 * 1024;

    [Fact]
    public async Task Keep_OfManyLargeBatches_HoldsTheNewestWithinItsBytes()
    {
        await using var fixture = await EngineFixture.StartAsync();
        var scope = (await fixture.WatchAsync(new() { Resource = "orders" })).Watch.Scope;
        var cache = new BatchCache();
        var json = new byte[Large];
        for (var i = 1; i <= 1000; i++)
        {
            cache.Keep(scope, BatchLimit.Frame, Batch(i, json));
            Assert.NotNull(Find(cache, scope, i));
        }

        Assert.InRange(Enumerable.Range(1, 1000).Count(i => Find(cache, scope, i) is not null), 1, BatchCache.MostBytes / Large);
    }

    [Fact]
    public async Task Keep_OfAFrameAtEveryPlace_LosesNoneToTheBytes()
    {
        await using var fixture = await EngineFixture.StartAsync();
        var scope = (await fixture.WatchAsync(new() { Resource = "orders" })).Watch.Scope;
        var cache = new BatchCache();
        var json = new byte[BatchLimit.Frame.Bytes];
        var places = new HashSet<int>();
        for (var i = 1; i <= 1000; i++)
        {
            places.Add(BatchCache.PlaceOf(scope, Point(i)));
            cache.Keep(scope, BatchLimit.Frame, Batch(i, json));
        }

        Assert.Equal(places.Count, Enumerable.Range(1, 1000).Count(i => Find(cache, scope, i) is not null));
    }

    private static WatchBatch? Find(BatchCache cache, Scope scope, int from) => cache.Find(scope, Point(from), BatchLimit.Frame, LogPosition.Max);

    private static LogPoint Point(int position) => new(new(position), position);

    private static WatchBatch Batch(int from, byte[] json) => new()
    {
        From = "",
        Cursor = "",
        FromPoint = Point(from),
        ThroughPoint = Point(from + 1),
        Events = [new() { Id = "", Type = "", Json = json, Point = Point(from + 1) }],
        HasMore = true,
    };
}
