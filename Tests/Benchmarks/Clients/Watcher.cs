namespace RealtimeApi.Tests.Benchmarks.Clients;

/// <summary>A client of the hub that counts the changes that arrive.</summary>
internal sealed class Watcher : HubSocket, IWatcher
{
    private long received;

    public long Received => Volatile.Read(ref received);

    protected override void Take(ReadOnlySpan<byte> message) => Volatile.Write(ref received, received + message.Count("\"specversion\""u8));
}
