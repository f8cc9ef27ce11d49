using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace RealtimeApi.Tests.TestSupport;

/// <summary>A TCP proxy on a loopback port of its own, whose connections a test can cut, refuse, hold still, slow down or leave half open; before one server or several.</summary>
/// <remarks>Thread-safe. Cutting resets the connections, as a network does that fails: neither side gets a farewell.</remarks>
public sealed class CuttableProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentDictionary<long, Link> links = new();
    private readonly Task accepting;
    private readonly Pace pace = new();
    private volatile Func<IEnumerable<Uri>> targets;
    private volatile bool refusing;
    private long accepted;

    /// <summary>Starts to pass connections on to <paramref name="target"/>.</summary>
    public CuttableProxy(Uri target)
        : this(() => [target])
    {
    }

    /// <summary>Starts to pass each connection on to the first of <paramref name="targets"/> that takes it, as a balancer does.</summary>
    /// <param name="targets">The servers for one connection, in the order in which they are tried.</param>
    public CuttableProxy(Func<IEnumerable<Uri>> targets)
    {
        this.targets = targets;
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
    public void Redirect(Uri to) => targets = () => [to];

    /// <summary>Cuts every connection, or those that are chosen. New ones are passed on.</summary>
    /// <returns>How many.</returns>
    public int Cut(Func<bool>? chosen = null) => ForEach(chosen, static link => link.Cut());

    /// <summary>
    /// Lets every connection stand, or those that are chosen, and passes nothing on any more, as where a router on the way has forgotten it. New ones are passed on.
    /// </summary>
    /// <returns>How many.</returns>
    public int Hold(Func<bool>? chosen = null) => ForEach(chosen, static link => link.Hold());

    /// <summary>Passes on again, late, what connections on hold were sent.</summary>
    public void Release() => ForEach(null, static link => link.Release());

    /// <summary>Cuts every connection, or those that are chosen, on one side only: the other is told nothing, and what it sends goes nowhere, until its connection is cut.</summary>
    /// <param name="clientsGo">Whether the clients' side is cut; else the server's.</param>
    /// <param name="chosen">Chooses.</param>
    /// <returns>How many.</returns>
    public int HalfCut(bool clientsGo, Func<bool>? chosen = null) => ForEach(chosen, link => link.HalfCut(clientsGo));

    /// <summary>Passes on no more than so many bytes a second of each connection, in each direction; 0 for as many as there are.</summary>
    public void Slow(int bytesPerSecond) => pace.BytesPerSecond = bytesPerSecond;

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
                var link = new Link(client, pace);
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
            await link.PassAsync(targets());
        }
        finally
        {
            links.TryRemove(number, out _);
        }
    }

    private int ForEach(Func<bool>? chosen, Action<Link> act)
    {
        var count = 0;
        foreach (var link in links.Values)
        {
            if (chosen?.Invoke() == false)
                continue;
            act(link);
            count++;
        }

        return count;
    }

    private sealed class Pace
    {
        private volatile int bytesPerSecond;

        public int BytesPerSecond
        {
            get => bytesPerSecond;
            set => bytesPerSecond = value;
        }
    }

    private sealed class Link(TcpClient client, Pace pace)
    {
        private readonly TaskCompletionSource cut = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private TcpClient server = new();
        private volatile TaskCompletionSource? held;
        private volatile bool halfCut;

        public async Task PassAsync(IEnumerable<Uri> targets)
        {
            try
            {
                await ConnectAsync(targets);
                client.NoDelay = server.NoDelay = true;
                var (near, far) = (client.GetStream(), server.GetStream());
                await Task.WhenAny(CopyAsync(near, far), CopyAsync(far, near)).Unwrap();
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // Cut, or closed by one side.
                if (halfCut)
                    await cut.Task;
            }
            finally
            {
                Cut();
            }
        }

        public void Hold() => held = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Release()
        {
            held?.TrySetResult();
            held = null;
        }

        public void HalfCut(bool clientsGo)
        {
            Hold();
            halfCut = true;
            Reset(clientsGo ? client : server);
        }

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
                if (held is { } hold)
                    await Task.WhenAny(hold.Task, cut.Task);
                await to.WriteAsync(buffer.AsMemory(0, read));
                if (pace.BytesPerSecond is > 0 and var most)
                    await Task.WhenAny(Task.Delay(TimeSpan.FromSeconds((double)read / most), TimeProvider.System), cut.Task);
            }
        }

        private async Task ConnectAsync(IEnumerable<Uri> targets)
        {
            var left = new Queue<Uri>(targets);
            while (true)
            {
                try
                {
                    await server.ConnectAsync(IPAddress.Loopback, left.Dequeue().Port);
                    return;
                }
                catch (SocketException) when (left.Count > 0)
                {
                    server.Dispose();
                    server = new();
                }
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
