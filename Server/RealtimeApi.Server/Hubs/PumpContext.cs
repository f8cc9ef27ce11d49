using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Watching;

namespace RealtimeApi.Server.Hubs;

/// <summary>What all pumps share, so that each carries one reference.</summary>
internal sealed class PumpContext(
    WatchEngine engine, RoomIndex rooms, IOptions<RealtimeApiOptions> options, TimeProvider clock, IHostApplicationLifetime lifetime, ILogger<ConnectionPump> logger)
{
    public WatchEngine Engine { get; } = engine;

    public RoomIndex Rooms { get; } = rooms;

    public WatchingOptions Options { get; } = options.Value.Watching;

    public MessagesOptions Messages { get; } = options.Value.Messages;

    public TimeProvider Clock { get; } = clock;

    public FrameComposer Frames { get; } = new();

    /// <summary>Cancelled once the host has begun to stop.</summary>
    public CancellationToken Stopping { get; } = lifetime.ApplicationStopping;

    public ILogger Logger { get; } = logger;
}
