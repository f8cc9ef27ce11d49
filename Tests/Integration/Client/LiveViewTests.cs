using System.Collections.Concurrent;
using System.Collections.Specialized;
using Microsoft.AspNetCore.SignalR;
using RealtimeApi.Client;
using RealtimeApi.Contracts;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Client;

/// <summary>That a live view shows what is there, and tells of each difference once.</summary>
public sealed class LiveViewTests : IAsyncLifetime
{
    private readonly Told<Thing> told = new();
    private FakeServer server = null!;
    private CuttableProxy proxy = null!;
    private RealtimeApiClient client = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ResourceClient<Thing> ThingsOfClient => client.Resource<Thing>("things");

    public async ValueTask InitializeAsync()
    {
        server = await FakeServer.StartAsync();
        proxy = new(server.Address);
        client = Clients.For(proxy.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await client.DisposeAsync();
        await proxy.DisposeAsync();
        await server.DisposeAsync();
        Assert.Empty(told.Contradictions);
    }

    [Fact]
    public async Task Items_WhenSynced_AreTheServersInTheOrderOfTheirKeys()
    {
        server.PageSize = 10;
        await server.PutManyAsync(Enumerable.Range(1, 25).Select(n => (long)n));

        await using var view = await OpenAsync();

        Assert.Equal(Enumerable.Range(1, 25).Select(n => (long)n), view.Select(t => t.Id));
        Assert.Equal((25, 25L, LiveState.Current), (view.Count, view[24].Id, view.Status.State));
        Assert.Equal(new(7, "t7"), view.Find(7));
        Assert.Null(view.Find(70));
        Assert.Throws<ArgumentOutOfRangeException>(() => view[25]);
        Assert.All(told.Changes.Take(25), c => Assert.True(c is { Kind: ChangeKind.Added, IsInitial: true }));
        Assert.Equal(ChangeKind.Synced, told.Changes.Last().Kind);
    }

    [Fact]
    public async Task Changes_AreToldOnceWithWhatWasBefore()
    {
        await server.PutAsync(1, "a");
        await using var view = await OpenAsync();
        told.Changes.Clear();

        await server.PutAsync(2, "b");
        await server.PutAsync(1, "c");
        await server.DeleteAsync(2);
        await server.DeleteAsync(99);
        await server.PutAsync(3, "d");
        await told.UntilAsync(t => t.Items.ContainsKey("3"));

        Assert.Equal(
            [
                new() { Kind = ChangeKind.Added, Key = "2", Item = new(2, "b") },
                new() { Kind = ChangeKind.Modified, Key = "1", Item = new(1, "c"), Previous = new(1, "a") },
                new() { Kind = ChangeKind.Removed, Key = "2", Previous = new(2, "b") },
                new() { Kind = ChangeKind.Added, Key = "3", Item = new(3, "d") },
            ],
            told.Changes);
        Assert.Equal([new(1, "c"), new(3, "d")], view);
    }

    [Fact]
    public async Task CollectionEvents_ReplayedOnAList_GiveTheViewInItsOrder()
    {
        var random = new Random(4711);
        var mirror = new List<Thing>();
        var mismatches = 0;
        await using var view = ThingsOfClient.OpenLiveView(new LiveViewOptions<Thing>().OrderByDescending(t => t.Text, StringComparer.Ordinal));
        await view.WhenSyncedAsync(Token);
        view.CollectionChanged += (_, e) =>
        {
            switch (e.Action)
            {
                case NotifyCollectionChangedAction.Add:
                    mirror.Insert(e.NewStartingIndex, (Thing)e.NewItems![0]!);
                    break;
                case NotifyCollectionChangedAction.Replace:
                    Assert.Equal(mirror[e.NewStartingIndex], e.OldItems![0]);
                    mirror[e.NewStartingIndex] = (Thing)e.NewItems![0]!;
                    break;
                default:
                    Assert.Equal(mirror[e.OldStartingIndex], e.OldItems![0]);
                    mirror.RemoveAt(e.OldStartingIndex);
                    break;
            }
            if (!mirror.SequenceEqual(view))
                mismatches++;
        };
        using var subscription = view.Subscribe(told);

        for (var i = 0; i < 300; i++)
            await (random.Next(4) == 0 ? server.DeleteAsync(random.Next(20)) : server.PutAsync(random.Next(20), $"{(char)('a' + random.Next(6))}"));
        await server.PutAsync(1000, "m");
        await told.UntilAsync(t => t.Items.ContainsKey("1000"));

        Assert.Equal(0, mismatches);
        Assert.Equal(told.Items.Values.OrderByDescending(t => t.Text, StringComparer.Ordinal).ThenBy(t => t.Id), view);
        Assert.Equal(view, mirror);
    }

    [Fact]
    public async Task CursorExpired_GivesTheDifferenceAsChanges()
    {
        await server.PutManyAsync([1, 2, 3]);
        await using var view = await OpenAsync();
        told.Changes.Clear();

        proxy.Refuse();
        await server.UntilAsync(() => server.Connections == 0);
        await server.PutAsync(2, "other");
        await server.DeleteAsync(3);
        await server.PutAsync(4, "new");
        server.Refuse = request => request.Since == "3" ? new HubException("cursor-expired: It is gone.") : null;
        proxy.Restore();
        await told.UntilAsync(t => t.Changes.Any(c => c.Kind == ChangeKind.Synced));

        Assert.Equal(
            [
                new() { Kind = ChangeKind.Modified, Key = "2", Item = new(2, "other"), Previous = new(2, "t2") },
                new() { Kind = ChangeKind.Added, Key = "4", Item = new(4, "new") },
                new() { Kind = ChangeKind.Removed, Key = "3", Previous = new(3, "t3") },
                new() { Kind = ChangeKind.Synced },
            ],
            told.Changes);
        Assert.Equal([1, 2, 4], view.Select(t => t.Id));

        // And it goes on from there.
        await server.PutAsync(5, "e");
        await told.UntilAsync(t => t.Items.ContainsKey("5"));
    }

    [Fact]
    public async Task CursorExpired_OfItemsComparedByTheirJson_IsToldOnlyOfWhatDiffers()
    {
        await server.PutManyAsync([1, 2]);
        var objects = new Told<System.Text.Json.Nodes.JsonObject>();
        await using var view = client.Resource("things").OpenLiveView();
        using var subscription = view.Subscribe(objects);
        await view.WhenSyncedAsync(Token);
        objects.Changes.Clear();

        await server.EndAsync(ProblemCodes.CursorExpired, 410);
        await objects.UntilAsync(t => t.Changes.Any(c => c.Kind == ChangeKind.Synced));

        Assert.Single(objects.Changes);
    }

    [Fact]
    public async Task Status_ThroughALostConnection_IsStaleUntilItIsBack()
    {
        var seen = new ConcurrentQueue<LiveState>();
        await using var view = ThingsOfClient.OpenLiveView();
        Assert.Equal(LiveState.Connecting, view.Status.State);
        view.PropertyChanged += (_, e) =>
        {
            if (e.PropertyName == nameof(view.Status))
                seen.Enqueue(view.Status.State);
        };
        using var subscription = view.Subscribe(told);
        await view.WhenSyncedAsync(Token);
        await StatusAsync(view, LiveState.Current);
        var before = DateTimeOffset.UnixEpoch;

        proxy.Refuse();
        await StatusAsync(view, LiveState.Stale);
        Assert.InRange(view.Status.Since, before, TimeProvider.System.GetUtcNow());
        proxy.Restore();
        await StatusAsync(view, LiveState.Current);

        Assert.Equal([LiveState.Current, LiveState.Stale, LiveState.Current], seen.Where(s => s != LiveState.Connecting));
    }

    [Fact]
    public async Task Refusal_EndsTheViewWithIt()
    {
        server.Refuse = _ => new HubException("forbidden: Not you.");
        await using var view = ThingsOfClient.OpenLiveView();
        using var subscription = view.Subscribe(told);

        var error = await Assert.ThrowsAsync<RealtimeApiException>(() => view.WhenSyncedAsync(Token));
        await told.UntilAsync(t => t.HasEnded);

        Assert.Equal(ProblemCodes.Forbidden, error.Code);
        Assert.Same(error, told.Error);
        Assert.Equal((LiveState.Ended, error), (view.Status.State, view.Status.Error));

        // One that comes late is told so, too.
        var late = new Told<Thing>();
        view.Subscribe(late).Dispose();
        Assert.Same(error, late.Error);
    }

    [Fact]
    public async Task Refusal_LaterOn_LeavesTheItems()
    {
        await server.PutManyAsync([1, 2]);
        await using var view = await OpenAsync();

        await server.EndAsync(ProblemCodes.Unauthorized, 401);
        await told.UntilAsync(t => t.HasEnded);

        Assert.Equal(2, view.Count);
        await view.WhenSyncedAsync(Token);
    }

    [Fact]
    public async Task Dispose_CompletesObserversAndLeavesTheItems()
    {
        await server.PutManyAsync([1, 2]);
        var view = await OpenAsync();

        await view.DisposeAsync();
        await view.DisposeAsync();

        await told.UntilAsync(t => t.HasEnded);
        Assert.Null(told.Error);
        Assert.Equal((2, LiveState.Ended), (view.Count, view.Status.State));
        await server.UntilAsync(() => server.Standing == 0);
    }

    [Fact]
    public async Task Dispose_BeforeTheItemsAreThere_EndsTheWaitForThem()
    {
        proxy.Refuse();
        var view = ThingsOfClient.OpenLiveView();
        var synced = view.WhenSyncedAsync(Token);

        await view.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => synced);
    }

    [Fact]
    public async Task Client_Disposed_EndsTheView()
    {
        await using var view = await OpenAsync();

        await client.DisposeAsync();
        await told.UntilAsync(t => t.HasEnded);

        Assert.IsType<ObjectDisposedException>(told.Error);
    }

    [Fact]
    public async Task Observers_ThatComeWhileMuchHappens_MissNothing()
    {
        await server.PutManyAsync(Enumerable.Range(1, 50).Select(n => (long)n));
        await using var view = ThingsOfClient.OpenLiveView();
        var observers = new List<Told<Thing>>();
        var writing = Task.Run(WriteAsync, Token);

        while (!writing.IsCompleted)
        {
            observers.Add(new());
            view.Subscribe(observers[^1]);
            await Task.Yield();
            if (observers.Count > 200)
                await writing;
        }
        foreach (var observer in observers)
            await observer.UntilAsync(t => t.Items.ContainsKey("1000"));

        Assert.All(observers, o => Assert.Empty(o.Contradictions));
        Assert.All(observers, o => Assert.Equal(view.OrderBy(t => t.Id), o.Items.Values.OrderBy(t => t.Id)));

        async Task WriteAsync()
        {
            for (var i = 0; i < 400; i++)
                await (i % 3 == 0 ? server.DeleteAsync(i % 50) : server.PutAsync(i % 70, $"x{i}"));
            // Not among the items that were listed: after those, the changes since the watch began are told once more.
            await view.WhenSyncedAsync(Token);
            await server.PutAsync(1000, "last");
        }
    }

    [Fact]
    public async Task Observer_ThatHasLeft_IsToldNothingMore()
    {
        await using var view = await OpenAsync();
        var left = new Told<Thing>();
        view.Subscribe(left).Dispose();
        left.Changes.Clear();

        await server.PutAsync(1, "a");
        await told.UntilAsync(t => t.Items.ContainsKey("1"));
        await view.DisposeAsync();

        Assert.Empty(left.Changes);
        Assert.False(left.HasEnded);
    }

    private async Task<LiveView<Thing>> OpenAsync()
    {
        var view = ThingsOfClient.OpenLiveView();
        view.Subscribe(told);
        await view.WhenSyncedAsync(Token);
        return view;
    }

    private static async Task StatusAsync(LiveView<Thing> view, LiveState state)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        view.PropertyChanged += (_, _) =>
        {
            if (view.Status.State == state)
                reached.TrySetResult();
        };
        if (view.Status.State != state)
            await reached.Task.WaitAsync(TimeSpan.FromSeconds(20), Token);
    }
}
