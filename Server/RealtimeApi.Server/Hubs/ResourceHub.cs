using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;

namespace RealtimeApi.Server.Hubs;

/// <summary>The hub at <c>/hubs/resources</c>: PROTOCOL, section SignalR. Starts and stops watches, which the connection's <see cref="ConnectionPump"/> serves, passes on messages, and tells who is there.</summary>
internal sealed partial class ResourceHub(RoomDesk rooms, ILogger<ResourceHub> logger) : Hub
{
    public const string Path = "/hubs/resources";

    private const int MaxIdLength = 64;

    private ConnectionPump Pump => Context.Features.GetRequiredFeature<ConnectionPump>();

    /// <summary>Starts a watch: a <see cref="SubscribeReply"/> or a <see cref="Refusal"/>.</summary>
    public async Task<object> Subscribe(string? id, WatchRequest? request)
    {
        try
        {
            if (string.IsNullOrEmpty(id) || id.Length > MaxIdLength)
                return new Refusal(ProblemCodes.InvalidQuery, $"The id of a watch must have 1 to {MaxIdLength} characters.");
            if (string.IsNullOrEmpty(request?.Resource))
                return new Refusal(ProblemCodes.InvalidQuery, "The request must name the resource to watch, e.g. {\"resource\":\"orders\"}.");
            return new SubscribeReply { Cursor = await Pump.SubscribeAsync(id, request) };
        }
        catch (ProblemException problem)
        {
            return Refusal.Of(problem);
        }
        catch (Exception exception)
        {
            if (!Context.ConnectionAborted.IsCancellationRequested)
                Log.SubscribeFailed(logger, exception);
            return new Refusal(ProblemCodes.Unavailable, "The watch could not be started; try again later.");
        }
    }

    /// <summary>Stops a watch; once this returns, nothing more is pushed for <paramref name="id"/>. No error where there is none.</summary>
    public Task Unsubscribe(string? id) => id is null ? Task.CompletedTask : Pump.UnsubscribeAsync(id);

    /// <summary>Sends a message to the others who watch an item, or the resource where there is no key: null or a <see cref="Refusal"/>.</summary>
    public object? Send(string? resource, string? key, MessageBody message)
    {
        try
        {
            rooms.Send(Pump.Participant, resource, key, message);
            return null;
        }
        catch (ProblemException problem)
        {
            return Refusal.Of(problem);
        }
        catch (Exception) when (Context.ConnectionAborted.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Tells who watches an item, now and as it changes: a <see cref="PresenceReply"/> or a <see cref="Refusal"/>.</summary>
    public object Presence(string? resource, string? key)
    {
        try
        {
            return rooms.Ask(Pump.Participant, resource, key);
        }
        catch (ProblemException problem)
        {
            return Refusal.Of(problem);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A watch could not be started.", EventName = "SubscribeFailed")]
        public static partial void SubscribeFailed(ILogger logger, Exception exception);
    }
}
