using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace RealtimeApi.Client;

/// <summary>Registers the client.</summary>
public static class RealtimeApiClientServiceCollectionExtensions
{
    /// <summary>The name of the HTTP client that <c>IHttpClientFactory</c> makes for the reads.</summary>
    public const string HttpClientName = "RealtimeApi";

    /// <summary>Adds a <see cref="RealtimeApiClient"/> as a singleton.</summary>
    /// <param name="services">The services to add to.</param>
    /// <param name="baseAddress">An absolute HTTP or HTTPS address, e.g. <c>http://localhost:5080</c>.</param>
    /// <returns>The builder of the HTTP client that sends the reads, e.g. to add handlers.</returns>
    /// <exception cref="ArgumentException">The address is not absolute, or neither HTTP nor HTTPS.</exception>
    public static IHttpClientBuilder AddRealtimeApiClient(this IServiceCollection services, string baseAddress)
    {
        var options = new RealtimeApiClientOptions(new Uri(baseAddress ?? throw new ArgumentNullException(nameof(baseAddress)), UriKind.RelativeOrAbsolute));
        return services.AddRealtimeApiClient(_ => options);
    }

    /// <summary>Adds a <see cref="RealtimeApiClient"/> as a singleton.</summary>
    /// <param name="services">The services to add to.</param>
    /// <param name="options">Makes the options when the client is first asked for. Where they name no clock, a registered <see cref="TimeProvider"/> is it.</param>
    /// <returns>The builder of the HTTP client that sends the reads, e.g. to add handlers.</returns>
    public static IHttpClientBuilder AddRealtimeApiClient(this IServiceCollection services, Func<IServiceProvider, RealtimeApiClientOptions> options)
    {
        if (services is null)
            throw new ArgumentNullException(nameof(services));
        if (options is null)
            throw new ArgumentNullException(nameof(options));

        services.TryAddSingleton(provider => Create(provider, options(provider)));
        return services.AddHttpClient(HttpClientName);
    }

    private static RealtimeApiClient Create(IServiceProvider provider, RealtimeApiClientOptions options)
    {
        if (options.TimeProvider == TimeProvider.System && provider.GetService<TimeProvider>() is { } time)
            options = options with { TimeProvider = time };

        // A new one for each request, as the factory means it: its handlers are shared and renewed.
        var factory = provider.GetRequiredService<IHttpClientFactory>();
        return new(options, () => factory.CreateClient(HttpClientName), provider.GetService<ILoggerFactory>(), Backoff.SharedRandom);
    }
}
