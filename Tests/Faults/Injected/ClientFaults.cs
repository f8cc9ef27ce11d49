using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RealtimeApi.Tests.Faults.Injected;

/// <summary>What clients do that a server must bear.</summary>
internal static class ClientFaults
{
    /// <summary>They ask for everything and read nothing. What the server has for them must not gather in it, nor hold up others.</summary>
    public static readonly Fault StopReading = new("clients that stopped reading", async (world, random, stop) =>
    {
        var clients = new List<Socket>();
        try
        {
            for (var i = 0; i < 6; i++)
            {
                var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
                clients.Add(client);
                try
                {
                    await client.ConnectAsync(new IPEndPoint(IPAddress.Loopback, world.Cluster.Nodes[random.Next(world.Cluster.Nodes.Count)].Address.Port), stop);
                    await client.SendAsync(Encoding.ASCII.GetBytes($"GET /api/{(i % 2 == 0 ? "orders" : "stock")}/events?initial=true HTTP/1.1\r\nHost: localhost\r\n\r\n"), stop);
                }
                catch (Exception e) when (e is SocketException or OperationCanceledException)
                {
                    // Killed, or over.
                }
            }

            await Fault.PauseAsync(random, 3000, 9000, stop);
        }
        finally
        {
            foreach (var client in clients)
                client.Dispose();
        }
    });
}
