using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace RealtimeApi.Tests.TestSupport;

/// <summary>A load balancer in small: passes each connection on to the next node that says that it is ready, and knows nothing of what goes through it.</summary>
/// <remarks>Thread-safe. A connection ends as its node or its client ends it; <see cref="Cut"/> ends all of them as a failing network would.</remarks>
public sealed class RoundRobinProxy : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly HttpClient asking = new() { Timeout = TimeSpan.FromSeconds(2) };
    private readonly ConcurrentDictionary<TcpClient, bool> open = new();
    private readonly Uri[] nodes;
    private readonly int[] passed;
    private readonly Task accepting;
    private int last = -1;

    /// <summary>Starts to pass connections on.</summary>
    public RoundRobinProxy(params Uri[] nodes)
    {
        this.nodes = nodes;
        passed = new int[nodes.Length];
        listener.Start();
        Address = new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        accepting = AcceptAsync();
    }

    /// <summary>Where clients connect.</summary>
    public Uri Address { get; }

    /// <summary>How many connections each node has been passed.</summary>
    public IReadOnlyList<int> Passed => [.. passed.Select((_, i) => Volatile.Read(ref passed[i]))];

    /// <summary>Resets every connection.</summary>
    public void Cut()
    {
        foreach (var client in open.Keys)
            Reset(client);
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Stop();
        Cut();
        await accepting;
        asking.Dispose();
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptTcpClientAsync(stopping.Token));
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                using var server = await ConnectAsync();
                client.NoDelay = server.NoDelay = true;
                open[client] = open[server] = true;
                try
                {
                    await Task.WhenAll(PassAsync(client, server), PassAsync(server, client));
                }
                finally
                {
                    open.TryRemove(client, out _);
                    open.TryRemove(server, out _);
                }
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException or OperationCanceledException or TimeoutException)
            {
                Reset(client);
            }
        }
    }

    /// <summary>A connection to the next node that is ready, waiting for one where none is.</summary>
    private async Task<TcpClient> ConnectAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        patience.CancelAfter(Until.Patience);
        for (var tries = 1; ; tries++)
        {
            var next = (int)((uint)Interlocked.Increment(ref last) % nodes.Length);
            var server = new TcpClient();
            try
            {
                using var ready = await asking.GetAsync(new Uri(nodes[next], "health/ready"), patience.Token);
                if (ready.IsSuccessStatusCode)
                {
                    await server.ConnectAsync(IPAddress.Loopback, nodes[next].Port, patience.Token);
                    Interlocked.Increment(ref passed[next]);
                    return server;
                }
            }
            catch (Exception e) when (e is HttpRequestException or SocketException && !patience.IsCancellationRequested)
            {
            }

            server.Dispose();
            if (tries % nodes.Length == 0)
                await Task.Delay(Pause, TimeProvider.System, patience.Token);
        }
    }

    /// <summary>Passes on one direction, and its end.</summary>
    private static async Task PassAsync(TcpClient from, TcpClient to)
    {
        try
        {
            await from.GetStream().CopyToAsync(to.GetStream());
            to.Client.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // A reset is passed on as one.
            Reset(from);
            Reset(to);
        }
    }

    private static void Reset(TcpClient end)
    {
        try
        {
            end.LingerState = new(enable: true, seconds: 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or NullReferenceException)
        {
        }

        end.Dispose();
    }
}
