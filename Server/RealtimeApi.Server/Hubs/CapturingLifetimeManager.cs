using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace RealtimeApi.Server.Hubs;

/// <summary>Gives each of the hub's connections its <see cref="ConnectionPump"/>; passes everything else on to the lifetime manager of the host's choice.</summary>
/// <remarks>
/// The one place where SignalR shows a connection itself. Pushing through <c>Clients.Client(id)</c> instead would publish the rows to the backplane once the
/// connection has gone.
/// </remarks>
internal sealed class CapturingLifetimeManager : HubLifetimeManager<ResourceHub>, IDisposable
{
    private readonly Lazy<PumpContext> pumps;
    private readonly ResourceHubProtocols protocols;

    /// <param name="inner">The one that everything is passed on to.</param>
    /// <param name="protocols">Those of SignalR, which this hub's connections use in a form of their own.</param>
    /// <param name="pumps">Made for the first connection: this type is made when routes are mapped, before the options have been checked.</param>
    public CapturingLifetimeManager(HubLifetimeManager<ResourceHub> inner, ResourceHubProtocols protocols, Lazy<PumpContext> pumps)
    {
        Inner = inner;
        this.pumps = pumps;
        this.protocols = protocols;
    }

    /// <summary>The one that everything is passed on to.</summary>
    public HubLifetimeManager<ResourceHub> Inner { get; }

    public override Task OnConnectedAsync(HubConnectionContext connection)
    {
        connection.Protocol = protocols.Of(connection.Protocol);
        connection.Features.Set(new ConnectionPump(connection, pumps.Value));
        connection.Features.Set(new DrainPlace(pumps.Value.Drain.Enter(() => SendElsewhere(connection))));
        return Inner.OnConnectedAsync(connection);
    }

    public override Task OnDisconnectedAsync(HubConnectionContext connection)
    {
        connection.Features.Get<ConnectionPump>()?.Dispose();
        connection.Features.Get<DrainPlace>()?.Place.Dispose();
        return Inner.OnDisconnectedAsync(connection);
    }

    public override Task SendAllAsync(string methodName, object?[] args, CancellationToken cancellationToken = default) =>
        Inner.SendAllAsync(methodName, args, cancellationToken);

    public override Task SendAllExceptAsync(
        string methodName, object?[] args, IReadOnlyList<string> excludedConnectionIds, CancellationToken cancellationToken = default) =>
        Inner.SendAllExceptAsync(methodName, args, excludedConnectionIds, cancellationToken);

    public override Task SendConnectionAsync(string connectionId, string methodName, object?[] args, CancellationToken cancellationToken = default) =>
        Inner.SendConnectionAsync(connectionId, methodName, args, cancellationToken);

    public override Task SendConnectionsAsync(
        IReadOnlyList<string> connectionIds, string methodName, object?[] args, CancellationToken cancellationToken = default) =>
        Inner.SendConnectionsAsync(connectionIds, methodName, args, cancellationToken);

    public override Task SendGroupAsync(string groupName, string methodName, object?[] args, CancellationToken cancellationToken = default) =>
        Inner.SendGroupAsync(groupName, methodName, args, cancellationToken);

    public override Task SendGroupsAsync(
        IReadOnlyList<string> groupNames, string methodName, object?[] args, CancellationToken cancellationToken = default) =>
        Inner.SendGroupsAsync(groupNames, methodName, args, cancellationToken);

    public override Task SendGroupExceptAsync(
        string groupName, string methodName, object?[] args, IReadOnlyList<string> excludedConnectionIds, CancellationToken cancellationToken = default) =>
        Inner.SendGroupExceptAsync(groupName, methodName, args, excludedConnectionIds, cancellationToken);

    public override Task SendUserAsync(string userId, string methodName, object?[] args, CancellationToken cancellationToken = default) =>
        Inner.SendUserAsync(userId, methodName, args, cancellationToken);

    public override Task SendUsersAsync(
        IReadOnlyList<string> userIds, string methodName, object?[] args, CancellationToken cancellationToken = default) =>
        Inner.SendUsersAsync(userIds, methodName, args, cancellationToken);

    public override Task AddToGroupAsync(string connectionId, string groupName, CancellationToken cancellationToken = default) =>
        Inner.AddToGroupAsync(connectionId, groupName, cancellationToken);

    public override Task RemoveFromGroupAsync(string connectionId, string groupName, CancellationToken cancellationToken = default) =>
        Inner.RemoveFromGroupAsync(connectionId, groupName, cancellationToken);

    public override Task<T> InvokeConnectionAsync<T>(string connectionId, string methodName, object?[] args, CancellationToken cancellationToken) =>
        Inner.InvokeConnectionAsync<T>(connectionId, methodName, args, cancellationToken);

    public override Task SetConnectionResultAsync(string connectionId, CompletionMessage result) => Inner.SetConnectionResultAsync(connectionId, result);

    public override bool TryGetReturnType(string invocationId, [NotNullWhen(true)] out Type? type) => Inner.TryGetReturnType(invocationId, out type);

    public void Dispose() => (Inner as IDisposable)?.Dispose();

    /// <summary>Closes a connection with SignalR's own message, which says that the client may come again, after what is being written.</summary>
    private static void SendElsewhere(HubConnectionContext connection)
    {
        if (connection.Features.Get<IConnectionLifetimeNotificationFeature>() is { } lifetime)
            lifetime.RequestClose();
        else
            connection.Abort();
    }

    /// <summary>A connection's place among those that a drain lets go.</summary>
    private sealed record DrainPlace(IDisposable Place);
}
