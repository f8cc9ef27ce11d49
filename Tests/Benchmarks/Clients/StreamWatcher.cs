using System.Net;
using System.Net.Sockets;

namespace RealtimeApi.Tests.Benchmarks.Clients;

/// <summary>A socket that asks for an event stream and counts the events in what arrives.</summary>
internal sealed class StreamWatcher : IWatcher
{
    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
    private Task receiving = Task.CompletedTask;
    private long received;

    public long Received => Volatile.Read(ref received);

    public async Task StartAsync(int port)
    {
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await socket.SendAsync("GET /api/orders/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"u8.ToArray());
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        receiving = ReceiveAsync(begun);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        await receiving.ContinueWith(static _ => { }, TaskScheduler.Default);
    }

    private async Task ReceiveAsync(TaskCompletionSource begun)
    {
        var buffer = new byte[64 * 1024];
        var kept = 0;
        try
        {
            while (await socket.ReceiveAsync(buffer.AsMemory(kept)) is > 0 and var length)
            {
                kept = Count(buffer, kept + length, begun);
            }
        }
        catch (SocketException) when (begun.Task.IsCompleted)
        {
            // It was closed while it was being read.
        }
    }

    /// <summary>Counts the events of the complete blocks and moves what is left to the front.</summary>
    private int Count(byte[] buffer, int length, TaskCompletionSource begun)
    {
        var rest = buffer.AsSpan(0, length);
        if (rest.LastIndexOf("\n\n"u8) is >= 0 and var end)
        {
            var blocks = rest[..(end + 2)];
            if (!begun.Task.IsCompleted && blocks.IndexOf("retry:"u8) >= 0)
                begun.TrySetResult();
            Volatile.Write(ref received, received + blocks.Count("\"specversion\""u8));
            rest = rest[(end + 2)..];
        }
        rest.CopyTo(buffer);
        return rest.Length;
    }
}
