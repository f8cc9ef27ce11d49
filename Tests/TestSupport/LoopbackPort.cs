using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace RealtimeApi.Tests.TestSupport;

/// <summary>Ports for servers that are stopped and started again at the same place.</summary>
public static class LoopbackPort
{
    /// <summary>Those of tests in this process, which may be free for a while.</summary>
    private static readonly ConcurrentDictionary<int, bool> given = new();

    /// <summary>
    /// A free port below those that systems give to connections: nobody's connection may take it while the server is down, and one from this machine to a port
    /// that nobody listens on would, once in a while, be connected with itself.
    /// </summary>
    public static int Find()
    {
        for (var tries = 0; ; tries++)
        {
            var port = Random.Shared.Next(20_000, 30_000);
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                if (given.TryAdd(port, true))
                    return port;
            }
            catch (SocketException) when (tries < 100)
            {
            }
        }
    }
}
