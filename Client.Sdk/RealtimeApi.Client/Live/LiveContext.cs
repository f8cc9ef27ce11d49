namespace RealtimeApi.Client;

/// <summary>Where a live view changes and tells.</summary>
internal sealed class LiveContext(SynchronizationContext? context, TaskScheduler? scheduler)
{
    // Of the thread pool, one after the other. Nothing runs on the caller's own thread, which a handler that blocks would hold, and all that the caller has to do then.
    private readonly TaskScheduler? scheduler = scheduler ?? (context is null ? new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler : null);
    private readonly TaskCreationOptions options = TaskCreationOptions.DenyChildAttach | (scheduler is null ? TaskCreationOptions.HideScheduler : TaskCreationOptions.None);

    /// <summary>Runs the action there, and ends when it has run.</summary>
    public Task RunAsync(Action action)
    {
        if (context is null)
            return Task.Factory.StartNew(action, CancellationToken.None, options, scheduler!);

        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        context.Post(
            _ =>
            {
                try
                {
                    action();
                    done.TrySetResult(true);
                }
                catch (Exception e)
                {
                    done.TrySetException(e);
                }
            },
            null);
        return done.Task;
    }
}
