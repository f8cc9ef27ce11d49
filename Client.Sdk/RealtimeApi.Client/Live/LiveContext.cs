namespace RealtimeApi.Client;

/// <summary>Where a live view changes and tells.</summary>
internal sealed class LiveContext(SynchronizationContext? context, TaskScheduler? scheduler)
{
    /// <summary>Runs the action there, and ends when it has run.</summary>
    public Task RunAsync(Action action)
    {
        if (scheduler is not null)
            return Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);
        if (context is null)
        {
            action();
            return Task.CompletedTask;
        }

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
