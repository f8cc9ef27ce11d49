using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using RealtimeApi.Client;
using RealtimeApi.Contracts;
using Xunit;

#pragma warning disable xUnit1051 // Each watch is stopped by the token of its Watching.

namespace RealtimeApi.Tests.Integration.Client;

/// <summary>What a watch gives, and how it ends.</summary>
public sealed class WatchTests : IAsyncLifetime
{
    private FakeServer server = null!;
    private RealtimeApiClient client = null!;

    private ResourceClient<Thing> ThingsOfClient => client.Resource<Thing>("things");

    public async ValueTask InitializeAsync()
    {
        server = await FakeServer.StartAsync();
        client = Clients.For(server.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await client.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Changes_OfEveryKind_ComeInOrderWithTheirCursors()
    {
        await using var watch = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();

        await server.PutAsync(7, "a");
        await server.PutAsync(7, "b");
        await server.DeleteAsync(7);

        Assert.Equal(
            [
                new() { Kind = ChangeKind.Added, Key = "7", Item = new(7, "a"), Operation = ChangeOperation.Created, Time = At, Cursor = "1" },
                new() { Kind = ChangeKind.Modified, Key = "7", Item = new(7, "b"), Operation = ChangeOperation.Updated, Time = At, Cursor = "2" },
                new() { Kind = ChangeKind.Removed, Key = "7", Operation = ChangeOperation.Deleted, Time = At, Cursor = "3" },
            ],
            await watch.NextAsync(3));
    }

    [Fact]
    public async Task Batch_OfSeveralChanges_EndsWithTheBatchesCursor()
    {
        await using var watch = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();

        await server.PutManyAsync([1, 2, 3]);

        Assert.Equal(["1", "2", "3"], (await watch.NextAsync(3)).Select(c => c.Cursor));
    }

    [Fact]
    public async Task Request_OfAFilteredView_NamesFilterAndFields()
    {
        await using var watch = await ThingsOfClient.Where(t => t.Id > 5).Where("text ne null").Select(t => t.Text).WatchAsync(Clients.Bookmarks).Start().StandsAsync();

        Assert.Equal(new WatchRequest { Resource = "things", Filter = "(id gt 5) and (text ne null)", Select = "text" }, Assert.Single(server.Subscribed));
    }

    [Fact]
    public async Task Since_ACursor_GivesWhatCameAfterIt()
    {
        await server.PutManyAsync([1, 2, 3]);

        await using var watch = ThingsOfClient.WatchAsync(new() { Since = "1" }).Start();

        Assert.Equal(["2", "3"], (await watch.NextAsync(2)).Select(c => c.Key));
    }

    [Fact]
    public async Task Changes_BeforeTheReply_AreNotLost()
    {
        server.SendBeforeReply = true;
        await server.PutManyAsync([1, 2, 3]);

        await using var watch = ThingsOfClient.WatchAsync(new() { Since = "1" }).Start();

        Assert.Equal(["2", "3"], (await watch.NextAsync(2)).Select(c => c.Key));
        Assert.Single(server.Subscribed);
    }

    [Fact]
    public async Task Initial_OfSeveralPages_GivesAllThenSyncedThenChanges()
    {
        server.PageSize = 2;
        await server.PutManyAsync([1, 2, 3, 4, 5]);

        await using var watch = ThingsOfClient.WatchAsync(new() { Initial = true }).Start();
        var initial = await watch.NextAsync(5);
        var synced = await watch.NextAsync();
        await server.PutAsync(6, "f");
        var change = await watch.NextAsync();

        Assert.Equal(["1", "2", "3", "4", "5"], initial.Select(c => c.Key));
        Assert.All(initial, c => Assert.True(c is { Kind: ChangeKind.Added, IsInitial: true, Cursor: null, Operation: ChangeOperation.None, Time: null }));
        Assert.Equal(new() { Kind = ChangeKind.Synced, Cursor = "5" }, synced);
        Assert.Equal(("6", "6", false), (change.Key, change.Cursor, change.IsInitial));
    }

    [Fact]
    public async Task Initial_OfNothing_GivesSyncedAlone()
    {
        await using var watch = ThingsOfClient.WatchAsync(new() { Initial = true }).Start();

        Assert.Equal(ChangeKind.Synced, (await watch.NextAsync()).Kind);
    }

    [Fact]
    public async Task Initial_WhileMuchHappens_IsFollowedByWhatItDoesNotShow()
    {
        await server.PutManyAsync([1, 2]);
        server.Refuse = request =>
        {
            _ = server.PutAsync(2, "after the list, before the watch");
            return null;
        };

        await using var watch = ThingsOfClient.WatchAsync(new() { Initial = true }).Start();

        Assert.Equal([("1", true), ("2", true), ("", false), ("2", false)], (await watch.NextAsync(4)).Select(c => (c.Key, c.IsInitial)));
        Assert.Equal("2", Assert.Single(server.Subscribed).Since);
    }

    [Fact]
    public async Task Initial_OfMorePages_ReadsNothingOlderThanTheFirst()
    {
        server.PageSize = 2;
        await server.PutManyAsync([1, 2, 3]);
        var minima = new ConcurrentQueue<string?>();
        server.Otherwise = context =>
        {
            if (context.Request.Path == "/api/things")
                minima.Enqueue(context.Request.Headers["Realtime-Min-Cursor"]);
            return false;
        };

        await using var watch = ThingsOfClient.WatchAsync(new() { Initial = true }).Start();
        await watch.NextAsync(4);

        Assert.Equal([null, "3"], minima);
    }

    [Fact]
    public async Task Initial_OfWhatCanBeWatchedOnlyWhenItHasBeenRead_IsReadAgainWhereTheWatchBegan()
    {
        await server.PutManyAsync([1, 2]);
        server.Otherwise = context =>
        {
            if (context.Request.Path != "/api/things" || context.Request.Headers.ContainsKey("Realtime-Min-Cursor"))
                return false;
            context.Response.ContentType = "application/json";
            context.Response.WriteAsync("""{"value":[{"id":1,"text":"t1"}]}""").GetAwaiter().GetResult();
            return true;
        };

        await using var watch = ThingsOfClient.WatchAsync(new() { Initial = true }).Start();

        Assert.Equal(["1", "2", ""], (await watch.NextAsync(3)).Select(c => c.Key));
        Assert.Null(Assert.Single(server.Subscribed).Since);
    }

    [Fact]
    public async Task Initial_WhileTheServerIsBusy_WaitsAndGoesOn()
    {
        server.PageSize = 1;
        await server.PutManyAsync([1, 2]);
        var failures = 0;
        server.Otherwise = context =>
        {
            if (context.Request.Path != "/api/things" || !context.Request.Query.ContainsKey("$skiptoken") || failures++ >= 3)
                return false;
            context.Response.StatusCode = 503;
            return true;
        };

        await using var watch = ThingsOfClient.WatchAsync(new() { Initial = true }).Start();

        Assert.Equal(["1", "2", ""], (await watch.NextAsync(3)).Select(c => c.Key));
        Assert.True(failures > 3);
    }

    [Fact]
    public async Task WatchItem_ThatIsAbsent_IsSyncedAtOnceAndSeesItCome()
    {
        await using var watch = ThingsOfClient.WatchItemAsync(9, new() { Initial = true }).Start();

        Assert.Equal(ChangeKind.Synced, (await watch.NextAsync()).Kind);
        await server.PutAsync(9, "n");
        Assert.Equal("9", (await watch.NextAsync()).Key);
        Assert.Equal(new WatchRequest { Resource = "things", Key = "9", Since = "0" }, Assert.Single(server.Subscribed));
    }

    [Fact]
    public async Task WatchItem_ThatIsThere_GivesItFirst()
    {
        await server.PutAsync(9, "n");

        await using var watch = ThingsOfClient.WatchItemAsync(9, new() { Initial = true }).Start();

        Assert.Equal(new() { Kind = ChangeKind.Added, Key = "9", Item = new(9, "n"), IsInitial = true }, await watch.NextAsync());
        Assert.Equal(ChangeKind.Synced, (await watch.NextAsync()).Kind);
    }

    [Fact]
    public async Task WatchItem_OfChosenFields_NamesThem()
    {
        await using var watch = await ThingsOfClient.Select(t => t.Text).WatchItemAsync(9, Clients.Bookmarks).Start().StandsAsync();
        await using var other = await ThingsOfClient.Select("text").WatchItemAsync(9, Clients.Bookmarks).Start().StandsAsync();

        Assert.All(server.Subscribed, r => Assert.Equal(new WatchRequest { Resource = "things", Key = "9", Select = "text" }, r));
        await ThingsOfClient.Select(t => t.Text).GetAsync(9, TestContext.Current.CancellationToken);
        Assert.Equal("GET /api/things/9?$select=text", server.Requests.Last());
    }

    [Fact]
    public async Task Initial_OfAWatchThatIsRefusedMeanwhile_IsNotSaidToBeComplete()
    {
        server.PageSize = 1;
        await server.PutManyAsync(Enumerable.Range(1, 200).Select(n => (long)n));
        server.Otherwise = context =>
        {
            if (context.Request.Query["$skiptoken"] == "1")
                server.EndAsync(ProblemCodes.CursorExpired, 410).GetAwaiter().GetResult();
            return false;
        };

        await using var watch = ThingsOfClient.WatchAsync(new() { Initial = true }).Start();
        var kinds = new HashSet<ChangeKind>();
        var error = await Assert.ThrowsAsync<RealtimeApiException>(async () =>
        {
            while (true)
                kinds.Add((await watch.NextAsync()).Kind);
        });

        Assert.Equal(ProblemCodes.CursorExpired, error.Code);
        Assert.Equal([ChangeKind.Added], kinds);
    }

    [Fact]
    public async Task Bookmark_WhenAskedFor_IsAnEvent()
    {
        await using var telling = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();
        await using var silent = ThingsOfClient.WatchAsync().Start();
        await server.UntilAsync(() => server.Standing == 2);

        await server.BookmarkAsync();
        await server.PutAsync(1, "a");

        Assert.Equal([ChangeKind.Bookmark, ChangeKind.Added], (await telling.NextAsync(2)).Select(c => c.Kind));
        Assert.Equal(ChangeKind.Added, (await silent.NextAsync()).Kind);
    }

    [Fact]
    public async Task Cursor_Expired_EndsTheWatchAfterWhatCameBefore()
    {
        await using var watch = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();
        await server.PutAsync(1, "a");
        await server.EndAsync(ProblemCodes.CursorExpired, 410);

        Assert.Equal("1", (await watch.NextAsync()).Key);
        var error = await Assert.ThrowsAsync<RealtimeApiException>(watch.NextAsync);
        Assert.Equal((ProblemCodes.CursorExpired, System.Net.HttpStatusCode.Gone, false), (error.Code, error.Status, error.IsTransient));
        Assert.Equal("d", error.Problem.Detail);
    }

    [Fact]
    public async Task Ended_AsUnavailable_IsResumed()
    {
        await using var watch = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();
        await server.PutAsync(1, "a");
        await watch.NextAsync();

        await server.EndAsync(ProblemCodes.Unavailable, 503);
        await server.PutAsync(2, "b");

        Assert.Equal("2", (await watch.NextAsync()).Key);
        Assert.Equal("1", server.Subscribed.Last().Since);
    }

    [Theory]
    [InlineData("forbidden: You may not.", "forbidden")]
    [InlineData("not-watchable: It is a view.", "not-watchable")]
    [InlineData("invalid-query: What?", "invalid-query")]
    [InlineData("some-new-code: Who knows.", "some-new-code")]
    public async Task Subscribe_Refused_ThrowsTheCode(string message, string code)
    {
        server.Refuse = _ => new HubException(message);

        await using var watch = ThingsOfClient.WatchAsync().Start();

        var error = await Assert.ThrowsAsync<RealtimeApiException>(watch.NextAsync);
        Assert.Equal((code, message), (error.Code, error.Message));
        Assert.Single(server.Subscribed);
    }

    [Fact]
    public async Task Subscribe_RefusedOfOne_LeavesTheOthers()
    {
        server.Refuse = request => request.Filter is null ? null : new HubException("invalid-query: What?");
        await using var good = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();
        await using var bad = ThingsOfClient.Where("nonsense").WatchAsync().Start();

        await Assert.ThrowsAsync<RealtimeApiException>(bad.NextAsync);
        await server.PutAsync(1, "a");

        Assert.Equal("1", (await good.NextAsync()).Key);
    }

    [Fact]
    public async Task Subscribe_WhileTheServerIsBusy_IsRepeated()
    {
        var times = 0;
        server.Refuse = _ => times++ < 3 ? new HubException(times % 2 == 0 ? "unavailable: The database is locked." : "limit-exceeded: Too many.") : null;

        await using var watch = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();

        Assert.Equal(4, server.Subscribed.Count);
    }

    [Fact]
    public async Task Subscribe_FailingInsideTheServer_IsToldToANewWatchOnly()
    {
        await using var old = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();
        var times = 0;
        server.Refuse = _ => times++ < 2 ? new InvalidOperationException("A bug.") : null;

        await using var fresh = ThingsOfClient.WatchAsync().Start();
        var error = await Assert.ThrowsAsync<RealtimeApiException>(fresh.NextAsync);
        Assert.Equal(RealtimeApiException.InvalidAnswer, error.Code);

        await server.EndAsync(ProblemCodes.Unavailable, 503);
        await server.PutAsync(1, "a");
        Assert.Equal("1", (await old.NextAsync()).Key);
        Assert.Equal(3, times);
    }

    [Fact]
    public async Task Batch_ThatIsMalformed_EndsTheWatchAndUnsubscribes()
    {
        await using var patient = new RealtimeApiClient(Clients.OptionsFor(server.Address) with { IdleTimeout = TimeSpan.FromHours(1) });
        await using var watch = await patient.Resource<Thing>("things").WatchAsync(Clients.Bookmarks).Start().StandsAsync();

        await server.SendRawAsync(new() { ["from"] = "0", ["changes"] = new JsonArray() });

        Assert.Equal(RealtimeApiException.InvalidAnswer, (await Assert.ThrowsAsync<RealtimeApiException>(watch.NextAsync)).Code);
        await server.UntilAsync(() => server.Standing == 0);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task Change_WithoutATime_EndsTheWatch()
    {
        await using var watch = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();

        await server.SendRawAsync(System.Text.Json.Nodes.JsonNode.Parse("""{"from":"0","cursor":"1","changes":[{"id":"1","type":"things.created","subject":"1","time":7,"view":"added","data":{"id":1,"text":"a"}}]}""")!.AsObject());

        Assert.Equal(RealtimeApiException.InvalidAnswer, (await Assert.ThrowsAsync<RealtimeApiException>(watch.NextAsync)).Code);
    }

    [Fact]
    public async Task Item_ThatDoesNotFitTheType_EndsTheWatchAndUnsubscribes()
    {
        await using var watch = client.Resource<Misfit>("things").WatchAsync(Clients.Bookmarks).Start();
        await watch.StandsAsync();

        await server.PutAsync(1, "not a number");

        await Assert.ThrowsAsync<JsonException>(watch.NextAsync);
        await server.UntilAsync(() => server.Standing == 0);
    }

    [Fact]
    public async Task Cancellation_EndsTheEnumerationAndUnsubscribes()
    {
        using var stop = new CancellationTokenSource();
        await using var other = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();
        await using var watch = await ThingsOfClient.WatchAsync(Clients.Bookmarks, stop.Token).Start().StandsAsync();
        Assert.Equal(2, server.Standing);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(watch.NextAsync);
        await server.UntilAsync(() => server.Standing == 1);
    }

    [Fact]
    public async Task Cancellation_WhileTheServerCannotBeReached_EndsTheEnumeration()
    {
        await server.DisposeAsync();
        using var stop = new CancellationTokenSource();
        var tried = new TaskCompletionSource();
        client.ConnectionStateChanged += (_, change) =>
        {
            if (change.FailedAttempts > 1)
                tried.TrySetResult();
        };
        await using var watch = ThingsOfClient.WatchAsync(null, stop.Token).Start();
        await tried.Task.WaitAsync(TestContext.Current.CancellationToken);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(watch.NextAsync);
    }

    [Fact]
    public async Task Break_OutOfTheLoop_Unsubscribes()
    {
        await server.PutAsync(1, "a");
        await foreach (var change in ThingsOfClient.WatchAsync(new() { Since = "0" }, TestContext.Current.CancellationToken))
        {
            Assert.Equal("1", change.Key);
            break;
        }

        await server.UntilAsync(() => server.Standing == 0);
    }

    [Fact]
    public async Task Dispose_OfTheClient_EndsItsWatches()
    {
        await using var watch = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();

        await client.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(watch.NextAsync);
        await server.UntilAsync(() => server.Connections == 0);
        await using var late = ThingsOfClient.WatchAsync().Start();
        Assert.Equal(nameof(RealtimeApiClient), (await Assert.ThrowsAsync<ObjectDisposedException>(late.NextAsync)).ObjectName);
        Assert.Equal(nameof(RealtimeApiClient), Assert.Throws<ObjectDisposedException>(() => ThingsOfClient.OpenLiveView()).ObjectName);
        Assert.Equal(ConnectionState.Disconnected, client.ConnectionState);
    }

    [Fact]
    public void Options_ThatContradict_AreRefusedAtOnce()
    {
        Assert.Throws<ArgumentException>(() => ThingsOfClient.WatchAsync(new() { Since = "1", Initial = true }));
        Assert.Throws<ArgumentOutOfRangeException>(() => ThingsOfClient.WatchAsync(new() { BufferSize = 0 }));
        Assert.Throws<ArgumentException>(() => client.Resource<Thing>(" "));
        Assert.Throws<ArgumentException>(() => ThingsOfClient.Where(" "));
    }

    [Fact]
    public async Task Caller_ThatIsSlow_KeepsABoundedBufferAndLosesNothing()
    {
        await using var quick = await ThingsOfClient.WatchAsync(Clients.Bookmarks).Start().StandsAsync();
        await using var slow = ThingsOfClient.WatchAsync(new() { Bookmarks = true, BufferSize = 10 }, TestContext.Current.CancellationToken)
            .GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await slow.MoveNextAsync());

        for (var i = 0; i < 40; i++)
            await server.PutManyAsync(Enumerable.Range((5 * i) + 1, 5).Select(n => (long)n));

        // The slow one has left, the quick one has everything.
        Assert.Equal(Enumerable.Range(1, 200), (await quick.NextAsync(200)).Select(c => (int)c.Item!.Id));
        await server.UntilAsync(() => server.Standing == 1);

        var seen = new List<long>();
        while (seen.Count < 200 && await slow.MoveNextAsync())
            seen.Add(slow.Current.Item!.Id);
        Assert.Equal(Enumerable.Range(1, 200).Select(n => (long)n), seen);
        Assert.True(server.Subscribed.Count > 2);
        Assert.Equal("10", server.Subscribed.ElementAt(2).Since);
    }

    [Fact]
    public async Task Batch_LargerThanTheBuffer_IsTakenWhole()
    {
        await server.PutManyAsync(Enumerable.Range(1, 100).Select(n => (long)n));

        await using var watch = ThingsOfClient.WatchAsync(new() { Since = "0", BufferSize = 3 }).Start();

        Assert.Equal(100, (await watch.NextAsync(100)).Count);
        Assert.Single(server.Subscribed);
    }

    private static DateTimeOffset At => new(2026, 11, 23, 11, 6, 26, 123, TimeSpan.Zero);

    private sealed record Misfit(long Id, int Text);
}
