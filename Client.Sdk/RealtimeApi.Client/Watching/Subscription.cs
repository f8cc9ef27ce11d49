using System.Text.Json;

namespace RealtimeApi.Client;

/// <summary>One watch on one connection: checks that nothing is missing between its batches and passes them on.</summary>
/// <remarks>A lock guards the cursor. Once it has ended it takes nothing more, so that a watch has one subscription that writes at a time.</remarks>
/// <param name="id">Its name on the hub.</param>
/// <param name="buffer">Takes the batches.</param>
/// <param name="onStarted">Told once where it starts. Default: nobody.</param>
internal sealed class Subscription(string id, WatchBuffer buffer, Action<string>? onStarted = null)
{
    /// <summary>So many batches may overtake the server's reply. Of a server that sends more, the rest is asked for anew.</summary>
    public const int MaxEarly = 64;

    private readonly object gate = new();
    private readonly TaskCompletionSource<SubscriptionEnd> end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<JsonElement> early = new();
    private bool started;
    private bool tooEarly;

    public string Id { get; } = id;

    /// <summary>Where the batches taken so far end; null before the server has said where the watch starts.</summary>
    public string? Cursor { get; private set; }

    /// <summary>How many batches it has taken.</summary>
    public int Taken { get; private set; }

    public Task<SubscriptionEnd> Ended => end.Task;

    /// <summary>The server's reply: the first batch starts at this cursor. Batches that came before the reply are taken now.</summary>
    public void Start(string cursor) => TryStart(cursor);

    /// <summary>As <see cref="Start"/>, where it has not started yet.</summary>
    /// <returns>Whether it starts by this.</returns>
    public bool TryStart(string cursor)
    {
        lock (gate)
        {
            if (started)
                return false;
            Cursor = cursor;
            started = true;
            while (early.Count > 0)
                Take_NeedsLock(early.Dequeue());
            if (tooEarly)
                end.TrySetResult(SubscriptionEnd.Gap);
        }
        onStarted?.Invoke(cursor);
        return true;
    }

    /// <summary>Ends when the caller has made room for a batch; has ended where there is room. For a connection that can wait, since nobody shares it.</summary>
    public Task RoomForAsync(ChangeBatch batch) => buffer.RoomForAsync(batch);

    public void Take(ChangeBatch batch)
    {
        lock (gate)
            Take_NeedsLock(batch);
    }

    public void Receive(JsonElement batch)
    {
        lock (gate)
        {
            if (started)
                Take_NeedsLock(batch);
            else if (early.Count < MaxEarly)
                early.Enqueue(batch); // The reply is on its way: these are the few frames that overtook it.
            else
                tooEarly = true;
        }
    }

    public void End(SubscriptionEnd reason)
    {
        lock (gate)
            end.TrySetResult(reason);
    }

    private void Take_NeedsLock(JsonElement message)
    {
        if (ChangeBatch.Parse(message) is { } batch)
            Take_NeedsLock(batch);
        else
            end.TrySetResult(new(SubscriptionEndReason.Invalid, Problems.Invalid("A batch of changes came without 'from', 'cursor' or 'changes'.")));
    }

    private void Take_NeedsLock(ChangeBatch batch)
    {
        if (end.Task.IsCompleted)
            return;
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
