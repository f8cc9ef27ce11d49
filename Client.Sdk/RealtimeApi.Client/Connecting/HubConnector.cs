using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace RealtimeApi.Client;

/// <summary>Opens hub connections.</summary>
internal sealed class HubConnector(RealtimeApiClientOptions options, RestApi rest, ILoggerFactory loggerFactory)
{
    /// <summary>One attempt.</summary>
    /// <exception cref="RealtimeApiException">The server answered, with a refusal.</exception>
    /// <exception cref="TransportUnsuitableException">The server answers plain requests, but no WebSocket to it opens.</exception>
    /// <exception cref="Exception">The server could not be reached.</exception>
    public async Task<HubSession> ConnectAsync(CancellationToken cancellationToken)
    {
        using var timeout = options.TimeProvider.CreateCancellationTokenSource(options.ConnectTimeout);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var session = new HubSession(Build(cancellationToken), renewsToken: options.AccessTokenProvider is not null);
        try
        {
            await session.OpenAsync(either.Token).ConfigureAwait(false);
            return session;
        }
        catch (Exception e)
        {
            await session.DisposeAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            // A refused WebSocket says no more than its status, and not even that on every platform; a plain request is told the reason.
            using var asking = options.TimeProvider.CreateCancellationTokenSource(options.ConnectTimeout);
            using var eitherAsking = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, asking.Token);
            if (await rest.AskHubAsync(eitherAsking.Token).ConfigureAwait(false))
                throw new TransportUnsuitableException($"No WebSocket opens to {options.HubAddress}, which answers other requests: {e.Message}", e);
            cancellationToken.ThrowIfCancellationRequested();
            if (timeout.IsCancellationRequested)
                throw new TimeoutException($"{options.HubAddress} did not accept a connection within {options.ConnectTimeout.TotalSeconds:0.#} s.", e);
            throw;
        }
    }

    /// <param name="stopping">Ends when the connection is no longer wanted.</param>
    private HubConnection Build(CancellationToken stopping)
    {
        var builder = new HubConnectionBuilder();
        builder.Services.AddSingleton(loggerFactory);
        builder.AddJsonProtocol(static json => json.PayloadSerializerOptions.TypeInfoResolverChain.Insert(0, ClientJsonContext.Default));
        builder.WithUrl(options.HubAddress, connection =>
        {
            connection.Transports = HttpTransportType.WebSockets;
            connection.SkipNegotiation = true;
            // The connection does not give up on a provider that never answers, and its own wait for it cannot be cancelled.
            if (options.AccessTokenProvider is { } provider)
                connection.AccessTokenProvider = () => provider(stopping).AsTask().WaitAsync(options.ConnectTimeout, options.TimeProvider, stopping);
            if (options.ApiKey is { } key)
                connection.Headers[RestApi.ApiKeyHeader] = key;
            options.ConfigureConnection?.Invoke(connection);
        });
        options.ConfigureHub?.Invoke(builder);
        return builder.Build();
    }
}
