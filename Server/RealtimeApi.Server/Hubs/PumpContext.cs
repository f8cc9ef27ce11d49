using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Draining;
using RealtimeApi.Server.Watching;

namespace RealtimeApi.Server.Hubs;

/// <summary>What all pumps share, so that each carries one reference.</summary>
internal sealed class PumpContext(
    WatchEngine engine, RoomIndex rooms, IOptions<RealtimeApiOptions> options, TimeProvider clock, Drain drain, ILogger<ConnectionPump> logger)
{
    public WatchEngine Engine { get; } = engine;

    public RoomIndex Rooms { get; } = rooms;

    public WatchingOptions Options { get; } = options.Value.Watching;

    public MessagesOptions Messages { get; } = options.Value.Messages;

    public TimeProvider Clock { get; } = clock;

    public FrameComposer Frames { get; } = new();

    public Drain Drain { get; } = drain;

    public ILogger Logger { get; } = logger;
}
