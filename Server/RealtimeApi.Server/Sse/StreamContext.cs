using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Draining;
using RealtimeApi.Server.Watching;

namespace RealtimeApi.Server.Sse;

/// <summary>What all streams share.</summary>
internal sealed class StreamContext(
    WatchEngine engine,
    IOptions<RealtimeApiOptions> options,
    TimeProvider clock,
    Drain drain,
    ILogger<EventStream> logger)
{
    public WatchEngine Engine { get; } = engine;

    public WatchingOptions Options { get; } = options.Value.Watching;

    public TimeProvider Clock { get; } = clock;

    /// <summary>Ends streams when the host is to stop; their clients come back elsewhere.</summary>
    public Drain Drain { get; } = drain;

    public ILogger Logger { get; } = logger;
}
