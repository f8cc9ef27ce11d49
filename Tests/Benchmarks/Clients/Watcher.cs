using System.Buffers;
using System.Net.WebSockets;
using System.Text;

namespace RealtimeApi.Tests.Benchmarks.Clients;

/// <summary>A WebSocket that speaks just enough of the hub's JSON protocol to subscribe, and counts the changes that arrive.</summary>
internal sealed class Watcher : IWatcher
{
    private const byte Separator = 0x1E;
    private readonly ClientWebSocket socket = new();
    private readonly CancellationTokenSource stop = new();
    private Task receiving = Task.CompletedTask;
    private long received;

    public long Received => Volatile.Read(ref received);

    public async Task StartAsync(int port)
    {
        socket.Options.KeepAliveInterval = TimeSpan.Zero;
        await socket.ConnectAsync(new($"ws://127.0.0.1:{port}/hubs/resources"), stop.Token);
        await SendAsync("""{"protocol":"json","version":1}""");
        await SendAsync("""{"type":1,"invocationId":"1","target":"Subscribe","arguments":["1",{"resource":"orders"}]}""");
        var subscribed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        receiving = ReceiveAsync(subscribed);
        await subscribed.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await receiving.ContinueWith(static _ => { }, TaskScheduler.Default);
        socket.Dispose();
        stop.Dispose();
    }

    private Task SendAsync(string message) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(message + (char)Separator), WebSocketMessageType.Text, endOfMessage: true, stop.Token);

    private async Task ReceiveAsync(TaskCompletionSource subscribed)
    {
        var buffer = new byte[64 * 1024];
        var kept = 0;
        try
        {
            while (true)
            {
                var result = await socket.ReceiveAsync(buffer.AsMemory(kept), stop.Token);
                if (result.MessageType == WebSocketMessageType.Close)
                    throw new WebSocketException("The server closed the connection.");
                kept = Count(buffer, kept + result.Count, subscribed);
            }
        }
        catch (Exception e)
        {
            subscribed.TrySetException(e);
            if (!stop.IsCancellationRequested)
                throw;
        }
    }

    /// <summary>Counts the changes of the complete messages and moves what is left to the front.</summary>
    private int Count(byte[] buffer, int length, TaskCompletionSource subscribed)
    {
        var rest = buffer.AsSpan(0, length);
        for (int end; (end = rest.IndexOf(Separator)) >= 0; rest = rest[(end + 1)..])
        {
            var message = rest[..end];
            if (message.StartsWith("""{"type":3"""u8))
                subscribed.TrySetResult();
            else if (message.StartsWith("""{"type":1"""u8))
                Volatile.Write(ref received, received + message.Count("\"specversion\""u8));
        }
        rest.CopyTo(buffer);
        return rest.Length;
    }
}
