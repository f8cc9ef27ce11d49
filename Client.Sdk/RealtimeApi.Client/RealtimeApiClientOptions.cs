using System.Text.Json;
using Microsoft.AspNetCore.Http.Connections.Client;
using Microsoft.AspNetCore.SignalR.Client;

namespace RealtimeApi.Client;

/// <summary>How a <see cref="RealtimeApiClient"/> reaches its server. Immutable.</summary>
/// <remarks>Times are longer than zero, except <see cref="IdleTimeout"/>, and a day at most. The client's constructor refuses others.</remarks>
public sealed record RealtimeApiClientOptions
{
    /// <summary>More is a mistake, and more than some weeks is beyond what timers can do.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>Options for the server at this address.</summary>
    /// <param name="baseAddress">An absolute HTTP or HTTPS address, e.g. <c>http://localhost:5080</c>. A path in it is kept as the prefix of everything.</param>
    /// <exception cref="ArgumentException">The address is not absolute, or neither HTTP nor HTTPS.</exception>
    public RealtimeApiClientOptions(Uri baseAddress)
    {
        if (baseAddress is null)
            throw new ArgumentNullException(nameof(baseAddress));
        if (!baseAddress.IsAbsoluteUri || (baseAddress.Scheme != "http" && baseAddress.Scheme != "https"))
            throw new ArgumentException($"'{baseAddress}' is not an absolute http or https address, such as http://localhost:5080.", nameof(baseAddress));
        BaseAddress = baseAddress;
    }

    /// <summary>Where the server is.</summary>
    public Uri BaseAddress { get; }

    /// <summary>The path of the REST resources, relative to <see cref="BaseAddress"/>.</summary>
    /// <value>Default: <c>api</c>.</value>
    public string ApiPath { get; init; } = "api";

    /// <summary>The path of the SignalR hub, relative to <see cref="BaseAddress"/>.</summary>
    /// <value>Default: <c>hubs/resources</c>.</value>
    public string HubPath { get; init; } = "hubs/resources";

    /// <summary>Gives the bearer token. Asked anew for each request and each connect of the hub, so it should keep a token while it is valid. A watch or room whose token has expired asks for the next one and goes on.</summary>
    /// <value>Default: null, no token. A null token sends none. What it throws fails a read, and is a failed attempt of a watch, which tries again.</value>
    public Func<CancellationToken, ValueTask<string?>>? AccessTokenProvider { get; init; }

    /// <summary>Sent as <c>X-Api-Key</c> with each request and connect.</summary>
    /// <value>Default: null, none.</value>
    public string? ApiKey { get; init; }

    /// <summary>How items are read.</summary>
    /// <value>Default: null, which is <see cref="JsonSerializerDefaults.Web"/>: camel case, names without regard to case, numbers also from strings, which is how integers and decimals beyond a double arrive.</value>
    public JsonSerializerOptions? JsonSerializerOptions { get; init; }

    /// <summary>The longest wait between two attempts to connect. Waits start below half a second, double with each failure, and are drawn at random between 0 and that.</summary>
    /// <value>Default: 10 seconds.</value>
    public TimeSpan MaxReconnectDelay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one attempt to connect may take, or, where a request waits, its answer longer than that.</summary>
    /// <value>Default: 15 seconds.</value>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the connection stays open after its last watch has ended.</summary>
    /// <value>Default: 5 seconds. Zero closes it at once, and <see cref="Timeout.InfiniteTimeSpan"/> keeps it open.</value>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How the changes of watches arrive.</summary>
    /// <remarks>
    /// Only what does not work at all makes the client try the next transport: a proxy that lets no WebSocket pass, holds back streams of events, or cuts off requests that
    /// wait. A server that is away is waited for, and one that refuses has answered. Each goes on with the cursor of the one before, so that nothing is lost or repeated.
    /// </remarks>
    /// <value>Default: <see cref="WatchTransport.Automatic"/>. Any other pins it.</value>
    public WatchTransport Transport { get; init; }

    /// <summary>The longest time after which a better transport is tried again, give or take half of it. The first attempt comes after a sixteenth of it, the next ones each after twice the time.</summary>
    /// <value>Default: 5 minutes.</value>
    public TimeSpan TransportRetryInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The time between two requests of <see cref="WatchTransport.Polling"/>, give or take a quarter of it.</summary>
    /// <value>Default: 5 seconds.</value>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a stream of server-sent events may be silent before it is taken for broken. The server says something at least every 15 seconds.</summary>
    /// <value>Default: 45 seconds.</value>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>Changes the hub's HTTP connection, for example its proxy, certificates or transports.</summary>
    /// <value>Default: null. Unless changed here, the transport is WebSockets without negotiation, which needs no sticky sessions.</value>
    public Action<HttpConnectionOptions>? ConfigureConnection { get; init; }

    /// <summary>Changes the hub connection before it is built, once for each connect, for example its keep-alive times or its logging.</summary>
    /// <remarks>A lost connection is the client's to replace, also where this tells it to reconnect by itself. The hub protocol is JSON; the package <c>RealtimeApi.Client.MessagePack</c> brings the other one.</remarks>
    /// <value>Default: null.</value>
    public Action<IHubConnectionBuilder>? ConfigureHub { get; init; }

    /// <summary>Whether reads show all that this client has written before, on whatever server and from whatever cache they are answered.</summary>
    /// <value>Default: true.</value>
    public bool ReadYourWrites { get; init; } = true;

    /// <summary>The clock of all waits.</summary>
    /// <value>Default: <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    internal Uri ApiAddress => Resolve(ApiPath);

    internal Uri HubAddress => Resolve(HubPath);

    internal void Validate()
    {
        Check(MaxReconnectDelay, nameof(MaxReconnectDelay));
        Check(ConnectTimeout, nameof(ConnectTimeout));
        Check(TransportRetryInterval, nameof(TransportRetryInterval));
        Check(PollInterval, nameof(PollInterval));
        Check(KeepAliveTimeout, nameof(KeepAliveTimeout));
        if ((IdleTimeout < TimeSpan.Zero || IdleTimeout > Longest) && IdleTimeout != Timeout.InfiniteTimeSpan)
            throw new ArgumentOutOfRangeException("options", IdleTimeout, $"{nameof(IdleTimeout)} is a time from zero to a day, or infinite.");

        static void Check(TimeSpan time, string name)
        {
            if (time <= TimeSpan.Zero || time > Longest)
                throw new ArgumentOutOfRangeException("options", time, $"{name} is a time longer than zero, and a day at most.");
        }
    }

    private Uri Resolve(string path) => new(BaseAddress.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/" + path.Trim('/'));
}
