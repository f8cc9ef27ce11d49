using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RealtimeApi.Tests.TestSupport;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace RealtimeApi.Tests.Integration.Draining;

/// <summary>A YARP in this process with the configuration that docs/deployment.md shows, but for the ports.</summary>
internal sealed class YarpServer : ILoadBalancer
{
    /// <summary>The name of the first server on the page.</summary>
    private const string First = "one";

    private readonly ConcurrentQueue<string> failures = new();
    private readonly WebApplication app;

    private YarpServer(string configuration)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        // Nothing but what the page shows: the host's own settings lie beside this program.
        builder.Configuration.Sources.Clear();
        using var json = new MemoryStream(Encoding.UTF8.GetBytes(configuration));
        builder.Configuration.AddJsonStream(json);
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddReverseProxy().LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"));
        app = builder.Build();
        app.Use(NoteFailureAsync);
        app.MapReverseProxy();
    }

    public Uri Address => new(app.Urls.Single());

    public IReadOnlyList<string> Failures => [.. failures];

    private ClusterState Cluster => app.Services.GetRequiredService<IProxyStateLookup>().GetClusters().Single();

    /// <summary>Starts it before two servers.</summary>
    public static async Task<YarpServer> StartAsync(int first, int second)
    {
        var server = new YarpServer(PrintedRecipe.Block("json", "ReverseProxy", first, second));
        await server.app.StartAsync();
        return server;
    }

    /// <summary>It does not send a request again, and so fails some until it has noticed.</summary>
    public Task UntilGoneOverAsync() =>
        Until.TrueAsync(() => Cluster.DestinationsState.AvailableDestinations.All(static server => server.DestinationId != First));

    /// <summary>Completes when it has found the first server not ready.</summary>
    public Task UntilNotReadyAsync() =>
        Until.TrueAsync(() => Cluster.Destinations[First].Health.Active == DestinationHealth.Unhealthy);

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await app.StopAsync(now.Token);
        await app.DisposeAsync();
    }

    private async Task NoteFailureAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        var error = context.Features.Get<IForwarderErrorFeature>()?.Error ?? ForwarderError.None;
        if ((error != ForwarderError.None && !IsTheClients(error)) || context.Response.StatusCode >= StatusCodes.Status400BadRequest)
            failures.Enqueue($"{context.Request.Method} {context.Request.Path} → {context.Response.StatusCode} {error}");
    }

    private static bool IsTheClients(ForwarderError error) =>
        error.ToString() is var name && (name.EndsWith("Canceled", StringComparison.Ordinal) || name.EndsWith("Client", StringComparison.Ordinal));
}
