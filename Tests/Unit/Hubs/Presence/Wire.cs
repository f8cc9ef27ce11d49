using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeApi.Server.Hubs;

namespace RealtimeApi.Tests.Unit.Hubs.Presence;

/// <summary>One node's end of a backplane that several share; it can be cut, as by an outage, or hold up what it is given.</summary>
internal sealed class Wire(DefaultHubLifetimeManager<ResourceHub> backplane) : DefaultHubLifetimeManager<ResourceHub>(NullLogger<DefaultHubLifetimeManager<ResourceHub>>.Instance)
{
    private readonly Queue<Func<Task>> held = new();
    private volatile bool isCut;
    private readonly TaskCompletionSource stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool holds;
    private volatile bool stalls;
    private int beats;

    public static DefaultHubLifetimeManager<ResourceHub> MakeBackplane() => new(NullLogger<DefaultHubLifetimeManager<ResourceHub>>.Instance);

    /// <summary>Loses everything that is sent.</summary>
    public bool IsCut
    {
        get => isCut;
        set => isCut = value;
    }

    /// <summary>How many heartbeats it has been given, whether it lost them or not: all that the node sends to itself, too.</summary>
    public int Beats => Volatile.Read(ref beats);

    /// <summary>Keeps everything that is sent from now on, as a Redis does that was stopped.</summary>
    public void Hold()
    {
        lock (held)
            holds = true;
    }

    /// <summary>Has everything wait that is sent from now on, for ever.</summary>
    /// <returns>Completes when something does.</returns>
    public Task StallAsync()
    {
        stalls = true;
        return stalled.Task;
    }

    /// <summary>Passes on what was kept, all of it at once and in order.</summary>
    public async Task ReleaseAsync()
    {
        List<Func<Task>> kept;
        lock (held)
        {
            holds = false;
            kept = [.. held];
            held.Clear();
        }

        foreach (var send in kept)
            await send();
    }

    public override Task OnConnectedAsync(HubConnectionContext connection) => backplane.OnConnectedAsync(connection);

    public override Task AddToGroupAsync(string connectionId, string groupName, CancellationToken cancellationToken = default) =>
        backplane.AddToGroupAsync(connectionId, groupName, cancellationToken);

    public override Task RemoveFromGroupAsync(string connectionId, string groupName, CancellationToken cancellationToken = default) =>
        backplane.RemoveFromGroupAsync(connectionId, groupName, cancellationToken);

    public override async Task SendGroupAsync(string groupName, string methodName, object?[] args, CancellationToken cancellationToken = default)
    {
        await Pass(() => backplane.SendGroupAsync(groupName, methodName, args, cancellationToken));
        Interlocked.Increment(ref beats);
    }

    public override Task SendGroupExceptAsync(
        string groupName, string methodName, object?[] args, IReadOnlyList<string> excludedConnectionIds, CancellationToken cancellationToken = default) =>
        Pass(() => backplane.SendGroupExceptAsync(groupName, methodName, args, excludedConnectionIds, cancellationToken));

    private Task Pass(Func<Task> send)
    {
        if (stalls && !isCut)
        {
            stalled.TrySetResult();
            return new TaskCompletionSource().Task;
        }

        lock (held)
        {
            if (holds)
                held.Enqueue(send);
            return holds || isCut ? Task.CompletedTask : send();
        }
    }
}
