using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace RealtimeApi.Tests.TestSupport;

/// <summary>A TCP proxy on a loopback port of its own, whose connections a test can cut, refuse or hold still.</summary>
/// <remarks>Thread-safe. Cutting resets the connections, as a network does that fails: neither side gets a farewell.</remarks>
public sealed class CuttableProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentDictionary<long, Link> links = new();
    private readonly Task accepting;
    private volatile Uri target;
    private volatile bool refusing;
    private long accepted;

    /// <summary>Starts to pass connections on to <paramref name="target"/>.</summary>
    public CuttableProxy(Uri target)
    {
        this.target = target;
        listener.Start();
        Address = new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        accepting = AcceptAsync();
    }

    /// <summary>Where clients connect.</summary>
    public Uri Address { get; }

    /// <summary>The connections accepted so far, those cut at once included.</summary>
    public long Accepted => Interlocked.Read(ref accepted);

    /// <summary>The connections that are open.</summary>
    public int Open => links.Count;

    /// <summary>Passes the connections that come from now on to another server.</summary>
    public void Redirect(Uri to) => target = to;

    /// <summary>Cuts every connection. New ones are passed on.</summary>
    public void Cut()
    {
        foreach (var link in links.Values)
            link.Cut();
    }

    /// <summary>Lets every connection stand, and passes nothing on any more, as where a router on the way has forgotten it. New ones are passed on.</summary>
    public void Hold()
    {
        foreach (var link in links.Values)
            link.Hold();
    }

    /// <summary>Cuts every connection, and each new one at once, until <see cref="Restore"/>.</summary>
    public void Refuse()
    {
        refusing = true;
        Cut();
    }

    /// <summary>Passes connections on again.</summary>
    public void Restore() => refusing = false;

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Stop();
        Cut();
        await accepting;
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(stopping.Token);
                var number = Interlocked.Increment(ref accepted);
                var link = new Link(client);
                if (refusing)
                {
                    link.Cut();
                    continue;
                }
                links[number] = link;
                // The flag may have been set since.
                if (refusing)
                    link.Cut();
                _ = PassAsync(number, link);
            }
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
        }
    }

    private async Task PassAsync(long number, Link link)
    {
        try
        {
            await link.PassAsync(target);
        }
        finally
        {
            links.TryRemove(number, out _);
        }
    }

    private sealed class Link(TcpClient client)
    {
        private readonly TcpClient server = new();
        private readonly TaskCompletionSource cut = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile bool held;

        public async Task PassAsync(Uri target)
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, target.Port);
                client.NoDelay = server.NoDelay = true;
                var (near, far) = (client.GetStream(), server.GetStream());
                await Task.WhenAny(CopyAsync(near, far), CopyAsync(far, near)).Unwrap();
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // Cut, or closed by one side.
            }
            finally
            {
                Cut();
            }
        }

        public void Hold() => held = true;

        public void Cut()
        {
            Reset(client);
            Reset(server);
            cut.TrySetResult();
        }

        private async Task CopyAsync(NetworkStream from, NetworkStream to)
        {
            var buffer = new byte[16 * 1024];
            while (await from.ReadAsync(buffer) is > 0 and var read)
            {
                if (held)
                    await cut.Task;
                await to.WriteAsync(buffer.AsMemory(0, read));
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
}
