namespace RealtimeApi.Server.Draining;

/// <summary>Serves those who are still connected, before Kestrel stops.</summary>
/// <remarks>
/// Kestrel's own stop closes idle connections in the same breath as the sockets on which it listens. A request that is on its way then is lost, and a load balancer that keeps connections cannot know what became of
/// it, so that it must not send a POST to the next server. One that is refused a connection may. So first nobody is let in any more, and then each answer ends its connection, until none is left on which something
/// could come. That nobody is let in comes before anybody is sent away: a browser that asks for an event stream again goes on trying where there is no server, and gives up where one refuses it.
/// </remarks>
internal sealed class LastRequests(ListenSockets sockets, OpenConnections connections, TimeProvider time)
{
    /// <summary>How long it may take altogether.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>What is still connected when nobody has gone for so long is asking for nothing, or for something that takes long, and that Kestrel waits for.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    private bool isClosed;

    /// <summary>Lets nobody in from now on.</summary>
    public async Task RefuseAsync(CancellationToken hurried) => isClosed = await sockets.CloseAsync(hurried);

    /// <summary>Completes when Kestrel may stop: at once where there is none.</summary>
    public async Task ServeAsync(CancellationToken hurried)
    {
        if (!isClosed)
            return;
        var began = time.GetTimestamp();
        var lastGone = began;
        var open = connections.Count;
        while (time.GetElapsedTime(lastGone) < Quiet && time.GetElapsedTime(began) < Patience && !hurried.IsCancellationRequested)
        {
            await Task.Delay(Tick, time, hurried).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var before = open;
            open = connections.Count;
            // The one that was let in last may not have been counted yet at the first look.
            if (before == 0 && open == 0)
                return;
            if (open != before)
                lastGone = time.GetTimestamp();
        }
    }
}
