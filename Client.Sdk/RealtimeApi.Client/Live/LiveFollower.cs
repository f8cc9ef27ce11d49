using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;

namespace RealtimeApi.Client;

/// <summary>Keeps a live view current: watches, applies, and lists again where the watch cannot go on.</summary>
/// <remarks>Owned by one loop, which changes the view on its context, one batch at a time; <see cref="turn"/> keeps changes of the status apart from that. <see cref="gate"/> guards what the watch says of itself.</remarks>
internal sealed partial class LiveFollower<T> : IAsyncDisposable
    where T : class
{
    /// <summary>The most changes that are applied in one go, so that a user interface can do other things in between.</summary>
    private const int MaximumBatch = 256;

    private readonly Func<Action<bool, Exception?>, CancellationToken, IAsyncEnumerable<ItemChange<T>>> watch;
    private readonly LiveViewOptions<T> options;
    private readonly JsonTypeInfo<T> type;
    private readonly LiveContext context;
    private readonly TimeProvider time;
    private readonly Backoff backoff;
    private readonly ILogger logger;
    private readonly object gate = new();
    private readonly SemaphoreSlim turn = new(1);
    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationTokenSource following;
    private readonly TaskCompletionSource<bool> synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task loop = Task.CompletedTask;
    private LiveView<T> view = null!;
    private HashSet<string>? listed;
    private object? followed;
    private volatile Exception? failure;
    private volatile Exception? trouble;
    private volatile bool stands;
    private volatile bool ended;

    /// <param name="watch">Watches the view with its initial items, and says when the watch stands and when not, and what keeps it from standing.</param>
    /// <param name="options">The view's.</param>
    /// <param name="type">How items are written to compare them.</param>
    /// <param name="time">Dates the status.</param>
    /// <param name="backoff">The waits between lists.</param>
    /// <param name="logger">The client's.</param>
    public LiveFollower(Func<Action<bool, Exception?>, CancellationToken, IAsyncEnumerable<ItemChange<T>>> watch, LiveViewOptions<T> options, JsonTypeInfo<T> type, TimeProvider time, Backoff backoff, ILogger logger)
    {
        this.watch = watch;
        this.options = options;
        this.type = type;
        this.time = time;
        this.backoff = backoff;
        this.logger = logger;
        context = new(options.Context, options.Scheduler);
        following = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
    }

    /// <summary>Ends when the items are complete for the first time, or with why they never will be.</summary>
    public Task Synced => synced.Task;

    public void Start(LiveView<T> view)
    {
        this.view = view;
        loop = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        if (!stopping.IsCancellationRequested)
            stopping.Cancel();
        await loop.ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        Exception? error = null;
        try
        {
            while (true)
            {
                try
                {
                    listed = new(StringComparer.Ordinal);
                    await FollowAsync(following.Token).ConfigureAwait(false);
                }
                catch (RealtimeApiException e) when (e.Code == Contracts.ProblemCodes.CursorExpired)
                {
                    Log.ListsAgain(logger, e.Message);
                }
                catch (RealtimeApiException e) when (e.IsTransient && synced.Task.IsCompleted)
                {
                    // A server that fails at a change may not fail at the list.
                    Log.ListsAgain(logger, e.Message);
                    trouble = e;
                }

                lock (gate)
                    (followed, stands) = (null, false);
                await UpdateStatusAsync().ConfigureAwait(false);
                await backoff.WaitAsync(null, following.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (following.IsCancellationRequested)
        {
            error = stopping.IsCancellationRequested ? null : failure;
        }
        catch (Exception e)
        {
            error = e;
        }
        following.Cancel();
        await EndAsync(error).ConfigureAwait(false);
    }

    /// <summary>Applies one watch, until it throws why it cannot go on.</summary>
    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        var current = new object();
        lock (gate)
            followed = current;
        var changes = watch((standing, why) => OnStanding(current, standing, why), cancellationToken).GetAsyncEnumerator(cancellationToken);
        var batch = new List<ItemChange<T>>();
        var next = Task.FromResult(true);
        try
        {
            while (true)
            {
                next = changes.MoveNextAsync().AsTask();
                if (batch.Count >= MaximumBatch || (batch.Count > 0 && next.Status != TaskStatus.RanToCompletion))
                {
                    await InTurnAsync(() => Apply(batch)).ConfigureAwait(false);
                    batch.Clear();
                }
                if (!await next.ConfigureAwait(false))
                    return;
                batch.Add(changes.Current);
            }
        }
        finally
        {
            // An enumerator must not be disposed while it moves: what that throws would hide why this ends.
            if (!next.IsCompleted)
            {
                following.Cancel();
                await Task.WhenAny(next).ConfigureAwait(false);
                _ = next.Exception;
            }
            await changes.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void Apply(List<ItemChange<T>> batch)
    {
        foreach (var change in batch)
        {
            if (ended)
                return;
            if (change.Kind == ChangeKind.Synced)
                CompleteList();
            else if (change.Item is { } item)
                Put(change, item);
            else if (view.Items.Find(change.Key) is { } gone)
                view.Remove(change.Key, gone);
        }
    }

    private void Put(ItemChange<T> change, T item)
    {
        if (change.IsInitial)
            listed?.Add(change.Key);
        var previous = view.Items.Find(change.Key);
        // What a list shows may be known; and so may what is said to have come, where the list has shown it before the watch did.
        if (previous is not null && change.Kind == ChangeKind.Added && IsSame(previous, item))
            return;
        view.Put(change.Key, item, previous, change.IsInitial && !synced.Task.IsCompleted);
    }

    private void CompleteList()
    {
        if (listed is { } present)
            foreach (var entry in view.Items.Entries.Where(e => !present.Contains(e.Key)).ToList())
                view.Remove(entry.Key, entry.Value);
        listed = null;
        backoff.Reset();
        view.SetSynced(new(stands ? LiveState.Current : LiveState.Stale, time.GetUtcNow()) { Error = stands ? null : trouble });
        synced.TrySetResult(true);
    }

    private bool IsSame(T previous, T item)
    {
        if (options.ItemComparer is { } comparer)
            return comparer.Equals(previous, item);
        if (EqualityComparer<T>.Default.Equals(previous, item))
            return true;
        try
        {
            return JsonSerializer.SerializeToUtf8Bytes(previous, type).AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(item, type));
        }
        catch (Exception e) when (e is NotSupportedException or InvalidOperationException or JsonException)
        {
            return false; // A type that can be read only: told once too often is better than not at all.
        }
    }

    /// <summary>Called by a watch, in order, whenever it comes to stand on a server or falls. One that is followed no more may say so when the next one stands already.</summary>
    private void OnStanding(object watched, bool standing, Exception? why)
    {
        lock (gate)
        {
            if (watched != followed)
                return;
            stands = standing;
            if (standing || why is not null)
                trouble = why;
        }

        _ = UpdateStatusAsync();
    }

    private async Task UpdateStatusAsync()
    {
        try
        {
            await InTurnAsync(UpdateStatus).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (following.IsCancellationRequested)
        {
            // The end sets the last status.
        }
        catch (Exception e)
        {
            // A context that takes nothing: a view that cannot say that it is out of date is none.
            failure = e;
            following.Cancel();
        }
    }

    private void UpdateStatus()
    {
        if (ended)
            return;
        var before = view.Status;
        var now = listed is null && stands ? LiveState.Current : before.State == LiveState.Connecting && listed is not null ? LiveState.Connecting : LiveState.Stale;
        var error = now == LiveState.Current ? null : trouble;
        if (now != before.State || error != before.Error)
            view.SetStatus(new(now, now == before.State ? before.Since : time.GetUtcNow()) { Error = error });
    }

    private async Task InTurnAsync(Action action)
    {
        await turn.WaitAsync(following.Token).ConfigureAwait(false);
        try
        {
            await context.RunAsync(action).WaitAsync(following.Token).ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task EndAsync(Exception? error)
    {
        await turn.WaitAsync().ConfigureAwait(false);
        ended = true;
        view.SetEnded(new(LiveState.Ended, time.GetUtcNow()) { Error = error });
        try
        {
            // A context that is gone (a window closed before its view was disposed) runs nothing more, and disposal does not wait for it.
            await context.RunAsync(view.TellEnded).WaitAsync(stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            Log.ContextFailed(logger, e);
            view.TellEnded();
        }
        turn.Release();

        if (synced.TrySetException(error ?? new ObjectDisposedException(nameof(LiveView<T>))))
            _ = synced.Task.Exception; // Seen, also where nobody waits.
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "A live view lists again ({Reason})", EventName = "ListsAgain")]
        public static partial void ListsAgain(ILogger logger, string reason);

        [LoggerMessage(2, LogLevel.Warning, "The context of a live view does not take the view's end, which is told on the thread pool", EventName = "ContextFailed")]
        public static partial void ContextFailed(ILogger logger, Exception exception);
    }
}
