using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using RealtimeApi.Contracts;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Resources;
using RealtimeApi.Server.Watching;
using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.Unit.Feed;
using Xunit;

namespace RealtimeApi.Tests.Unit.Watching;

/// <summary>A feed and an engine over a database in memory and a clock that the test moves.</summary>
internal sealed class EngineFixture : IAsyncDisposable
{
    private readonly List<Watch> watches = [];
    private readonly LoggerFactory loggers;

    private EngineFixture(MemoryDatabase database, Action<RealtimeApiOptions>? configure)
    {
        Database = database;
        loggers = new([Log]);
        Options.Resources.All = true;
        Options.Resources["totals"] = new() { Table = "Totals", Key = { "Total" } };
        configure?.Invoke(Options);
        var options = Microsoft.Extensions.Options.Options.Create(Options);
        Catalogs = new(database, options, loggers.CreateLogger<CatalogSource>());
        Feed = new(database, Catalogs, options, Time, loggers.CreateLogger<ChangeFeed>());
        Engine = new(Feed, Catalogs, database, options, Time, loggers.CreateLogger<WatchEngine>());
    }

    public CapturedLog Log { get; } = new();

    public RealtimeApiOptions Options { get; } = new();

    public MemoryDatabase Database { get; }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));

    public CatalogSource Catalogs { get; }

    public ChangeFeed Feed { get; }

    public WatchEngine Engine { get; }

    /// <summary>One whose feed and engine have not been started.</summary>
    public static EngineFixture Create(MemoryDatabase database) => new(database, configure: null);

    public static async Task<EngineFixture> StartAsync(MemoryDatabase? database = null, Action<RealtimeApiOptions>? configure = null)
    {
        var fixture = new EngineFixture(database ?? new MemoryDatabase(), configure);
        var reads = fixture.Database.LogReads;
        await fixture.Feed.StartAsync(CancellationToken.None);
        await fixture.Engine.StartAsync(CancellationToken.None);
        // One page, and one more after the tables have been looked at again, since they may have been altered during the start.
        await Until.TrueAsync(() => fixture.Feed.State is null || fixture.Database.LogReads >= reads + 2);
        return fixture;
    }

    /// <summary>Another node on the same database.</summary>
    public Task<EngineFixture> StartAnotherAsync(Action<RealtimeApiOptions>? configure = null) => StartAsync(Database, configure);

    public async Task<TestWatch> WatchAsync(WatchRequest request)
    {
        var watch = new TestWatch(this);
        watch.Begin(await Engine.StartAsync(request, watch.OnReady, TestContext.Current.CancellationToken));
        watches.Add(watch.Watch);
        return watch;
    }

    /// <summary>Completes when the engine has evaluated all that the database has.</summary>
    public Task SettleAsync() => Until.TrueAsync(() => Engine.Through is { } through && through.Position >= Database.Head.Position && Feed.State!.IsCurrent);

    public async ValueTask DisposeAsync()
    {
        foreach (var watch in watches)
            watch.Dispose();
        await Engine.StopAsync(CancellationToken.None);
        await Feed.StopAsync(CancellationToken.None);
        Engine.Dispose();
        Feed.Dispose();
        Catalogs.Dispose();
        loggers.Dispose();
        Log.ThrowIfUnexpectedErrors();
    }
}
