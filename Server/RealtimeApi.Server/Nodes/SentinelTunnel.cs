using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace RealtimeApi.Server.Nodes;

/// <summary>Leads each connection that is made to a service to the Redis that is its master then, and closes those that go elsewhere once most Sentinels say so.</summary>
/// <remarks>
/// <para>The client library has a way of its own with Sentinel, which needs one and a master when it begins. Here it is shown one Redis that is reached or not, so that everything is as with a
/// Redis without Sentinel: nothing waits for it, and it is connected with again until it is there.</para>
/// <para>Thread-safe. <see cref="gate"/> guards the sockets; one loop closes them.</para>
/// </remarks>
internal sealed class SentinelTunnel : Tunnel, IDisposable
{
    /// <summary>How often it is looked whether the master is still the one. A master that is replaced says so itself, unless it does not answer at all.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly List<Socket> sockets = [];
    private readonly CancellationTokenSource stopping = new();
    private readonly Sentinels sentinels;
    private readonly TimeProvider time;

    private SentinelTunnel(Sentinels sentinels, TimeProvider time)
    {
        this.sentinels = sentinels;
        this.time = time;
        _ = LookAsync(stopping.Token);
    }

    /// <summary>Why there is no way to a master, for people; null where there is one.</summary>
    public string? Problem => sentinels.Problem;

    /// <summary>Has what the options are for go to the master of their service.</summary>
    public static SentinelTunnel Lead(ConfigurationOptions options, TimeProvider time)
    {
        var tunnel = new SentinelTunnel(new(options, time), time);
        options.EndPoints.Clear();
        // A name for errors only: it is never looked up.
        options.EndPoints.Add(new DnsEndPoint(options.ServiceName!, 1));
        options.ServiceName = null;
        options.Tunnel = tunnel;
        return tunnel;
    }

    public override async ValueTask<EndPoint?> GetSocketConnectEndpointAsync(EndPoint endpoint, CancellationToken cancellationToken) => (await sentinels.FindMasterAsync())?.Master;

    public override ValueTask<Stream?> BeforeAuthenticateAsync(EndPoint endpoint, ConnectionType connectionType, Socket? socket, CancellationToken cancellationToken)
    {
        // Where it failed before, the library would take the attempt for one that is still going on.
        if (socket is null)
            throw new RedisConnectionException(ConnectionFailureType.UnableToConnect, Problem ?? "There is no master.");
        lock (gate)
            sockets.Add(socket);
        return default;
    }

    public void Dispose()
    {
        stopping.Cancel();
        stopping.Dispose();
        sentinels.Dispose();
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(LookInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                if (TakeAway(static socket => RemoteOf(socket) is null) && await sentinels.FindMasterAsync() is (var master, true))
                    await LeaveOthersAsync(master, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task LeaveOthersAsync(EndPoint master, CancellationToken cancellationToken)
    {
        IPAddress[] addresses;
        int port;
        try
        {
            (addresses, port) = master switch
            {
                IPEndPoint numbered => ([numbered.Address], numbered.Port),
                DnsEndPoint named => (await Dns.GetHostAddressesAsync(named.Host, cancellationToken), named.Port),
                _ => ([], 0),
            };
        }
        catch (SocketException)
        {
            return;
        }

        TakeAway(socket =>
        {
            if (RemoteOf(socket) is not { } remote || (remote.Port == port && addresses.Any(address => address.MapToIPv6().Equals(remote.Address.MapToIPv6()))))
                return false;
            try
            {
                socket.Shutdown(SocketShutdown.Both);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // It has been closed meanwhile.
            }

            return true;
        });
    }

    /// <returns>Whether there are others.</returns>
    private bool TakeAway(Predicate<Socket> these)
    {
        lock (gate)
        {
            sockets.RemoveAll(these);
            return sockets.Count > 0;
        }
    }

    /// <summary>Where a socket leads; null where it is closed.</summary>
    private static IPEndPoint? RemoteOf(Socket socket)
    {
        try
        {
            return socket.RemoteEndPoint as IPEndPoint;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }
}
