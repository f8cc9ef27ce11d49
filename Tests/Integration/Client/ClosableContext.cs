namespace RealtimeApi.Tests.Integration.Client;

/// <summary>The context of a window that can be closed: it runs what is posted at once, until then.</summary>
internal sealed class ClosableContext : SynchronizationContext
{
    private volatile bool swallows;
    private volatile bool throws;

    /// <summary>Ends when something has been posted that will not run.</summary>
    public TaskCompletionSource Swallowed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>From now on nothing that is posted runs, and nobody is told.</summary>
    public void Close() => swallows = true;

    /// <summary>From now on posting throws an <see cref="InvalidOperationException"/>.</summary>
    public void Destroy() => throws = true;

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (throws)
            throw new InvalidOperationException("The window is gone.");
        if (swallows)
            Swallowed.TrySetResult();
        else
            d(state);
    }
}
