using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Watching;

namespace RealtimeApi.Server.Sse;

/// <summary>What all streams share.</summary>
internal sealed class StreamContext(
    WatchEngine engine,
    IOptions<RealtimeApiOptions> options,
    TimeProvider clock,
    IHostApplicationLifetime host,
    ILogger<EventStream> logger)
{
    public WatchEngine Engine { get; } = engine;

    public WatchingOptions Options { get; } = options.Value.Watching;

    public TimeProvider Clock { get; } = clock;

    /// <summary>The host is stopping: streams end, so that they do not hold it up; their clients come back elsewhere.</summary>
    public CancellationToken Stopping { get; } = host.ApplicationStopping;

    public ILogger Logger { get; } = logger;
}
