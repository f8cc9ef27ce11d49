using System.Threading.Channels;
using RealtimeApi.Client;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Client;

/// <summary>Enumerates a watch in the background and hands its changes out one by one.</summary>
internal sealed class Watching<T> : IAsyncDisposable
    where T : class
{
    private readonly Channel<ItemChange<T>> changes = Channel.CreateUnbounded<ItemChange<T>>();
    private readonly CancellationTokenSource stop = new();
    private TaskCompletionSource more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task task;

    public Watching(IAsyncEnumerable<ItemChange<T>> watch)
    {
        task = Task.Run(() => RunAsync(watch));
    }

    /// <summary>The next change; what ended the watch is thrown after the last.</summary>
    public async Task<ItemChange<T>> NextAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Until.Patience);
        if (await changes.Reader.WaitToReadAsync(patience.Token) && changes.Reader.TryRead(out var change))
            return change;
        throw new InvalidOperationException("The watch has ended.");
    }

    /// <summary>The next <paramref name="count"/> changes.</summary>
    public async Task<IReadOnlyList<ItemChange<T>>> NextAsync(int count)
    {
        var list = new List<ItemChange<T>>(count);
        while (list.Count < count)
            list.Add(await NextAsync());
        return list;
    }

    /// <summary>Waits until the watch stands on the server. It must have been started with bookmarks.</summary>
    public async Task<Watching<T>> StandsAsync()
    {
        Assert.Equal(ChangeKind.Bookmark, (await NextAsync()).Kind);
        return this;
    }

    /// <summary>Ends when something comes that has not come yet, or after a moment.</summary>
    public Task UntilMoreAsync() => Task.WhenAny(Volatile.Read(ref more).Task, Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System));

    /// <summary>Asserts that nothing has come that was not taken.</summary>
    public void AssertNothingMore() => Assert.False(changes.Reader.TryPeek(out _));

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await task;
        stop.Dispose();
    }

    private async Task RunAsync(IAsyncEnumerable<ItemChange<T>> watch)
    {
        try
        {
            await foreach (var change in watch.WithCancellation(stop.Token))
            {
                changes.Writer.TryWrite(change);
                Interlocked.Exchange(ref more, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
            }
            changes.Writer.TryComplete();
        }
        catch (Exception e)
        {
            changes.Writer.TryComplete(e);
        }
    }
}
