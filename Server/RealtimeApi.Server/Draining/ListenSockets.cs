using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace RealtimeApi.Server.Draining;

/// <summary>The sockets on which Kestrel listens, which can be closed before it stops.</summary>
/// <remarks>
/// Thread-safe: a lock guards the list. To Kestrel a socket that was closed is one on which nobody comes any more. There are none where something else serves: HTTP.sys, IIS, a test's server, a named pipe.
/// </remarks>
internal sealed class ListenSockets(TimeProvider time) : IPostConfigureOptions<SocketTransportOptions>
{
    /// <summary>How often a socket is looked at before it is closed all the same, because there is always somebody at the door.</summary>
    private const int Looks = 100;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    private readonly Lock gate = new();
    private readonly List<Socket> sockets = [];

    public void PostConfigure(string? name, SocketTransportOptions options)
    {
        var create = options.CreateBoundListenSocket;
        options.CreateBoundListenSocket = endpoint => Add(create(endpoint));
    }

    /// <summary>
    /// Closes them, so that whoever connects is refused. The system resets connections that it has made and Kestrel has not yet taken, though they may have brought a request with them; so each is closed in a
    /// moment in which there is none: closed at once, they cost 3 writes at 60 stops under eight writers, and none so.
    /// </summary>
    /// <returns>Whether there were any.</returns>
    public async Task<bool> CloseAsync(CancellationToken hurried)
    {
        Socket[] all;
        lock (gate)
        {
            all = [.. sockets];
            sockets.Clear();
        }

        foreach (var socket in all)
        {
            for (var look = 0; look < Looks && HasArrivals(socket); look++)
                await Task.Delay(Pause, time, hurried).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            socket.Dispose();
        }

        return all.Length > 0;
    }

    private static bool HasArrivals(Socket socket)
    {
        try
        {
            return socket.Poll(TimeSpan.Zero, SelectMode.SelectRead);
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            // Kestrel has closed it itself, with an endpoint that its configuration no longer names.
            return false;
        }
    }

    private Socket Add(Socket socket)
    {
        lock (gate)
            sockets.Add(socket);
        return socket;
    }
}
