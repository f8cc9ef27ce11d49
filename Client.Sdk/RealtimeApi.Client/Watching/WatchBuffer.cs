using System.Text.Json;
using System.Threading.Channels;

namespace RealtimeApi.Client;

/// <summary>The batches that wait for the caller of one watch, bounded by the number of changes in them.</summary>
/// <remarks>One writer, the watch's present subscription; one reader, the caller. A batch larger than the bound is taken when nothing else waits.</remarks>
internal sealed class WatchBuffer(int capacity)
{
    private readonly Channel<ChangeBatch> channel = Channel.CreateUnbounded<ChangeBatch>(new() { SingleReader = true, SingleWriter = false });
    private readonly object gate = new();
    private TaskCompletionSource<bool>? room;
    private int waiting;
    private int refused;

    public ChannelReader<ChangeBatch> Reader => channel.Reader;

    /// <summary>Takes a batch, or refuses it when there is no room.</summary>
    public bool TryAdd(ChangeBatch batch)
    {
        lock (gate)
        {
            if (!Fits_NeedsLock(batch))
                return false;
            refused = 0;
            waiting += batch.Weight;
            return channel.Writer.TryWrite(batch);
        }
    }

    /// <summary>Says that the caller is done with a batch.</summary>
    public void Release(ChangeBatch batch)
    {
        lock (gate)
        {
            waiting -= batch.Weight;
            if (HasRoom_NeedsLock)
                room?.TrySetResult(true);
        }
    }

    /// <summary>Ends when at most half of the room is taken, and what was refused last fits.</summary>
    public Task RoomAsync()
    {
        lock (gate)
            return RoomAsync_NeedsLock();
    }

    /// <summary>Has ended where a batch fits; otherwise the batch counts as refused, and it ends as <see cref="RoomAsync"/> does.</summary>
    public Task RoomForAsync(ChangeBatch batch)
    {
        lock (gate)
            return Fits_NeedsLock(batch) ? Task.CompletedTask : RoomAsync_NeedsLock();
    }

    /// <summary>Ends the watch; the caller still gets what waits, and then the error.</summary>
    public void Complete(Exception? error) => channel.Writer.TryComplete(error);

    private bool Fits_NeedsLock(ChangeBatch batch)
    {
        if (waiting == 0 || waiting + batch.Weight <= capacity)
            return true;
        refused = batch.Weight;
        return false;
    }

    private Task<bool> RoomAsync_NeedsLock()
    {
        room = new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (HasRoom_NeedsLock)
            room.TrySetResult(true);
        return room.Task;
    }

    private bool HasRoom_NeedsLock => waiting == 0 || (waiting <= capacity / 2 && waiting + refused <= capacity);
}
