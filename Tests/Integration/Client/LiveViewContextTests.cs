using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RealtimeApi.Client;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Client;

/// <summary>Where a live view calls code of its user's, and what becomes of what that throws.</summary>
public sealed class LiveViewContextTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Told<Thing> told = new();
    private readonly CapturedLog log = new();
    private FakeServer server = null!;
    private CuttableProxy proxy = null!;
    private RealtimeApiClient client = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ResourceClient<Thing> ThingsOfClient => client.Resource<Thing>("things");

    public async ValueTask InitializeAsync()
    {
        server = await FakeServer.StartAsync();
        proxy = new(server.Address);
        client = new(Clients.OptionsFor(proxy.Address), loggerFactory: LoggerFactory.Create(logging => logging.AddProvider(log)));
    }

    public async ValueTask DisposeAsync()
    {
        await client.DisposeAsync();
        await proxy.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Context_IsWhereItemsChangeAndEventsAreRaised()
    {
        using var thread = new ContextThread();
        await server.PutManyAsync([1, 2, 3]);
        await using var view = ThingsOfClient.OpenLiveView(new() { Context = thread.Context });
        var elsewhere = 0;
        view.CollectionChanged += (_, _) => Interlocked.Add(ref elsewhere, thread.IsCurrent ? 0 : 1);
        view.PropertyChanged += (_, _) => Interlocked.Add(ref elsewhere, thread.IsCurrent ? 0 : 1);
        await view.WhenSyncedAsync(Token);
        using var subscription = view.Subscribe(told);

        // While the context is busy, nothing changes.
        using var free = new ManualResetEventSlim();
        thread.Context.Post(_ => free.Wait(), null);
        await server.PutAsync(4, "d");
        await server.BookmarkAsync();
        var count = view.Count;
        free.Set();
        await told.UntilAsync(t => t.Items.ContainsKey("4"));

        Assert.Equal((3, 0), (count, elsewhere));
    }

    [Fact]
    public async Task Context_ThatIsGone_DoesNotHoldUpDisposal()
    {
        var view = ThingsOfClient.OpenLiveView(new() { Context = Closed() });
        await server.UntilAsync(() => server.Standing == 1);

        await view.DisposeAsync();
    }

    [Fact]
    public async Task Scheduler_IsWhereEventsAreRaised()
    {
        var scheduler = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;
        await using var view = ThingsOfClient.OpenLiveView(new() { Scheduler = scheduler });
        var schedulers = new ConcurrentQueue<TaskScheduler>();
        view.CollectionChanged += (_, _) => schedulers.Enqueue(TaskScheduler.Current);
        await view.WhenSyncedAsync(Token);
        using var subscription = view.Subscribe(told);

        await server.PutAsync(1, "a");
        await told.UntilAsync(t => t.Items.ContainsKey("1"));

        Assert.All(schedulers, s => Assert.Same(scheduler, s));
        Assert.Throws<ArgumentException>(() => ThingsOfClient.OpenLiveView(new() { Scheduler = scheduler, Context = Closed() }));
    }

    [Fact]
    public async Task Context_ThatIsGoneWhenTheViewEnds_DoesNotHoldUpDisposal()
    {
        var context = new ClosableContext();
        var view = client.Resource<Misfit>("things").OpenLiveView(new() { Context = context });
        await view.WhenSyncedAsync(Token);

        context.Close();
        await server.PutAsync(1, "not a number");
        await context.Swallowed.Task.WaitAsync(Patience, Token);
        await view.DisposeAsync().AsTask().WaitAsync(Patience, Token);

        Assert.IsType<System.Text.Json.JsonException>(view.Status.Error);
        Assert.Equal(LiveState.Ended, view.Status.State);
    }

    [Fact]
    public async Task Context_ThatIsGone_DoesNotKeepTheDisposedViewCurrent()
    {
        var context = new ClosableContext();
        var view = ThingsOfClient.OpenLiveView(new() { Context = context });
        await view.WhenSyncedAsync(Token);

        context.Close();
        await view.DisposeAsync().AsTask().WaitAsync(Patience, Token);

        Assert.Equal((LiveState.Ended, null), (view.Status.State, view.Status.Error));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Context_ThatThrows_EndsTheViewWithThat(bool byAChange)
    {
        var context = new ClosableContext();
        await using var view = ThingsOfClient.OpenLiveView(new() { Context = context });
        using var subscription = view.Subscribe(told);
        await view.WhenSyncedAsync(Token);

        context.Destroy();
        if (byAChange)
            await server.PutAsync(1, "a");
        else
            proxy.Refuse();
        await told.UntilAsync(t => t.HasEnded);

        Assert.Equal("The window is gone.", Assert.IsType<InvalidOperationException>(told.Error).Message);
        Assert.Equal((LiveState.Ended, told.Error), (view.Status.State, view.Status.Error));
    }

    [Fact]
    public async Task Comparer_ThatThrows_EndsTheViewWithThat()
    {
        await server.PutAsync(1, "a");
        await using var view = ThingsOfClient.OpenLiveView(new() { Comparer = Comparer<Thing>.Create((x, y) => x == y ? 0 : throw new InvalidOperationException("The comparer's own.")) });
        using var subscription = view.Subscribe(told);
        await view.WhenSyncedAsync(Token);

        await server.PutAsync(2, "b");
        await told.UntilAsync(t => t.HasEnded);

        Assert.Equal("The comparer's own.", Assert.IsType<InvalidOperationException>(told.Error).Message);
        Assert.Same(told.Error, view.Status.Error);
        await server.UntilAsync(() => server.Standing == 0);
    }

    [Fact]
    public async Task Handlers_ThatThrow_DisturbNeitherTheViewNorOtherHandlers()
    {
        var (collections, properties) = (0, 0);
        await using var view = ThingsOfClient.OpenLiveView();
        view.CollectionChanged += (_, _) => throw new InvalidOperationException("The handler's own.");
        view.CollectionChanged += (_, _) => collections++;
        view.PropertyChanged += (_, _) => throw new InvalidOperationException("The handler's own.");
        view.PropertyChanged += (_, _) => properties++;
        view.Subscribe(new Thrower());
        view.Subscribe(told);
        await view.WhenSyncedAsync(Token);
        properties = 0;

        await server.PutAsync(1, "a");
        await told.UntilAsync(t => t.Items.ContainsKey("1"));

        Assert.Equal((1, 2), (collections, properties));
        Assert.Contains(log.Entries, e => e is { Id.Name: "HandlerFailed", Exception: InvalidOperationException });
    }

    [Fact]
    public async Task ConnectionStateHandlers_ThatThrow_DisturbNeitherTheConnectionNorOtherHandlers()
    {
        var states = new ToldStates();
        client.ConnectionStateChanged += (_, _) => throw new InvalidOperationException("The handler's own.");
        states.Follow(client);

        await using var watch = await ThingsOfClient.WatchAsync(Clients.Bookmarks, Token).Start().StandsAsync();

        await states.UntilAsync(ConnectionState.Connected);
        Assert.Equal([ConnectionState.Connecting, ConnectionState.Connected], states.Select(change => change.State));
        Assert.Contains(log.Entries, e => e is { Id.Name: "HandlerFailed", Exception: InvalidOperationException });
    }

    private static ClosableContext Closed()
    {
        var context = new ClosableContext();
        context.Close();
        return context;
    }

    private sealed class Thrower : IObserver<LiveChange<Thing>>
    {
        public void OnCompleted() => throw new InvalidOperationException("The observer's own.");

        public void OnError(Exception error) => throw new InvalidOperationException("The observer's own.");

        public void OnNext(LiveChange<Thing> value) => throw new InvalidOperationException("The observer's own.");
    }

    private sealed record Misfit(long Id, int Text);
}
