using Microsoft.Extensions.Options;
using RealtimeApi.Hosting.CommandLine;
using RealtimeApi.Hosting.Demo;
using RealtimeApi.Hosting.Web;
using RealtimeApi.Server.DependencyInjection;

namespace RealtimeApi.Hosting.Startup;

/// <summary>Starts the server, says where it is, and runs it until it is told to stop.</summary>
internal static partial class HostRunner
{
    /// <summary>Bytes: a filter of the greatest length fits, percent-encoded, and the link to a next page after a long text.</summary>
    private const int LongestRequestLine = 96 * 1024;

    public static async Task<int> RunAsync(HostArguments arguments, CancellationToken cancellationToken)
    {
        var started = false;
        try
        {
            await using var app = Build(arguments, () => started, out var shop);
            if (!await TryStartAsync(app, cancellationToken))
                return FailuresOf(app) is { Count: > 0 } failures ? throw new AggregateException(failures) : 0;
            using var signals = new StopSignals();
            started = true;
            await StartMessage.WriteAsync(app, shop, Console.Out);
            await UntilStoppingAsync(app.Lifetime, cancellationToken);
            await app.StopAsync(signals.Again);
            // A part that failed has been logged, and stopped the rest; whoever watches over the process is to know.
            return FailuresOf(app).Count > 0 ? 1 : 0;
        }
        catch (Exception e) when (!started)
        {
            await Console.Error.WriteLineAsync(StartFailures.Explain(e));
            return 1;
        }
    }

    /// <returns>False where it was told to stop before it had started.</returns>
    private static async Task<bool> TryStartAsync(WebApplication app, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
            return true;
        }
        catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>What went wrong in parts that run in the background, each of which stops the rest.</summary>
    private static List<Exception> FailuresOf(WebApplication app) =>
        [.. app.Services.GetServices<IHostedService>().OfType<BackgroundService>().Select(static service => service.ExecuteTask?.Exception).OfType<Exception>()];

    private static async Task UntilStoppingAsync(IHostApplicationLifetime lifetime, CancellationToken cancellationToken)
    {
        await using var stop = cancellationToken.UnsafeRegister(static lifetime => ((IHostApplicationLifetime)lifetime!).StopApplication(), lifetime);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, lifetime.ApplicationStopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static WebApplication Build(HostArguments arguments, Func<bool> started, out string? shop)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = arguments.Settings, ContentRootPath = AppContext.BaseDirectory });
        shop = HostConfiguration.Complete(builder.Configuration, arguments);
        // What goes wrong before the start is told once, in words, by the runner itself.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => started() && level >= LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestLineSize = LongestRequestLine;
        });
        builder.Services.AddDemoOptions();
        builder.Services.AddAllowedOrigins();
        builder.Services.AddListenUrls();
        if (shop is not null)
            builder.Services.AddDemoShop(shop);
        builder.Services.AddRealtimeApi();

        var app = builder.Build();
        // Every mistake of the configuration at once, before anything reads it.
        app.Services.GetService<IStartupValidator>()?.Validate();
        if (arguments.Database is { } file && HostConfiguration.NamedResources(app.Configuration) is { Count: > 0 } named)
            Log.EveryTableServed(app.Logger, file, string.Join(", ", named));
        app.UseSecurityHeaders();
        app.UseAllowedOrigins();
        app.UseDefaultFiles();
        app.UseStaticFiles();
        app.MapRealtimeApi();
        app.MapRealtimeApiDocuments();
        app.MapRealtimeApiHealth();
        return app;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "--database serves every table of {File}. RealtimeApi:Resources names {Resources}: these settings hold, but do not limit what is served. To serve those alone, name the file in RealtimeApi:Database:ConnectionString instead.")]
        public static partial void EveryTableServed(ILogger logger, string file, string resources);
    }
}
