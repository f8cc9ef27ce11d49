using System.Collections.Concurrent;

namespace RealtimeApi.Tests.Integration.Client;

/// <summary>A thread with a context, as a user interface has.</summary>
internal sealed class ContextThread : IDisposable
{
    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> work = [];
    private readonly Thread thread;

    public ContextThread()
    {
        Context = new Queued(work);
        thread = new(() =>
        {
            foreach (var (callback, state) in work.GetConsumingEnumerable())
                callback(state);
        });
        thread.Start();
    }

    public SynchronizationContext Context { get; }

    public bool IsCurrent => Thread.CurrentThread == thread;

    public void Dispose()
    {
        work.CompleteAdding();
        thread.Join();
        work.Dispose();
    }

    private sealed class Queued(BlockingCollection<(SendOrPostCallback, object?)> work) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
            if (!work.IsAddingCompleted)
                work.Add((d, state));
        }
    }
}
