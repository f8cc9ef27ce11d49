using System.Net.WebSockets;
using System.Text;

namespace RealtimeApi.Tests.Benchmarks.Clients;

/// <summary>A WebSocket that speaks just enough of the hub's JSON protocol to watch all orders.</summary>
internal abstract class HubSocket : IAsyncDisposable
{
    private const byte Separator = 0x1E;
    private readonly ClientWebSocket socket = new();
    private readonly CancellationTokenSource stop = new();
    private readonly SemaphoreSlim answered = new(0);
    private Task receiving = Task.CompletedTask;

    /// <summary>Completes when the watch has begun.</summary>
    public async Task StartAsync(int port)
    {
        socket.Options.KeepAliveInterval = TimeSpan.Zero;
        await socket.ConnectAsync(new($"ws://127.0.0.1:{port}/hubs/resources"), stop.Token);
        await SendAsync("""{"protocol":"json","version":1}""");
        receiving = ReceiveAsync();
        await InvokeAsync("Subscribe", """["1",{"resource":"orders"}]""");
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await receiving.ContinueWith(static _ => { }, TaskScheduler.Default);
        socket.Dispose();
        stop.Dispose();
        answered.Dispose();
    }

    /// <summary>Calls a method of the hub and waits until it has answered. One call at a time.</summary>
    protected async Task InvokeAsync(string method, string arguments)
    {
        await SendAsync($$"""{"type":1,"invocationId":"1","target":"{{method}}","arguments":{{arguments}}}""");
        var answer = answered.WaitAsync(TimeSpan.FromSeconds(30), stop.Token);
        if (await Task.WhenAny(answer, receiving) == receiving)
            await receiving;
        if (!await answer)
            throw new TimeoutException($"{method} was not answered.");
    }

    /// <summary>Takes a call of the server's.</summary>
    protected abstract void Take(ReadOnlySpan<byte> message);

    private Task SendAsync(string message) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(message + (char)Separator), WebSocketMessageType.Text, endOfMessage: true, stop.Token);

    private async Task ReceiveAsync()
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
                kept = Take(buffer, kept + result.Count);
            }
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
        }
    }

    /// <summary>Takes the complete messages and moves what is left to the front.</summary>
    private int Take(byte[] buffer, int length)
    {
        var rest = buffer.AsSpan(0, length);
        for (int end; (end = rest.IndexOf(Separator)) >= 0; rest = rest[(end + 1)..])
        {
            var message = rest[..end];
            if (message.StartsWith("""{"type":1"""u8))
                Take(message);
            else if (message.StartsWith("""{"type":3"""u8))
                Answer(message);
        }
        rest.CopyTo(buffer);
        return rest.Length;
    }

    private void Answer(ReadOnlySpan<byte> message)
    {
        if (message.IndexOf("\"error\":"u8) >= 0)
            throw new InvalidOperationException(Encoding.UTF8.GetString(message));
        answered.Release();
    }
}
