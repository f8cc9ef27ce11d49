using System.Text;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Feed;
using RealtimeApi.Tests.Unit.Feed;
using Xunit;

namespace RealtimeApi.Tests.Unit.Watching;

/// <summary>PROTOCOL, The event: what a change looks like, and what it means for each kind of view.</summary>
public sealed class WatchEventTests
{
    [Fact]
    public async Task Event_OfAnUpdate_IsTheProtocolsJsonByteForByte()
    {
        await using var fixture = await EngineFixture.StartAsync();
        fixture.Database.Write("orders", 42, MemoryDatabase.Order(42, "pending", 10, 7));
        await fixture.SettleAsync();
        var watch = await fixture.WatchAsync(new() { Resource = "orders" });
        var start = watch.Cursor;
        var point = fixture.Database.Write("orders", 42, MemoryDatabase.Order(42, "shipped \"é\"", 10, 7));
        await fixture.SettleAsync();

        var batch = await watch.ReadAsync();

        var id = Cursor.Format("log1", point);
        Assert.Equal(id, batch!.Events[0].Id);
        Assert.Equal("orders.updated", batch.Events[0].Type);
        Assert.Equal(
            $$$"""{"from":"{{{start}}}","cursor":"{{{id}}}","changes":[{"specversion":"1.0","id":"{{{id}}}","source":"/api/orders","type":"orders.updated","subject":"42","time":"2026-11-23T11:06:30.123Z","view":"modified","data":{"id":42,"status":"shipped \"é\"","total":10,"customerId":7}}]}""",
            Encoding.UTF8.GetString(batch.Json.Span));
        Assert.Null(await watch.ReadAsync());
    }

    [Fact]
    public async Task Event_OfADelete_HasTheKeyAndNothingElse()
    {
        await using var fixture = await EngineFixture.StartAsync();
        var watch = await fixture.WatchAsync(new() { Resource = "ORDERS" });
        fixture.Database.Write("orders", 1, MemoryDatabase.Order(1, "pending", 10, 7));
        fixture.Database.Write("orders", 1, null);

        var events = await watch.SettleAndDrainAsync();

        Assert.Equal(["added 1 pending", "removed 1"], events.Select(TestWatch.Summarize));
        Assert.Equal(["orders.created", "orders.deleted"], events.Select(e => (string?)e["type"]));
        Assert.False(events[1].ContainsKey("data"));
    }

    [Fact]
    public async Task Filter_AsRowsEnterChangeAndLeave_SaysWhatItMeansForTheView()
    {
        await using var fixture = await EngineFixture.StartAsync();
        var watch = await fixture.WatchAsync(new() { Resource = "orders", Filter = "total gt 100" });
        var write = (long total, string status) => fixture.Database.Write("orders", 1, MemoryDatabase.Order(1, status, total, 7));
        write(50, "a");
        write(150, "b");
        write(160, "c");
        write(70, "d");
        write(80, "e");
        write(200, "f");
        fixture.Database.Write("orders", 1, null);

        var events = await watch.SettleAndDrainAsync();

        Assert.Equal(["added 1 b", "modified 1 c", "removed 1", "added 1 f", "removed 1"], events.Select(TestWatch.Summarize));
        Assert.Equal(["orders.updated", "orders.updated", "orders.updated", "orders.updated", "orders.deleted"], events.Select(e => (string?)e["type"]));
    }

    [Theory]
    [InlineData("customerId eq 7")]
    [InlineData("customerId eq 7 and total gt 0")]
    [InlineData("customerId in (7, 9)")]
    [InlineData("not (customerId ne 7 and customerId ne 9)")]
    public async Task Filter_WhateverTheIndexMakesOfIt_SeesTheSame(string filter)
    {
        await using var fixture = await EngineFixture.StartAsync();
        var watch = await fixture.WatchAsync(new() { Resource = "orders", Filter = filter });
        foreach (var customer in new long[] { 7, 8, 7 })
            fixture.Database.Write("orders", 1, MemoryDatabase.Order(1, $"c{customer}", 1, customer));
        fixture.Database.Write("orders", 2, MemoryDatabase.Order(2, "other", 1, 8));

        Assert.Equal(["added 1 c7", "removed 1", "added 1 c7"], await watch.SettleAndSummarizeAsync());
    }

    [Fact]
    public async Task Key_OfAnItem_SeesThatItemComeChangeAndGo()
    {
        await using var fixture = await EngineFixture.StartAsync();
        var watch = await fixture.WatchAsync(new() { Resource = "orders", Key = "2" });
        foreach (var id in new long[] { 1, 2, 3 })
            fixture.Database.Write("orders", id, MemoryDatabase.Order(id, "new", 1, 1));
        fixture.Database.Write("orders", 2, MemoryDatabase.Order(2, "old", 1, 1));
        fixture.Database.Write("orders", 1, null);
        fixture.Database.Write("orders", 2, null);

        Assert.Equal(["added 2 new", "modified 2 old", "removed 2"], await watch.SettleAndSummarizeAsync());
    }

    [Fact]
    public async Task Select_OfSomeFields_SendsThemAndTheKeyAndLeavesOutWhatDoesNotShow()
    {
        await using var fixture = await EngineFixture.StartAsync();
        var watch = await fixture.WatchAsync(new() { Resource = "orders", Select = "status" });
        fixture.Database.Write("orders", 1, MemoryDatabase.Order(1, "new", 1, 1));
        fixture.Database.Write("orders", 1, MemoryDatabase.Order(1, "new", 2, 1));
        fixture.Database.Write("orders", 1, MemoryDatabase.Order(1, "old", 2, 1));

        var events = await watch.SettleAndDrainAsync();

        Assert.Equal(["""{"id":1,"status":"new"}""", """{"id":1,"status":"old"}"""], events.Select(e => e["data"]!.ToJsonString()));
    }

    [Fact]
    public async Task Select_WithAFilterOnAnotherField_StillSeesEntryAndExit()
    {
        await using var fixture = await EngineFixture.StartAsync();
        var watch = await fixture.WatchAsync(new() { Resource = "orders", Select = "status", Filter = "total gt 10" });
        fixture.Database.Write("orders", 1, MemoryDatabase.Order(1, "new", 1, 1));
        fixture.Database.Write("orders", 1, MemoryDatabase.Order(1, "new", 11, 1));
        fixture.Database.Write("orders", 1, MemoryDatabase.Order(1, "new", 12, 1));
        fixture.Database.Write("orders", 1, MemoryDatabase.Order(1, "new", 2, 1));

        Assert.Equal(["added 1 new", "removed 1"], await watch.SettleAndSummarizeAsync());
    }

    [Fact]
    public async Task Events_OfViewsOfTheSameFields_ShareTheirBytes()
    {
        await using var fixture = await EngineFixture.StartAsync();
        var whole = await fixture.WatchAsync(new() { Resource = "orders" });
        var key = await fixture.WatchAsync(new() { Resource = "orders", Key = "1" });
        fixture.Database.Write("orders", 1, MemoryDatabase.Order(1, "new", 1, 1));
        await fixture.SettleAsync();

        Assert.Same((await whole.ReadAsync())!.Events[0], (await key.ReadAsync())!.Events[0]);
    }

    [Fact]
    public async Task Batches_OfWatchesAtTheSamePlace_AreTheSameObject()
    {
        await using var fixture = await EngineFixture.StartAsync();
        var watches = new List<TestWatch>();
        for (var i = 0; i < 10; i++)
            watches.Add(await fixture.WatchAsync(new() { Resource = "orders", Filter = "total  gt 0" }));
        fixture.Database.Write("orders", 1, MemoryDatabase.Order(1, "new", 1, 1));
        await fixture.SettleAsync();

        var batches = new List<object?>();
        foreach (var watch in watches)
            batches.Add(await watch.ReadAsync());

        Assert.All(batches, batch => Assert.Same(batches[0], batch));
    }

    [Fact]
    public async Task MessagePack_OfABatch_IsTheSameMap()
    {
        await using var fixture = await EngineFixture.StartAsync();
        var watch = await fixture.WatchAsync(new() { Resource = "orders" });
        fixture.Database.Write("orders", 1, MemoryDatabase.Order(1, "new", 1, 1));
        fixture.Database.Write("orders", 1, null);
        await fixture.SettleAsync();

        var batch = await watch.ReadAsync();

        var json = MessagePack.MessagePackSerializer.ConvertToJson(batch!.MessagePack, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(Encoding.UTF8.GetString(batch.Json.Span), json);
    }

    [Fact]
    public async Task Transaction_OfManyChanges_ComesInTheLogsOrderAndWithinTheLimit()
    {
        await using var fixture = await EngineFixture.StartAsync();
        var watch = await fixture.WatchAsync(new() { Resource = "orders" });
        fixture.Database.WriteAll([.. Enumerable.Range(1, 100).Select(i => ("orders", (long)i, (Server.Resources.FieldValue[]?)MemoryDatabase.Order(i, "new", 1, 1)))]);
        await fixture.SettleAsync();

        List<string> subjects = [];
        while (await watch.ReadAsync(maxBytes: 1000) is { } batch)
        {
            Assert.InRange(batch.Events.Sum(e => e.Json.Length), 1, 1000);
            Assert.Equal(batch.HasMore, subjects.Count + batch.Events.Count < 100);
            subjects.AddRange(TestWatch.EventsOf(batch).Select(e => (string)e["subject"]!));
        }

        Assert.Equal(Enumerable.Range(1, 100).Select(i => $"{i}"), subjects);
    }

    [Fact]
    public async Task Event_LargerThanTheLimit_ComesAlone()
    {
        await using var fixture = await EngineFixture.StartAsync();
        var watch = await fixture.WatchAsync(new() { Resource = "orders" });
        foreach (var id in new long[] { 1, 2, 3 })
            fixture.Database.Write("orders", id, MemoryDatabase.Order(id, new string('x', 500), 1, 1));
        await fixture.SettleAsync();

        for (var i = 1; i <= 3; i++)
            Assert.Equal($"{i}", (string?)TestWatch.EventsOf((await watch.ReadAsync(maxBytes: 100))!).Single()["subject"]);
        Assert.Null(await watch.ReadAsync(maxBytes: 100));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    public async Task Batch_OfSoManyEvents_IsCutExactlyAndTheNextContinues(int maxEvents)
    {
        await using var fixture = await EngineFixture.StartAsync();
        var watch = await fixture.WatchAsync(new() { Resource = "orders" });
        var other = await fixture.WatchAsync(new() { Resource = "orders" });
        fixture.Database.WriteAll([.. Enumerable.Range(1, 100).Select(i => ("orders", (long)i, (Server.Resources.FieldValue[]?)MemoryDatabase.Order(i, "new", 1, 1)))]);
        await fixture.SettleAsync();
        Assert.Equal(100, (await other.ReadAsync())!.Events.Count);
        var early = await fixture.WatchAsync(new() { Resource = "orders", Since = watch.Watch.StartCursor, Select = "status" });

        foreach (var cut in (TestWatch[])[watch, early])
        {
            List<string> subjects = [];
            while (await cut.ReadAsync(maxEvents: maxEvents) is { } batch)
            {
                if (batch.Events.Count > 0)
                    Assert.Equal(Math.Min(maxEvents, 100 - subjects.Count), batch.Events.Count);
                if (subjects.Count + batch.Events.Count < 100)
                    Assert.True(batch.HasMore);
                subjects.AddRange(TestWatch.EventsOf(batch).Select(e => (string)e["subject"]!));
            }

            Assert.Equal(Enumerable.Range(1, 100).Select(i => $"{i}"), subjects);
        }
    }
}
