#if NET
using System.Diagnostics.CodeAnalysis;
#endif
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeApi.Contracts;

namespace RealtimeApi.Client;

/// <summary>Reads, watches and writes the resources of one server.</summary>
/// <remarks>
/// Thread-safe, and made to be kept: one client for each server and identity. All its watches share one SignalR connection, which is opened for the first one and
/// closed some seconds after the last; where no WebSocket passes they find another way, see <see cref="RealtimeApiClientOptions.Transport"/>.
/// <code>
/// await using var client = new RealtimeApiClient("http://localhost:5080");
/// await foreach (var change in client.Resource&lt;Order>("orders").Where(o => o.Status == "pending").WatchAsync())
///     Console.WriteLine($"{change.Kind} {change.Key} {change.Item}");
/// </code>
/// </remarks>
public sealed class RealtimeApiClient : IAsyncDisposable
{
#if NET
    private const string NeedsReflection = "Reads T by reflection, unless the serializer options have another resolver. Give the JsonTypeInfo<T> that source generation makes.";
#endif

    /// <summary>A page that is not there by then does not come: its connection is broken, and nobody has told.</summary>
    private static readonly TimeSpan LongestRead = TimeSpan.FromSeconds(100);

    private static readonly JsonSerializerOptions DefaultJson = new(JsonSerializerDefaults.Web);

    private readonly RealtimeApiClientOptions options;
    private readonly HttpClient? ownHttp;
    private readonly ILogger logger;
    private readonly ConnectionStates states;
    private readonly ConnectionLoop connection;
    private readonly JsonSerializerOptions json;

    /// <summary>A client of the server at this address.</summary>
    /// <param name="baseAddress">An absolute HTTP or HTTPS address, e.g. <c>http://localhost:5080</c>.</param>
    /// <exception cref="ArgumentException">The address is not absolute, or neither HTTP nor HTTPS.</exception>
    public RealtimeApiClient(string baseAddress)
        : this(new RealtimeApiClientOptions(new Uri(baseAddress ?? throw new ArgumentNullException(nameof(baseAddress)), UriKind.RelativeOrAbsolute)))
    {
    }

    /// <summary>A client with these options.</summary>
    /// <param name="options">How to reach the server.</param>
    /// <param name="httpClient">Sends the reads; the caller disposes it. Its own base address and headers are left as they are. Default: null, one of the client's own. The hub's connection is changed by <see cref="RealtimeApiClientOptions.ConfigureConnection"/>.</param>
    /// <param name="loggerFactory">Takes what the client and its connection log. Default: null, nobody.</param>
    /// <exception cref="ArgumentOutOfRangeException">A time in the options is zero, negative or longer than a day.</exception>
    public RealtimeApiClient(RealtimeApiClientOptions options, HttpClient? httpClient = null, ILoggerFactory? loggerFactory = null)
        : this(options, httpClient is null ? null : () => httpClient, loggerFactory, Backoff.SharedRandom)
    {
    }

    internal RealtimeApiClient(RealtimeApiClientOptions options, Func<HttpClient>? http, ILoggerFactory? loggerFactory, Func<double> random)
    {
        this.options = options ?? throw new ArgumentNullException(nameof(options));
        options.Validate();
        loggerFactory ??= NullLoggerFactory.Instance;
        logger = loggerFactory.CreateLogger<RealtimeApiClient>();
        json = options.JsonSerializerOptions ?? DefaultJson;
        if (http is null)
        {
            var own = ownHttp = new HttpClient();
            http = () => own;
        }
        Rest = new(options, http);
        Random = random;
        Writes = new(Rest, NewBackoff);
        states = new((change, failed) => Handlers.InvokeEach(ConnectionStateChanged, handler => handler(this, change), failed), logger);
        var connector = new HubConnector(options, Rest, loggerFactory);
        connection = new(connector, options, random, logger, states);
        Transports = new(CreateTransports(), connection.CanConnectAsync, options.TransportRetryInterval, options.TimeProvider, random, logger, connection.Stopping);
    }

    /// <summary>Raised after each step of the connection of the watches, one at a time and in order, on the thread pool.</summary>
    /// <remarks>
    /// The connection does not wait for a handler, which may thus take its time and wait for anything, be it that this client is disposed; only the next step is not told before it returns. Meanwhile
    /// <see cref="ConnectionState"/> goes on, so that it may be ahead of what is told; where 100 steps wait, the oldest are not told. <see cref="DisposeAsync"/> does not wait either: the last step may be
    /// told after it. What a handler throws is logged as an error, and disturbs neither the connection nor other handlers.
    /// </remarks>
    public event EventHandler<ConnectionStateChange>? ConnectionStateChanged;

    /// <summary>How the connection of the watches stands now.</summary>
    public ConnectionState ConnectionState => states.State;

    internal RestApi Rest { get; }

    internal WriteApi Writes { get; }

    internal TransportChain Transports { get; }

    private Func<double> Random { get; }

    /// <summary>A resource whose items are read as <typeparamref name="T"/>, by <see cref="RealtimeApiClientOptions.JsonSerializerOptions"/>.</summary>
    /// <param name="name">Its name, e.g. <c>orders</c>. The server is not asked whether there is one; the first read or watch is.</param>
    /// <remarks>Trimmed and ahead-of-time compiled programs use <see cref="Resource{T}(string, JsonTypeInfo{T})"/>.</remarks>
#if NET
    [RequiresUnreferencedCode(NeedsReflection)]
    [RequiresDynamicCode(NeedsReflection)]
#endif
    public ResourceClient<T> Resource<T>(string name)
        where T : class
    {
        json.MakeReadOnly(populateMissingResolver: true);
        return new(this, CheckName(name), (JsonTypeInfo<T>)json.GetTypeInfo(typeof(T)));
    }

    /// <summary>A resource whose items are read by this type information, as source generation makes it.</summary>
    /// <param name="name">Its name, e.g. <c>orders</c>.</param>
    /// <param name="type">How an item is read.</param>
    public ResourceClient<T> Resource<T>(string name, JsonTypeInfo<T> type)
        where T : class => new(this, CheckName(name), type ?? throw new ArgumentNullException(nameof(type)));

    /// <summary>A resource whose items are read as they come.</summary>
    /// <param name="name">Its name, e.g. <c>orders</c>.</param>
    public ResourceClient<JsonObject> Resource(string name) => Resource(name, ClientJsonContext.Default.JsonObject);

    /// <summary>What the server has to offer to this caller.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RealtimeApiException">The server refused.</exception>
    /// <exception cref="HttpRequestException">The server could not be reached.</exception>
    public Task<ServiceDocument> GetServiceDocumentAsync(CancellationToken cancellationToken = default) => Rest.GetServiceDocumentAsync(cancellationToken);

    /// <summary>Closes the connection. Enumerations of watches that are still open end with an <see cref="ObjectDisposedException"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync().ConfigureAwait(false);
        Transports.Dispose();
        ownHttp?.Dispose();
    }

    internal ILogger Logger => logger;

    internal TimeProvider Time => options.TimeProvider;

    /// <param name="request">What to watch.</param>
    /// <param name="bufferSize">The changes that may wait.</param>
    /// <param name="standing">Told whenever the watch comes to stand on a server or falls, and what keeps it from standing.</param>
    internal Watch StartWatch(WatchRequest request, int bufferSize, Action<bool, Exception?>? standing) => new(Transports, request, bufferSize, standing, NewBackoff, Time, logger);

    internal Room OpenRoom(string resource, string? key, bool presence) =>
        options.Transport is WatchTransport.Automatic or WatchTransport.WebSockets
            ? new(connection, resource, key, presence, NewBackoff(), options.TimeProvider, logger)
            : throw new RealtimeApiException(Problems.Make(
                RealtimeApiException.NeedsWebSocket, 0, $"Rooms need a WebSocket to the hub, and the client's options name {options.Transport} as its transport."));

    /// <summary>Repeats a read of a watch until the server answers it or refuses, or has failed at it too often.</summary>
    /// <param name="read">Reads once.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="trouble">Told why it has to be repeated. Default: nobody.</param>
    internal async Task<TResult> RepeatAsync<TResult>(Func<CancellationToken, Task<TResult>> read, CancellationToken cancellationToken, Action<Exception>? trouble = null)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, connection.Stopping);
        var backoff = NewBackoff();
        var failures = 0;
        while (true)
        {
            RealtimeApiException? busy = null;
            using var timeout = options.TimeProvider.CreateCancellationTokenSource(LongestRead);
            using var attempt = CancellationTokenSource.CreateLinkedTokenSource(either.Token, timeout.Token);
            try
            {
                return await read(attempt.Token).ConfigureAwait(false);
            }
            catch (RealtimeApiException e) when (e.IsTransient && !(e.IsServerFailure && ++failures > RealtimeApiException.MaximumServerFailures))
            {
                busy = e;
                trouble?.Invoke(e);
            }
            catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !either.IsCancellationRequested))
            {
                // The server is away.
                trouble?.Invoke(e);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new ObjectDisposedException(nameof(RealtimeApiClient));
            }

            try
            {
                await (busy is null ? backoff.WaitAsync(null, either.Token) : backoff.WaitWhileBusyAsync(busy, either.Token)).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new ObjectDisposedException(nameof(RealtimeApiClient));
            }
        }
    }

    internal Backoff NewBackoff() => new(options.TimeProvider, options.MaxReconnectDelay, Random);

    private IWatchTransport[] CreateTransports()
    {
        IWatchTransport[] all = [new HubTransport(connection, options.TimeProvider), Create(WatchTransport.ServerSentEvents), Create(WatchTransport.LongPolling), Create(WatchTransport.Polling)];
        return options.Transport == WatchTransport.Automatic ? all : [.. all.Where(t => t.Kind == options.Transport)];

        IWatchTransport Create(WatchTransport kind)
        {
            var streams = new StreamStates(kind, states, options.AccessTokenProvider is not null, options.TimeProvider, connection.Stopping);
            return kind == WatchTransport.ServerSentEvents ? new SseTransport(Rest, options, streams) : new DeltaTransport(kind, Rest, options, streams, Random);
        }
    }

    private static string CheckName(string name) =>
        string.IsNullOrWhiteSpace(name) ? throw new ArgumentException("The resource has no name.", nameof(name)) : name;
}
