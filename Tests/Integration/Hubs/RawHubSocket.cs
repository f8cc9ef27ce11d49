using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Hubs;

/// <summary>The <c>json</c> hub protocol by hand, over a WebSocket without negotiation: what the wire really carries, and clients that behave badly.</summary>
internal sealed class RawHubSocket : IAsyncDisposable
{
    private const char RecordSeparator = '\u001e';
    private readonly ClientWebSocket socket = new();
    private readonly byte[] buffer = new byte[64 * 1024];
    private readonly Queue<string> messages = new();
    private readonly StringBuilder partial = new();

    /// <summary>Connects and shakes hands.</summary>
    /// <param name="server">The server.</param>
    /// <param name="receiveBuffer">How many bytes the system may keep for this client. Default: what it likes, which may be megabytes.</param>
    public static async Task<RawHubSocket> ConnectAsync(TestServer server, int? receiveBuffer = null)
    {
        var raw = new RawHubSocket();
        // Otherwise .NET's own pings would be answered, and the test's client is to be as dumb as it looks.
        raw.socket.Options.KeepAliveInterval = TimeSpan.Zero;
        using var connector = new HttpMessageInvoker(new SocketsHttpHandler { ConnectCallback = (context, cancellationToken) => OpenAsync(context, receiveBuffer, cancellationToken) });
        await raw.socket.ConnectAsync(new UriBuilder(new Uri(server.Address, "hubs/resources")) { Scheme = "ws" }.Uri, connector, TestContext.Current.CancellationToken);
        await raw.SendAsync("""{"protocol":"json","version":1}""");
        Assert.Equal("{}", await raw.ReceiveAsync());
        return raw;
    }

    public Task SendAsync(string message) => socket.SendAsync(
        Encoding.UTF8.GetBytes(message + RecordSeparator), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);

    /// <summary>The next message that is not a ping; null once the server has closed.</summary>
    public async Task<string?> ReceiveAsync()
    {
        while (true)
        {
            while (messages.TryDequeue(out var message))
            {
                if (message != """{"type":6}""")
                    return message;
            }
            if (await ReceiveBytesAsync() is not { } text)
                return null;
            foreach (var c in text)
            {
                if (c != RecordSeparator)
                {
                    partial.Append(c);
                    continue;
                }
                messages.Enqueue(partial.ToString());
                partial.Clear();
            }
        }
    }

    /// <summary>Reads until the server closes or cuts the connection, and says how many characters came.</summary>
    public async Task<long> DrainAsync()
    {
        var total = 0L;
        while (await ReceiveBytesAsync() is { } text)
            total += text.Length;
        return total;
    }

    public ValueTask DisposeAsync()
    {
        socket.Abort();
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async ValueTask<Stream> OpenAsync(SocketsHttpConnectionContext context, int? receiveBuffer, CancellationToken cancellationToken)
    {
        var connection = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer is { } size)
            connection.ReceiveBufferSize = size;
        await connection.ConnectAsync(context.DnsEndPoint, cancellationToken);
        return new NetworkStream(connection, ownsSocket: true);
    }

    private async Task<string?> ReceiveBytesAsync()
    {
        try
        {
            var received = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken).WaitAsync(Until.Patience, TestContext.Current.CancellationToken);
            return received.MessageType == WebSocketMessageType.Close ? null : Encoding.UTF8.GetString(buffer, 0, received.Count);
        }
        catch (WebSocketException)
        {
            return null;
        }
    }
}
