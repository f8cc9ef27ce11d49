using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RealtimeApi.Contracts;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Diagnostics;

namespace RealtimeApi.Server.Draining;

/// <summary>Lets go of those who watch when the server is to stop: first it says that it is not ready, then it ends one connection and stream after the other, then it waits until they are gone, and serves the last requests.</summary>
/// <remarks>
/// Thread-safe: a lock guards who is there and how far it is. What is ended resumes elsewhere from its cursor, so that nothing is lost whenever it is ended.
/// </remarks>
internal sealed partial class Drain : IDisposable
{
    /// <summary>A server with few clients stops as fast as it can: so many are ended in a second, until the configured time is too short for that.</summary>
    private const int PerSecond = 100;

    /// <summary>How long those who have been told may take to go.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    private readonly IOptions<RealtimeApiOptions> options;
    private readonly LastRequests lastRequests;
    private readonly TimeProvider time;
    private readonly ILogger<Drain> logger;
    private readonly Lock gate = new();
    private readonly LinkedList<Place> places = [];
    private readonly CancellationTokenSource ending = new();
    private readonly CancellationTokenSource hurried = new();
    private readonly CancellationTokenSource over = new();
    private readonly TaskCompletionSource empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? running;
    private bool sendsAway;

    public Drain(IOptions<RealtimeApiOptions> options, LastRequests lastRequests, TimeProvider time, ILogger<Drain> logger)
    {
        this.options = options;
        this.lastRequests = lastRequests;
        this.time = time;
        this.logger = logger;
        // Taken now, so that they can still be asked when everything has been disposed.
        Ending = ending.Token;
        Over = over.Token;
    }

    /// <summary>Whether the server is to stop: it is no longer ready, though it may still serve as before.</summary>
    public bool HasBegun => Volatile.Read(ref running) is not null;

    /// <summary>Cancelled when those who watch are being sent elsewhere; who waits for changes is answered at once.</summary>
    public CancellationToken Ending { get; }

    /// <summary>Cancelled when the time is over: what is still open is cut off.</summary>
    public CancellationToken Over { get; }

    /// <summary>Counts someone in who watches.</summary>
    /// <param name="end">Tells them to go on elsewhere; called once at most, on any thread, and at once where the others are being told already.</param>
    /// <returns>To be disposed when they have gone.</returns>
    public IDisposable Enter(Action end) => Enter(new Place(this, end));

    /// <summary>Counts something in that ends by itself once those who watch have been told, and is only waited for: a request that carries what they are told.</summary>
    /// <returns>To be disposed when it has ended.</returns>
    public IDisposable Stay() => Enter(new Place(this, null));

    /// <summary>What those who would watch from now on are refused with (<c>unavailable</c>), where the others are being sent away; null where they are not.</summary>
    public ProblemException? FindRefusal() => Ending.IsCancellationRequested
        ? new(ProblemCodes.Unavailable, "This server is stopping. Connect again in 1 second, which leads to another one where there is one.") { RetryAfter = 1 }
        : null;

    /// <summary>Begins, the first time, and completes when everyone has gone or the time is over.</summary>
    public Task RunAsync()
    {
        lock (gate)
            return running ??= Task.Run(LetGoAsync);
    }

    /// <summary>Ends everything at once.</summary>
    public void Hurry() => hurried.Cancel();

    public void Dispose()
    {
        ending.Dispose();
        hurried.Dispose();
        over.Dispose();
    }

    private Place Enter(Place place)
    {
        lock (gate)
        {
            place.Node = places.AddLast(place);
            if (!sendsAway)
                return place;
        }

        place.End();
        return place;
    }

    private async Task LetGoAsync()
    {
        var draining = options.Value.Draining;
        try
        {
            await WaitAsync(draining.Delay);
            await lastRequests.RefuseAsync(hurried.Token);
            List<Place> present;
            lock (gate)
            {
                present = [.. places.Where(static place => place.IsTold)];
                sendsAway = true;
                if (places.Count == 0)
                    empty.TrySetResult();
            }

            if (present.Count > 0)
                Log.Begins(logger, present.Count);
            await ending.CancelAsync();
            await EndAllAsync(present, draining.Spread);
            await Task.WhenAny(empty.Task, WaitAsync(Patience));
        }
        finally
        {
            await over.CancelAsync();
        }

        await lastRequests.ServeAsync(hurried.Token);
    }

    private async Task EndAllAsync(List<Place> present, TimeSpan spread)
    {
        var whole = TimeSpan.FromSeconds(present.Count / (double)PerSecond);
        if (whole > spread)
            whole = spread;
        var began = time.GetTimestamp();
        for (var i = 0; i < present.Count; i++)
        {
            var due = whole * ((double)i / present.Count);
            // Those that are due at nearly the same time are ended together.
            if (due - time.GetElapsedTime(began) >= Tick)
                await WaitAsync(due - time.GetElapsedTime(began));
            present[i].End();
        }
    }

    private async Task WaitAsync(TimeSpan duration)
    {
        if (duration > TimeSpan.Zero)
            await Task.Delay(duration, time, hurried.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Leave(Place place)
    {
        lock (gate)
        {
            if (place.Node is not { } node)
                return;
            places.Remove(node);
            place.Node = null;
            if (sendsAway && places.Count == 0)
                empty.TrySetResult();
        }
    }

    private sealed class Place(Drain drain, Action? end) : IDisposable
    {
        private int ended;

        public LinkedListNode<Place>? Node { get; set; }

        /// <summary>Whether there is someone to be told.</summary>
        public bool IsTold => end is not null;

        public void End()
        {
            if (Interlocked.Exchange(ref ended, 1) != 0)
                return;
            try
            {
                end?.Invoke();
            }
            catch (Exception exception)
            {
                // The others must not stay for it.
                Log.EndFailed(drain.logger, exception);
            }
        }

        public void Dispose() => drain.Leave(this);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The server is stopping: {Count} connections and streams are sent elsewhere.")]
        public static partial void Begins(ILogger logger, int count);

        [LoggerMessage(2, LogLevel.Error, "A connection could not be told to go elsewhere; it is cut off.")]
        public static partial void EndFailed(ILogger logger, Exception exception);
    }
}
