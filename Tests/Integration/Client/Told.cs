using System.Collections.Concurrent;
using RealtimeApi.Client;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Client;

/// <summary>What an observer of a live view was told.</summary>
internal sealed class Told<T> : IObserver<LiveChange<T>>
    where T : class
{
    private TaskCompletionSource pulse = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ConcurrentQueue<LiveChange<T>> Changes { get; } = new();

    /// <summary>The items as the changes told of them.</summary>
    public ConcurrentDictionary<string, T> Items { get; } = new();

    public Exception? Error { get; private set; }

    public bool HasEnded { get; private set; }

    /// <summary>What was told that is not in keeping with what was told before.</summary>
    public ConcurrentQueue<LiveChange<T>> Contradictions { get; } = new();

    /// <summary>Ends when the condition holds; it is looked at after each thing told.</summary>
    public async Task UntilAsync(Func<Told<T>, bool> condition)
    {
        while (true)
        {
            var next = Volatile.Read(ref pulse);
            if (condition(this))
                return;
            await next.Task.WaitAsync(Until.Patience, TestContext.Current.CancellationToken);
        }
    }

    public void OnNext(LiveChange<T> value)
    {
        var fits = value.Kind switch
        {
            ChangeKind.Added => Items.TryAdd(value.Key, value.Item!) && value.Previous is null,
            ChangeKind.Modified => Items.TryGetValue(value.Key, out var before) && ReferenceEquals(before, value.Previous),
            ChangeKind.Removed => Items.TryRemove(value.Key, out var gone) && ReferenceEquals(gone, value.Previous) && value.Item is null,
            _ => true,
        };
        if (!fits)
            Contradictions.Enqueue(value);
        if (value.Kind == ChangeKind.Modified)
            Items[value.Key] = value.Item!;
        Changes.Enqueue(value);
        Pulse();
    }

    public void OnError(Exception error)
    {
        (Error, HasEnded) = (error, true);
        Pulse();
    }

    public void OnCompleted()
    {
        HasEnded = true;
        Pulse();
    }

    private void Pulse() => Interlocked.Exchange(ref pulse, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
