using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeApi.Server.Hubs;

namespace RealtimeApi.Tests.Unit.Hubs.Presence;

/// <summary>One node's end of a backplane that several share; it can be cut, as by an outage, or made to lose what it is given.</summary>
internal sealed class Wire(DefaultHubLifetimeManager<ResourceHub> backplane) : DefaultHubLifetimeManager<ResourceHub>(NullLogger<DefaultHubLifetimeManager<ResourceHub>>.Instance)
{
    private volatile bool isCut;

    public static DefaultHubLifetimeManager<ResourceHub> MakeBackplane() => new(NullLogger<DefaultHubLifetimeManager<ResourceHub>>.Instance);

    /// <summary>Loses everything that is sent.</summary>
    public bool IsCut
    {
        get => isCut;
        set => isCut = value;
    }

    public override Task OnConnectedAsync(HubConnectionContext connection) => backplane.OnConnectedAsync(connection);

    public override Task AddToGroupAsync(string connectionId, string groupName, CancellationToken cancellationToken = default) =>
        backplane.AddToGroupAsync(connectionId, groupName, cancellationToken);

    public override Task RemoveFromGroupAsync(string connectionId, string groupName, CancellationToken cancellationToken = default) =>
        backplane.RemoveFromGroupAsync(connectionId, groupName, cancellationToken);

    public override Task SendGroupAsync(string groupName, string methodName, object?[] args, CancellationToken cancellationToken = default) =>
        isCut ? Task.CompletedTask : backplane.SendGroupAsync(groupName, methodName, args, cancellationToken);

    public override Task SendGroupExceptAsync(
        string groupName, string methodName, object?[] args, IReadOnlyList<string> excludedConnectionIds, CancellationToken cancellationToken = default) =>
        isCut ? Task.CompletedTask : backplane.SendGroupExceptAsync(groupName, methodName, args, excludedConnectionIds, cancellationToken);
}
