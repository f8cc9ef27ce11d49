using RealtimeApi.Server.Data;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Resources;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.Specifications;

/// <summary>What every <see cref="IChangeLog"/> guarantees, whatever its database.</summary>
public abstract class ChangeLogSpecification
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected abstract ChangeLogHarness Open();

    [Fact]
    public async Task Prepare_WithoutWatchableResource_ChangesNothing()
    {
        await using var database = Open();
        var state = await database.Log.PrepareAsync(new([database.Define("orders", watchable: false)]), Cancellation);
        Assert.Null(state);
        Assert.False(database.HasTraces());
    }

    [Fact]
    public async Task Prepare_Twice_ChangesNothingMore()
    {
        await using var database = Open();
        var first = await database.PrepareAsync();
        var second = await database.PrepareAsync();
        Assert.Equal(first.LogId, second.LogId);
        Assert.Equal(first.Head, second.Head);
        Assert.Equal(first.CaptureStarts, second.CaptureStarts);
        Assert.Equal(first.SchemaVersion, second.SchemaVersion);
        Assert.NotEmpty(first.LogId);
    }

    [Fact]
    public async Task Prepare_ByAnotherNode_ChangesNothingMore()
    {
        await using var database = Open();
        var first = await database.PrepareAsync();
        var second = await database.OpenAnother().PrepareAsync(database.Catalog(), Cancellation);
        Assert.Equal(first.Head, second!.Head);
        Assert.Equal(first.SchemaVersion, second.SchemaVersion);
    }

    [Fact]
    public async Task Prepare_BySeveralNodesAtOnce_CapturesOnce()
    {
        await using var database = Open();
        var catalog = database.Catalog();
        var logs = Enumerable.Range(0, 4).Select(_ => database.OpenAnother()).ToList();
        var states = await Task.WhenAll(logs.Select(log => Task.Run(() => log.PrepareAsync(catalog, Cancellation))));
        var last = await database.PrepareAsync();
        Assert.All(states, state => Assert.Equal(last.LogId, state!.LogId));
        Assert.All(states, state => Assert.Equal(last.CaptureStarts["orders"], state!.CaptureStarts["orders"]));
        database.Execute("INSERT INTO orders (id, status, total) VALUES (1, 'new', 5)");
        Assert.Equal(["orders + {1,new,5}"], await database.ReadAsync(last.Head.Position));
    }

    [Fact]
    public async Task Prepare_OfOneMoreTable_MarksItAlone()
    {
        await using var database = Open();
        var before = await database.PrepareAsync("orders");
        var after = await database.PrepareAsync("orders", "customers");
        Assert.Equal(before.CaptureStarts["orders"], after.CaptureStarts["orders"]);
        Assert.True(after.CaptureStarts["customers"] > before.Head.Position);
        var page = await database.Log.ReadAsync(database.Catalog(), before.Head.Position, 1000, null, Cancellation);
        var reset = Assert.Single(page.Resets);
        Assert.Equal("customers", reset.ResourceName);
        Assert.Equal(after.CaptureStarts["customers"], reset.Point.Position);
    }

    [Fact]
    public async Task Prepare_OfATableLess_CapturesItNoMore()
    {
        await using var database = Open();
        var start = await database.PrepareAsync();
        await database.PrepareAsync("orders");
        database.Execute("INSERT INTO customers (id, name) VALUES (1, 'Ann')");
        database.Execute("INSERT INTO orders (id, status, total) VALUES (1, 'new', 5)");
        Assert.Equal(["orders + {1,new,5}"], await database.ReadAsync(start.Head.Position));

        // Switched on again it begins anew: what happened in between is not in the log, and no older cursor goes on.
        var again = await database.PrepareAsync();
        Assert.True(again.CaptureStarts["customers"] > start.CaptureStarts["customers"]);
        Assert.Equal(start.CaptureStarts["orders"], again.CaptureStarts["orders"]);
    }

    [Fact]
    public async Task Prepare_OfNoTableAnyMore_RemovesCapture()
    {
        await using var database = Open();
        var start = await database.PrepareAsync();
        Assert.Null(await database.Log.PrepareAsync(new([database.Define("orders", watchable: false)]), Cancellation));
        database.Execute("INSERT INTO orders (id, status, total) VALUES (1, 'new', 5)");
        Assert.Empty(await database.ReadAsync(start.Head.Position));
    }

    [Fact]
    public async Task Prepare_OfAnotherDefinition_BeginsAnewAndNeverReadsOldImages()
    {
        await using var database = Open();
        var start = await database.PrepareAsync();
        database.Execute("INSERT INTO orders (id, status, total) VALUES (1, 'new', 5)");
        var changed = database.Define("orders") with { Fingerprint = "another" };
        var catalog = new ResourceCatalog([changed, database.Define("customers")]);
        var state = await database.Log.PrepareAsync(catalog, Cancellation);
        Assert.True(state!.CaptureStarts["orders"] > start.Head.Position);
        database.Execute("INSERT INTO orders (id, status, total) VALUES (2, 'new', 6)");
        var page = await database.Log.ReadAsync(catalog, start.Head.Position, 1000, null, Cancellation);
        Assert.Equal("orders + {2,new,6}", ChangeLogHarness.Describe(Assert.Single(page.Changes)));
        Assert.Equal("orders", Assert.Single(page.Resets).ResourceName);
    }

    [Fact]
    public async Task Prepare_WhereAnotherNodeHasTakenOver_LetsItBe()
    {
        await using var database = Open();
        await database.PrepareAsync();
        var theirs = new ResourceCatalog([database.Define("orders") with { Fingerprint = "theirs" }, database.Define("customers")]);
        var another = database.OpenAnother();
        var taken = await another.PrepareAsync(theirs, Cancellation);
        var ours = await database.PrepareAsync();
        Assert.False(ours.CaptureStarts.ContainsKey("orders"));
        Assert.True(ours.CaptureStarts.ContainsKey("customers"));
        Assert.False((await database.Log.FindAsync(ours.Head.Position, Cancellation)).CaptureStarts.ContainsKey("orders"));
        Assert.Equal(taken!.CaptureStarts, (await another.PrepareAsync(theirs, Cancellation))!.CaptureStarts);
    }

    [Fact]
    public async Task Read_AfterWrites_GivesThemInOrderWithBothImages()
    {
        await using var database = Open();
        var start = await database.PrepareAsync();
        database.Execute("INSERT INTO orders (id, status, total) VALUES (1, 'new', 5)");
        database.Execute("UPDATE orders SET status = 'paid' WHERE id = 1");
        database.Execute("INSERT INTO customers (id, name) VALUES (7, 'Ann')");
        database.Execute("UPDATE orders SET id = 2 WHERE id = 1");
        database.Execute("DELETE FROM orders WHERE id = 2");
        Assert.Equal(
            [
                "orders + {1,new,5}",
                "orders {1,new,5} > {1,paid,5}",
                "customers + {7,Ann}",
                "orders - {1,paid,5}",
                "orders + {2,paid,5}",
                "orders - {2,paid,5}",
            ],
            await database.ReadAsync(start.Head.Position));
    }

    [Fact]
    public async Task Read_AfterUpdateThatChangesNothing_GivesNothing()
    {
        await using var database = Open();
        database.Execute("INSERT INTO orders (id, status, total) VALUES (1, 'new', NULL)");
        var start = await database.PrepareAsync();
        database.Execute("UPDATE orders SET status = 'new', total = NULL");
        database.Execute("UPDATE orders SET status = 'x' WHERE id = 99");
        Assert.Empty(await database.ReadAsync(start.Head.Position));
        database.Execute("UPDATE orders SET total = 0");
        Assert.Equal(["orders {1,new,null} > {1,new,0}"], await database.ReadAsync(start.Head.Position));
    }

    [Fact]
    public async Task Read_OfTextThatDiffersInCaseOnly_GivesTheChange()
    {
        await using var database = Open();
        database.Execute("INSERT INTO orders (id, status, total) VALUES (1, 'new', 1)");
        var start = await database.PrepareAsync();
        database.Execute("UPDATE orders SET status = 'NEW'");
        Assert.Equal(["orders {1,new,1} > {1,NEW,1}"], await database.ReadAsync(start.Head.Position));
    }

    [Fact]
    public async Task Read_OfManyRowsOfOneStatement_GivesEach()
    {
        await using var database = Open();
        var start = await database.PrepareAsync();
        database.Execute("INSERT INTO orders (id, status, total) VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3)");
        database.Execute("UPDATE orders SET total = total * 10 WHERE id > 1");
        database.Execute("DELETE FROM orders");
        var changes = await database.ReadAsync(start.Head.Position);
        Assert.Equal(8, changes.Count);
        Assert.Equal(["orders {2,b,2} > {2,b,20}", "orders {3,c,3} > {3,c,30}"], changes[3..5]);
    }

    [Fact]
    public async Task Read_AfterRollback_GivesNothing()
    {
        await using var database = Open();
        var start = await database.PrepareAsync();
        database.Execute("BEGIN TRANSACTION; INSERT INTO orders (id, status, total) VALUES (1, 'a', 1); ROLLBACK");
        Assert.Empty(await database.ReadAsync(start.Head.Position));
        database.Execute("INSERT INTO orders (id, status, total) VALUES (2, 'b', 2)");
        Assert.Equal(["orders + {2,b,2}"], await database.ReadAsync(start.Head.Position));
    }

    [Fact]
    public async Task Read_InSmallPages_GivesEveryChangeOnce()
    {
        await using var database = Open();
        var start = await database.PrepareAsync();
        for (var i = 0; i < 20; i++)
            database.Execute($"INSERT INTO orders (id, status, total) VALUES ({i}, 'new', {i})");
        var all = await database.ReadAsync(start.Head.Position);
        Assert.Equal(20, all.Count);
        Assert.Equal(all, await database.ReadAsync(start.Head.Position, maxBytes: 1));
        Assert.Equal(all, await database.ReadAsync(start.Head.Position, maxBytes: 200));

        var page = await database.Log.ReadAsync(database.Catalog(), start.Head.Position, 1, null, Cancellation);
        Assert.Single(page.Changes);
        Assert.True(page.HasMore);
        Assert.Equal(page.Changes[0].Point, page.Through);
        Assert.Equal(start.Head, page.After);
    }

    [Fact]
    public async Task Read_OfOneResource_PassesOverTheOthers()
    {
        await using var database = Open();
        var start = await database.PrepareAsync();
        for (var i = 0; i < 5; i++)
        {
            database.Execute($"INSERT INTO orders (id, status, total) VALUES ({i}, 'new', {i})");
            database.Execute($"INSERT INTO customers (id, name) VALUES ({i}, 'n')");
        }

        Assert.Equal(5, (await database.ReadAsync(start.Head.Position, resource: "customers")).Count);
        var page = await database.Log.ReadAsync(database.Catalog(), start.Head.Position, 1 << 20, "customers", Cancellation);
        Assert.False(page.HasMore);
        Assert.Equal((await database.Log.FindAsync(LogPosition.Max, Cancellation)).Head, page.Through);
    }

    [Fact]
    public async Task Read_OfResourcesThatAreNotInTheCatalog_PassesOverThem()
    {
        await using var database = Open();
        var start = await database.PrepareAsync();
        database.Execute("INSERT INTO customers (id, name) VALUES (1, 'Ann')");
        database.Execute("INSERT INTO orders (id, status, total) VALUES (1, 'new', 1)");
        var page = await database.Log.ReadAsync(database.Catalog("orders"), start.Head.Position, 1000, null, Cancellation);
        Assert.Equal("orders", Assert.Single(page.Changes).Resource.Name);
    }

    [Fact]
    public async Task Read_WithNothingNew_StaysWhereItIs()
    {
        await using var database = Open();
        var start = await database.PrepareAsync();
        var page = await database.Log.ReadAsync(database.Catalog(), start.Head.Position, 1000, null, Cancellation);
        Assert.Empty(page.Changes);
        Assert.False(page.HasMore);
        Assert.Equal(start.Head, page.Through);
        Assert.Equal(start.Head, page.After);
        Assert.Equal(start.LogId, page.LogId);
        Assert.Equal(start.SchemaVersion, page.SchemaVersion);
    }

    [Fact]
    public async Task Change_OfAnyKind_CarriesTimeAndSize()
    {
        await using var database = Open();
        var start = await database.PrepareAsync();
        var before = TimeProvider.System.GetUtcNow().AddMinutes(-1);
        database.Execute($"INSERT INTO orders (id, status, total) VALUES (1, '{new string('x', 500)}', 1)");
        var change = Assert.Single((await database.Log.ReadAsync(database.Catalog(), start.Head.Position, 1000, null, Cancellation)).Changes);
        Assert.InRange(change.Time, before, before.AddMinutes(2));
        Assert.InRange(change.Size, 500, 1200);
        Assert.NotEqual(0, change.Point.Tag);
    }

    [Fact]
    public async Task Schema_WhenAltered_HasAnotherVersion()
    {
        await using var database = Open();
        var start = await database.PrepareAsync();
        database.Execute("ALTER TABLE orders ADD extra INT");
        var page = await database.Log.ReadAsync(database.Catalog(), start.Head.Position, 1000, null, Cancellation);
        Assert.NotEqual(start.SchemaVersion, page.SchemaVersion);
        var state = await database.PrepareAsync();
        Assert.True(state.CaptureStarts["orders"] > start.CaptureStarts["orders"]);
        Assert.Equal(start.CaptureStarts["customers"], state.CaptureStarts["customers"]);
        database.Execute("INSERT INTO orders (id, status, total, extra) VALUES (1, 'new', 2, 3)");
        Assert.Equal(["orders + {1,new,2,3}"], await database.ReadAsync(state.Head.Position));
    }

    [Fact]
    public async Task Prepare_OfADefinitionThatNoLongerFits_DoesNotBreakTheWriter()
    {
        await using var database = Open();
        var stale = database.Define("orders");
        stale = stale with { Columns = [.. stale.Columns, stale.Columns[1] with { Column = "gone", Name = "gone", Ordinal = 3 }] };
        var state = await database.Log.PrepareAsync(new([stale, database.Define("customers")]), Cancellation);
        Assert.False(state!.CaptureStarts.ContainsKey("orders"));
        database.Execute("INSERT INTO orders (id, status, total) VALUES (1, 'new', 2)");
    }

    [Fact]
    public async Task Find_AtEachPosition_GivesTheNewestPointThere()
    {
        await using var database = Open();
        var start = await database.PrepareAsync();
        database.Execute("INSERT INTO orders (id, status, total) VALUES (1, 'new', 1)");
        var page = await database.Log.ReadAsync(database.Catalog(), start.Head.Position, 1000, null, Cancellation);
        var first = page.Changes[0].Point;

        Assert.Equal(start.Head, (await database.Log.FindAsync(start.Head.Position, Cancellation)).Found);
        Assert.Equal(first, (await database.Log.FindAsync(first.Position, Cancellation)).Found);
        var ahead = await database.Log.FindAsync(new(first.Position.Major + 1000), Cancellation);
        Assert.Equal(first, ahead.Found);
        Assert.Equal(first, ahead.Head);
        Assert.Equal(start.CaptureStarts, ahead.CaptureStarts);
    }

    [Fact]
    public async Task Find_InARestoredDatabase_NoLongerContinues()
    {
        await using var database = Open();
        await database.PrepareAsync();
        database.Execute("INSERT INTO orders (id, status, total) VALUES (1, 'new', 1)");
        database.Save();
        var kept = (await database.Log.FindAsync(LogPosition.Max, Cancellation)).Head;
        database.Execute("INSERT INTO orders (id, status, total) VALUES (2, 'lost', 2)");
        var lost = (await database.Log.FindAsync(LogPosition.Max, Cancellation)).Head;
        database.Restore();
        database.Execute("INSERT INTO orders (id, status, total) VALUES (3, 'other', 3)");

        var state = await database.Log.FindAsync(lost.Position, Cancellation);
        Assert.False(state.Continues(state.LogId, lost));
        state = await database.Log.FindAsync(kept.Position, Cancellation);
        Assert.True(state.Continues(state.LogId, kept));
        Assert.Equal(["orders + {3,other,3}"], await database.ReadAsync(kept.Position));
    }

    [Fact]
    public async Task Trim_OfEverything_KeepsTheNewestRow()
    {
        await using var database = Open();
        var start = await database.PrepareAsync();
        for (var i = 0; i < 5; i++)
            database.Execute($"INSERT INTO orders (id, status, total) VALUES ({i}, 'new', {i})");
        var head = (await database.Log.FindAsync(LogPosition.Max, Cancellation)).Head;
        var deleted = await database.Log.TrimAsync(TimeProvider.System.GetUtcNow().AddDays(1), Cancellation);
        Assert.True(deleted >= 5);
        Assert.Equal(0, await database.Log.TrimAsync(TimeProvider.System.GetUtcNow().AddDays(1), Cancellation));

        var state = await database.Log.FindAsync(start.Head.Position, Cancellation);
        Assert.Equal(head, state.Head);
        Assert.Null(state.Found);
        Assert.True(state.LowWater.Position < head.Position && state.LowWater.Position > start.Head.Position);
        Assert.False(state.Continues(state.LogId, start.Head));
        Assert.True((await database.Log.FindAsync(state.LowWater.Position, Cancellation)).Continues(state.LogId, state.LowWater));
        Assert.True((await database.Log.FindAsync(head.Position, Cancellation)).Continues(state.LogId, head));
        Assert.Equal(["orders + {4,new,4}"], await database.ReadAsync(state.LowWater.Position));

        var page = await database.Log.ReadAsync(database.Catalog(), start.Head.Position, 1000, null, Cancellation);
        Assert.True(page.LowWater > start.Head.Position);
        Assert.Null(page.After);
        database.Execute("INSERT INTO orders (id, status, total) VALUES (9, 'new', 9)");
        Assert.Equal(["orders + {9,new,9}"], await database.ReadAsync(head.Position));
        Assert.True((await database.PrepareAsync()).Head.Position > head.Position);
    }

    [Fact]
    public async Task Trim_OfNothingOldEnough_DeletesNothing()
    {
        await using var database = Open();
        var start = await database.PrepareAsync();
        database.Execute("INSERT INTO orders (id, status, total) VALUES (1, 'new', 1)");
        Assert.Equal(0, await database.Log.TrimAsync(TimeProvider.System.GetUtcNow().AddDays(-1), Cancellation));
        Assert.Single(await database.ReadAsync(start.Head.Position));
    }

    [Fact]
    public async Task Trim_OfManyRows_DeletesAllInBatches()
    {
        await using var database = Open();
        await database.PrepareAsync();
        for (var i = 0; i < 10; i++)
            database.Execute($"INSERT INTO customers (id, name) VALUES {string.Join(',', Enumerable.Range(i * 500, 500).Select(n => $"({n}, 'n')"))}");
        Assert.True(await database.Log.TrimAsync(TimeProvider.System.GetUtcNow().AddDays(1), Cancellation) >= 5000);
        var state = await database.Log.FindAsync(LogPosition.Max, Cancellation);
        Assert.Single(await database.ReadAsync(state.LowWater.Position));
    }

    [Fact]
    public async Task WaitForWrite_AfterAnothersCommit_Completes()
    {
        await using var database = Open();
        var start = await database.PrepareAsync();
        var after = start.Head.Position;
        for (var i = 0; i < 5; i++)
        {
            // It may complete for nothing, but not for ever, and never without the write being there to be read.
            database.Execute($"INSERT INTO orders (id, status, total) VALUES ({i}, 'new', {i})");
            List<string> changes;
            while ((changes = await database.ReadAsync(after)).Count == 0)
                await database.Log.WaitForWriteAsync(Cancellation);
            Assert.Equal([$"orders + {{{i},new,{i}}}"], changes);
            after = (await database.Log.FindAsync(LogPosition.Max, Cancellation)).Head.Position;
        }
    }

    [Fact]
    public async Task WaitForWrite_WithAWriteWhileNobodyWaited_CompletesAtOnce()
    {
        await using var database = Open();
        await database.PrepareAsync();
        await DrainAsync(database);
        database.Execute("INSERT INTO orders (id, status, total) VALUES (1, 'new', 1)");
        await database.Log.WaitForWriteAsync(Cancellation).WaitAsync(Until.Patience, Cancellation);
    }

    [Fact]
    public async Task WaitForWrite_WithoutAnyWrite_EndsOnlyWhenCancelled()
    {
        await using var database = Open();
        await database.PrepareAsync();
        await DrainAsync(database);
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => database.Log.WaitForWriteAsync(cancellation.Token));
    }

    /// <summary>Waits until a wait does not complete at once any more.</summary>
    private static async Task DrainAsync(ChangeLogHarness database)
    {
        while (true)
        {
            using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
            try
            {
                await database.Log.WaitForWriteAsync(cancellation.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
