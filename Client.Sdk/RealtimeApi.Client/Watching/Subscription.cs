using System.Text.Json;

namespace RealtimeApi.Client;

/// <summary>One <c>Subscribe</c> on one connection: checks that nothing is missing between its batches and passes them on.</summary>
/// <remarks>A lock guards the cursor. Once it has ended it takes nothing more, so that a watch has one subscription that writes at a time.</remarks>
internal sealed class Subscription(string id, WatchBuffer buffer)
{
    private readonly object gate = new();
    private readonly TaskCompletionSource<SubscriptionEnd> end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<JsonElement> early = new();
    private bool started;

    public string Id { get; } = id;

    /// <summary>Where the batches taken so far end; null before the server has said where the watch starts.</summary>
    public string? Cursor { get; private set; }

    /// <summary>How many batches it has taken.</summary>
    public int Taken { get; private set; }

    public Task<SubscriptionEnd> Ended => end.Task;

    /// <summary>The server's reply: the first batch starts at this cursor. Batches that came before the reply are taken now.</summary>
    public void Start(string cursor)
    {
        lock (gate)
        {
            Cursor = cursor;
            started = true;
            while (early.Count > 0)
                Take_NeedsLock(early.Dequeue());
        }
    }

    public void Receive(JsonElement batch)
    {
        lock (gate)
        {
            if (started)
                Take_NeedsLock(batch);
            else
                early.Enqueue(batch); // The reply is on its way: these are the few frames that overtook it.
        }
    }

    public void End(SubscriptionEnd reason)
    {
        lock (gate)
            end.TrySetResult(reason);
    }

    private void Take_NeedsLock(JsonElement message)
    {
        if (end.Task.IsCompleted)
            return;
        if (ChangeBatch.Parse(message) is not { } batch)
        {
            end.TrySetResult(new(SubscriptionEndReason.Invalid, Problems.Invalid("A batch of changes came without 'from', 'cursor' or 'changes'.")));
            return;
        }
        if (batch.From != Cursor)
        {
            end.TrySetResult(SubscriptionEnd.Gap);
            return;
        }
        if (!buffer.TryAdd(batch))
        {
            end.TrySetResult(SubscriptionEnd.Full);
            return;
        }
        Cursor = batch.Cursor;
        Taken++;
    }
}
