using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Watching;

namespace RealtimeApi.Tests.TestSupport;

/// <summary>The library on a real Kestrel at a port of its own, on a real database.</summary>
/// <remarks>Disposing stops it and throws when it logged an error that the test did not expect.</remarks>
public sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private bool stopped;

    private TestServer(WebApplication app, CapturedLog log)
    {
        this.app = app;
        Log = log;
        Address = new(app.Urls.Single());
        Client = new() { BaseAddress = Address };
    }

    /// <summary>E.g. <c>http://127.0.0.1:40123/</c>.</summary>
    public Uri Address { get; }

    /// <summary>A client with <see cref="Address"/> as its base.</summary>
    public HttpClient Client { get; }

    public CapturedLog Log { get; }

    public IServiceProvider Services => app.Services;

    /// <summary>Starts a server on <paramref name="databaseFile"/>.</summary>
    /// <param name="databaseFile">The SQLite file; it must be there.</param>
    /// <param name="configure">Changes the options. Default: every table a watchable resource.</param>
    /// <param name="build">Changes the services, last.</param>
    /// <param name="map">Adds middleware and routes of the host's own, before the product's are mapped.</param>
    /// <param name="port">The port, so that a server can be started again where its clients look for it. Default: a free one.</param>
    /// <param name="protocols">The versions of HTTP. Default: 1.1, the only one of them that needs no TLS to be chosen.</param>
    public static Task<TestServer> StartAsync(
        string databaseFile,
        Action<RealtimeApiOptions>? configure = null,
        Action<IServiceCollection>? build = null,
        Action<WebApplication>? map = null,
        int port = 0,
        HttpProtocols protocols = HttpProtocols.Http1) =>
        StartAsync(options => options.ConnectionString = $"Data Source={databaseFile}", configure, build, map, port, protocols);

    /// <summary>Starts a server on <paramref name="database"/>, whatever its kind.</summary>
    /// <inheritdoc cref="StartAsync(string, Action{RealtimeApiOptions}?, Action{IServiceCollection}?, Action{WebApplication}?, int, HttpProtocols)"/>
    public static Task<TestServer> StartAsync(
        TestDatabase database,
        Action<RealtimeApiOptions>? configure = null,
        Action<IServiceCollection>? build = null,
        Action<WebApplication>? map = null,
        int port = 0,
        HttpProtocols protocols = HttpProtocols.Http1)
    {
        ArgumentNullException.ThrowIfNull(database);
        return StartAsync(database.Configure, configure, build, map, port, protocols);
    }

    private static async Task<TestServer> StartAsync(
        Action<DatabaseOptions> database,
        Action<RealtimeApiOptions>? configure,
        Action<IServiceCollection>? build,
        Action<WebApplication>? map,
        int port,
        HttpProtocols protocols)
    {
        var log = new CapturedLog();
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.Host.UseDefaultServiceProvider(provider => provider.ValidateOnBuild = provider.ValidateScopes = true);
        builder.Logging.ClearProviders().AddProvider(log);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, port, listen => listen.Protocols = protocols));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        builder.Services.AddRealtimeApi(options =>
        {
            database(options.Database);
            options.Resources.All = true;
            configure?.Invoke(options);
        });
        build?.Invoke(builder.Services);
        var app = builder.Build();
        map?.Invoke(app);
        app.MapRealtimeApi();
        app.MapRealtimeApiHealth();
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new(app, log);
    }

    /// <summary>Completes when it serves so many watches: nothing tells when a request has come to its wait, or when the server has noticed that a client has gone.</summary>
    public Task WatchedByAsync(int count)
    {
        var engine = Services.GetRequiredService<WatchEngine>();
        return Until.EqualAsync(count, () => engine.WatchCount);
    }

    /// <summary>Stops as an operator would; what is open is closed.</summary>
    public async Task StopAsync()
    {
        if (stopped)
            return;
        stopped = true;
        await app.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        // First, since the server would wait for what its connections may still ask for.
        Client.Dispose();
        await StopAsync();
        await app.DisposeAsync();
        Log.ThrowIfUnexpectedErrors();
    }
}
