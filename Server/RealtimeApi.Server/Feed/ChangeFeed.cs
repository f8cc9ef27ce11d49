using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Feed;

/// <summary>Follows the change log: one per node. Reads it once, in order, and keeps its tail in memory as immutable segments.</summary>
/// <remarks>
/// Knows no subscriber: followers wait for a state that differs from the one they have seen. Thread-safe; the state is immutable and swapped whole by
/// the feed's one loop, and the other fields are that loop's own but for <see cref="listening"/>, which is atomic. The host's start waits for the log, so that a database
/// that cannot be read stops the start with its own message; what only another program's transaction locks, and later failures, are waited out.
/// </remarks>
internal sealed partial class ChangeFeed : BackgroundService
{
    private const int LargestPage = 1024 * 1024;

    /// <summary>No schema has this version: the tables are looked at once more with the next page.</summary>
    private const long UnknownVersion = long.MinValue;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);

    private readonly IDatabase database;
    private readonly CatalogSource catalogs;
    private readonly FeedOptions options;
    private readonly int pageBytes;

    /// <summary>Whether tables that are made later would be watched: an empty database is looked at until it has some.</summary>
    private readonly bool mayComeToWatch;
    private readonly TimeProvider time;
    private readonly ILogger<ChangeFeed> logger;

    /// <summary>Full when there may be something to read; more hints than one are the same as one.</summary>
    private readonly Channel<bool> hints = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private volatile Published published = new(null);
    private long windowBytes;
    private long schemaVersion;
    private int listening;

    public ChangeFeed(IDatabase database, CatalogSource catalogs, IOptions<RealtimeApiOptions> options, TimeProvider time, ILogger<ChangeFeed> logger)
    {
        this.database = database;
        this.catalogs = catalogs;
        this.options = options.Value.Feed;
        pageBytes = Math.Min(LargestPage, this.options.WindowBytes);
        mayComeToWatch = options.Value.Resources.GetValueOrDefault(ResourcesOptions.Wildcard) is { Watch: not false };
        this.time = time;
        this.logger = logger;
    }

    /// <summary>Where the feed stands; null until the log has been opened, and for as long as nothing is watchable.</summary>
    public FeedState? State => published.State;

    /// <summary>Completes with a state other than <paramref name="seen"/>, at once if there is one.</summary>
    public ValueTask<FeedState> WaitAsync(FeedState? seen, CancellationToken cancellationToken)
    {
        var current = published;
        return current.State is { } state && !ReferenceEquals(state, seen) ? new(state) : WaitForNextAsync(current, seen, cancellationToken);
    }

    /// <summary>Says that this server has committed a write, so that the feed reads at once.</summary>
    public void Wake() => hints.Writer.TryWrite(true);

    /// <summary>Opens the log; the host's start waits while another program holds a lock, and fails if anything else is wrong.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await OpenOnceUnlockedAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (State is null && !mayComeToWatch)
            return;
        using var poll = time.CreateTimer(static feed => ((ChangeFeed)feed!).Wake(), this, options.PollInterval, options.PollInterval);
        var retry = TimeSpan.Zero;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                // The wait for the next write begins before the read, so that a write between the two is not slept through.
                ListenForWrite(stoppingToken);
                var hasMore = State is null ? await TryOpenAsync(stoppingToken) : await ReadPageAsync(stoppingToken);
                if (retry > TimeSpan.Zero)
                    Log.Recovered(logger);
                retry = TimeSpan.Zero;
                if (!hasMore)
                    await hints.Reader.ReadAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                if (retry == TimeSpan.Zero)
                    LogFailure(exception);
                if (State is { } state && (state.IsCurrent || state.IsHeldBack))
                    Publish(state with { IsCurrent = false, IsHeldBack = false });
                retry = retry == TimeSpan.Zero ? FirstRetry : TimeSpan.FromTicks(Math.Min(retry.Ticks * 2, LongestRetry.Ticks));
                await Task.Delay(retry * (0.5 + Random.Shared.NextDouble() / 2), time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task OpenOnceUnlockedAsync(CancellationToken cancellationToken)
    {
        for (var hasWaited = false; ; hasWaited = true)
        {
            try
            {
                await TryOpenAsync(cancellationToken);
                if (hasWaited)
                    Log.Opened(logger);
                return;
            }
            catch (DatabaseUnavailableException exception) when (exception.IsLocked)
            {
                if (!hasWaited)
                    Log.Waiting(logger, exception.Message);
            }

            await Task.Delay(FirstRetry, time, cancellationToken);
        }
    }

    /// <summary>Opens the log where something is watchable.</summary>
    /// <returns>Whether it is open.</returns>
    private async Task<bool> TryOpenAsync(CancellationToken cancellationToken)
    {
        var catalog = await catalogs.RefreshAsync(cancellationToken);
        if (await database.Log.PrepareAsync(catalog, cancellationToken) is not { } log)
            return false;
        Begin(catalog, log, epoch: 0);
        return true;
    }

    /// <summary>Reads what follows the head and publishes it.</summary>
    /// <returns>Whether there is more to do already.</returns>
    private async Task<bool> ReadPageAsync(CancellationToken cancellationToken)
    {
        var state = State!;
        LogPage? page = null;
        try
        {
            page = await database.Log.ReadAsync(state.Catalog, state.Head.Position, pageBytes, null, cancellationToken);
        }
        catch (SchemaChangedException)
        {
        }

        if (page is not null && await FindBreakAsync(state, page, cancellationToken) is { } reason)
        {
            Log.Broken(logger, reason);
            await RestartAsync(cancellationToken);
            return true;
        }

        if (page is null || page.SchemaVersion != schemaVersion)
        {
            // What was read by the old definitions is read again by the new ones. That page is taken whatever happens to the schema meanwhile, so that
            // a program which keeps altering tables does not hold the feed.
            await RefreshSchemaAsync(page?.SchemaVersion, cancellationToken);
            if (State!.Epoch != state.Epoch)
                return true;
            state = State;
            page = await database.Log.ReadAsync(state.Catalog, state.Head.Position, pageBytes, null, cancellationToken);
            if (await FindBreakAsync(state, page, cancellationToken) is not null)
                return true;
        }

        if (page.Through.Position > state.Head.Position)
            Publish(Extend(state, page));
        else if (state.IsCurrent != IsCurrent(page) || state.IsHeldBack != IsHeldBack(page))
            Publish(state with { IsCurrent = IsCurrent(page), IsHeldBack = IsHeldBack(page) });
        return page.HasMore || page.SchemaVersion != schemaVersion;
    }

    /// <summary>Why the page does not continue what has been read, or null when it does.</summary>
    private async ValueTask<string?> FindBreakAsync(FeedState state, LogPage page, CancellationToken cancellationToken)
    {
        if (page.LogId != state.LogId)
            return "the change log is another one";
        if (page.LowWater > state.Head.Position)
            return "changes that this server had not read have been trimmed";
        if (page.Through.Position < state.Head.Position)
            return "the change log has lost changes that had been read";
        if (page.After is { } after)
            return after.Tag == state.Head.Tag ? null : "the database has been restored or replaced";

        var log = await database.Log.FindAsync(state.Head.Position, cancellationToken);
        return log.Continues(state.LogId, state.Head) ? null : "the database has been restored or replaced";
    }

    /// <param name="seen">The version of the schema before its tables are looked at; null where it is not known.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    private async Task RefreshSchemaAsync(long? seen, CancellationToken cancellationToken)
    {
        var state = State!;
        var catalog = await catalogs.RefreshAsync(cancellationToken);
        var log = await database.Log.PrepareAsync(catalog, cancellationToken);
        if (log is null)
        {
            // Nothing is left that could be watched. The log is still followed, since the tables may come back.
            schemaVersion = seen ?? throw new DatabaseUnavailableException("The database no longer holds anything that can be watched, nor its change log.");
            Publish(state with { Catalog = catalog, CaptureStarts = new Dictionary<string, LogPosition>() });
            return;
        }

        if (log.LogId != state.LogId)
        {
            await RestartAsync(cancellationToken);
            return;
        }

        // Not the version after the look: a table that was altered meanwhile would stay as it was looked at. So making triggers costs a second look.
        schemaVersion = seen ?? UnknownVersion;
        var next = state with { Catalog = catalog, CaptureStarts = log.CaptureStarts };
        if (catalog.Resources.Any(resource => IsCapturedStill(resource, state, log)))
        {
            windowBytes = 0;
            next = next with { Window = Run<Segment>.Empty, WindowStart = state.Head };
        }

        Publish(next);
    }

    /// <summary>
    /// Whether a definition is new while the capture goes on, as where a column got a default: cursors from before continue, and the changes in the window are of the definition
    /// before, or were passed over. So they are read from the log, by the new one.
    /// </summary>
    private static bool IsCapturedStill(ResourceDefinition resource, FeedState before, LogState log) =>
        log.CaptureStarts.TryGetValue(resource.Name, out var start) && start <= before.Head.Position && !ReferenceEquals(before.Catalog.Find(resource.Name), resource);

    /// <summary>Begins a new epoch at the log's present end.</summary>
    private async Task RestartAsync(CancellationToken cancellationToken)
    {
        var epoch = State!.Epoch + 1;
        var catalog = await catalogs.RefreshAsync(cancellationToken);
        var log = await database.Log.PrepareAsync(catalog, cancellationToken)
            ?? throw new DatabaseUnavailableException("The database no longer holds any table that can be watched.");
        Begin(catalog, log, epoch);
    }

    private void Begin(ResourceCatalog catalog, LogState log, int epoch)
    {
        schemaVersion = UnknownVersion;
        windowBytes = 0;
        Publish(new()
        {
            LogId = log.LogId,
            Epoch = epoch,
            Catalog = catalog,
            Head = log.Head,
            Window = Run<Segment>.Empty,
            WindowStart = log.Head,
            CaptureStarts = log.CaptureStarts,
            IsCurrent = true,
        });
    }

    private FeedState Extend(FeedState state, LogPage page)
    {
        var segment = new Segment
        {
            After = state.Head,
            Through = page.Through,
            Changes = page.Changes,
            Resets = page.Resets,
            Size = Segment.Measure(page.Changes),
        };
        var window = ((Run<Segment>)state.Window).Append(segment);
        windowBytes += segment.Size;

        var dropped = 0;
        for (; windowBytes > options.WindowBytes && dropped < window.Count - 1; dropped++)
            windowBytes -= window[dropped].Size;
        var windowStart = dropped > 0 ? window[dropped - 1].Through : state.WindowStart;

        var captureStarts = state.CaptureStarts;
        if (page.Resets.Count > 0)
        {
            var starts = new Dictionary<string, LogPosition>(captureStarts);
            foreach (var reset in page.Resets)
                if (starts.TryGetValue(reset.ResourceName, out var start) && start < reset.Point.Position)
                    starts[reset.ResourceName] = reset.Point.Position;
            captureStarts = starts;
        }

        return state with
        {
            Head = page.Through,
            Window = window.DropFirst(dropped),
            WindowStart = windowStart,
            CaptureStarts = captureStarts,
            IsCurrent = IsCurrent(page),
            IsHeldBack = IsHeldBack(page),
        };
    }

    private static bool IsCurrent(LogPage page) => page is { HasMore: false, IsHeldBack: false };

    private static bool IsHeldBack(LogPage page) => page is { HasMore: false, IsHeldBack: true };

    private void Publish(FeedState state)
    {
        var before = published;
        published = new(state);
        before.Next.SetResult();
    }

    private async ValueTask<FeedState> WaitForNextAsync(Published current, FeedState? seen, CancellationToken cancellationToken)
    {
        while (current.State is not { } state || ReferenceEquals(state, seen))
        {
            await current.Next.Task.WaitAsync(cancellationToken);
            current = published;
        }

        return current.State;
    }

    /// <summary>Keeps one wait for other programs' writes outstanding; when it ends, the loop is given a hint.</summary>
    private void ListenForWrite(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref listening, 1) == 0)
            _ = ListenAsync(cancellationToken);
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        var written = false;
        try
        {
            await database.Log.WaitForWriteAsync(cancellationToken);
            written = true;
        }
        catch (OperationCanceledException)
        {
        }
        catch (Exception exception)
        {
            Log.ListeningFailed(logger, exception);
        }

        // Before the hint, so that the loop, which may take it at once, begins the next wait. One that failed is begun anew with the next poll: it does not spin.
        Volatile.Write(ref listening, 0);
        if (written)
            Wake();
    }

    private void LogFailure(Exception exception)
    {
        if (exception is DatabaseUnavailableException)
            Log.Unavailable(logger, exception.Message);
        else
            Log.Failed(logger, exception);
    }

    /// <summary>A state, and the signal that the next one is there.</summary>
    private sealed class Published(FeedState? state)
    {
        public FeedState? State { get; } = state;

        public TaskCompletionSource Next { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The change log cannot be read: {Reason} Watches stay open and go on when it can be read again.")]
        public static partial void Unavailable(ILogger logger, string reason);

        [LoggerMessage(2, LogLevel.Error, "Reading the change log failed unexpectedly. Watches stay open and go on when it succeeds.")]
        public static partial void Failed(ILogger logger, Exception exception);

        [LoggerMessage(3, LogLevel.Information, "The change log is being read again.")]
        public static partial void Recovered(ILogger logger);

        [LoggerMessage(4, LogLevel.Warning, "All watches end with cursor-expired, because {Reason}.")]
        public static partial void Broken(ILogger logger, string reason);

        [LoggerMessage(5, LogLevel.Debug, "Waiting for writes of other programs failed; the log is polled instead.")]
        public static partial void ListeningFailed(ILogger logger, Exception exception);

        [LoggerMessage(6, LogLevel.Warning, "The start waits until it can set up the change log: {Reason} It goes on by itself when that program commits, rolls back or ends.")]
        public static partial void Waiting(ILogger logger, string reason);

        [LoggerMessage(7, LogLevel.Information, "The database is no longer locked, and the start goes on.")]
        public static partial void Opened(ILogger logger);
    }
}
