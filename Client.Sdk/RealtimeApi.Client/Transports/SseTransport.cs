using System.Net.ServerSentEvents;
using System.Text.Json;
using RealtimeApi.Contracts;

namespace RealtimeApi.Client;

/// <summary>Watches by server-sent events: an HTTP answer for each.</summary>
/// <remarks>PROTOCOL, section Server-sent events.</remarks>
internal sealed class SseTransport(RestApi rest, RealtimeApiClientOptions options, StreamStates states) : IWatchTransport
{
    /// <summary>How long a stream waits for a caller who has no room for more. Meanwhile the line holds what comes, which the server bears for longer than this by default; one that does not ends the stream, which begins anew.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The longest <c>retry</c> of a stream that a stopping server ends; what others say is longer.</summary>
    private static readonly TimeSpan LongestFarewell = TimeSpan.FromMilliseconds(500);

    /// <summary>Streams that end before they have begun, though the server has answered.</summary>
    private readonly Suspicions stillborn = new(maximum: 2);

    public WatchTransport Kind => WatchTransport.ServerSentEvents;

    public (RealtimeApiException Refusal, TimeSpan Time)? Respite => states.Respite;

    public IDisposable Use() => states.Use();

    public Task<SubscriptionEnd> RunAsync(Subscription subscription, WatchRequest request, CancellationToken cancellationToken) =>
        states.RunAsync(subscription, () => FollowAsync(subscription, request, cancellationToken));

    /// <summary>Goes from stream to stream while servers that stop send the watch elsewhere, which is no failure however often it happens.</summary>
    private async Task<SubscriptionEnd> FollowAsync(Subscription subscription, WatchRequest request, CancellationToken cancellationToken)
    {
        var wasBrief = false;
        while (true)
        {
            var asked = options.TimeProvider.GetTimestamp();
            var end = await ReadStreamAsync(subscription, request, cancellationToken).ConfigureAwait(false);
            if (end.Reason != SubscriptionEndReason.Disconnected)
                return end;
            // The connection may have led to the same server once more.
            var isBrief = options.TimeProvider.GetElapsedTime(asked) < Backoff.Brief;
            if (isBrief && wasBrief)
                return new(SubscriptionEndReason.Broken) { Cause = Ended() };
            wasBrief = isBrief;
            request = request with { Since = subscription.Cursor };
        }
    }

    /// <summary>Follows one stream. A farewell ends it as disconnected, after the time for which that asks.</summary>
    private async Task<SubscriptionEnd> ReadStreamAsync(Subscription subscription, WatchRequest request, CancellationToken cancellationToken)
    {
        // A stream whose first bytes do not come is held back by something on the way; later, the server's comments keep it alive.
        using var silence = new SilenceTimer(options.TimeProvider, options.ConnectTimeout, cancellationToken);
        var (isOpen, isHeard) = (false, false);
        var begun = stillborn.Begin();
        try
        {
            using var response = await rest.OpenEventsAsync(request, silence.Token).ConfigureAwait(false);
            isOpen = true;
            using var body = await response.Content.ReadAsStreamAsync(silence.Token).ConfigureAwait(false);
            using var stream = new ListeningStream(body, () =>
            {
                isHeard = true;
                silence.Restart(options.KeepAliveTimeout);
                if (request.Since is { } since)
                    Start(subscription, since);
            });
            var events = SseParser.Create(stream, static (_, data) => Parse(data));
            await foreach (var item in events.EnumerateAsync(silence.Token).ConfigureAwait(false))
                if (await ReceiveAsync(subscription, item, silence).ConfigureAwait(false) is { } end)
                    return end;
            if (events.ReconnectionInterval < TimeSpan.Zero || events.ReconnectionInterval > LongestFarewell || subscription.Cursor is null)
                return Broken(Ended());
            await options.TimeProvider.Delay(events.ReconnectionInterval, cancellationToken).ConfigureAwait(false);
            return SubscriptionEnd.Disconnected;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (RealtimeApiException e)
        {
            return RestApi.EndOf(e);
        }
        catch (OperationCanceledException e) when (isOpen && !isHeard)
        {
            return Unsuitable("Nothing of a stream of events came through: something on the way holds it back.", e);
        }
        catch (Exception e)
        {
            // Whatever broke it, the token provider included, is tried again.
            return Broken(e);
        }

        SubscriptionEnd Broken(Exception cause)
        {
            if (!isOpen)
                stillborn.Clear();
            else if (subscription.Cursor is null)
                stillborn.Raise(begun);
            return stillborn.Confirm() ? Unsuitable("Streams of events end before they begin.", cause) : new(SubscriptionEndReason.Broken) { Cause = cause };
        }
    }

    private static IOException Ended() => new("The stream of events ended.");

    private static SubscriptionEnd Unsuitable(string message, Exception cause) =>
        new(SubscriptionEndReason.Unsuitable) { Cause = new TransportUnsuitableException(message, cause) };

    /// <summary>Takes an event; gives an end where that is one.</summary>
    private async ValueTask<SubscriptionEnd?> ReceiveAsync(Subscription subscription, SseItem<JsonElement?> item, SilenceTimer silence)
    {
        switch (item.EventType)
        {
            case "ended":
                return new(SubscriptionEndReason.Ended, ProblemOf(item.Data));

            case "bookmark" when item.EventId is { Length: > 0 } cursor:
                if (!Start(subscription, cursor) && cursor != subscription.Cursor)
                    await TakeAsync(subscription, ChangeBatch.Of(subscription.Cursor!, cursor, []), silence).ConfigureAwait(false);
                break;

            case "message" or "reset" or "synced" or "bookmark":
                return new(SubscriptionEndReason.Invalid, Problems.Invalid($"An event '{item.EventType}' came that was not asked for."));

            default:
                if (item.EventId is not { Length: > 0 } id || item.Data is not { } change || subscription.Cursor is not { } from)
                    return new(SubscriptionEndReason.Invalid, Problems.Invalid("A change came without an id, without data, or before the stream said where it begins."));
                await TakeAsync(subscription, ChangeBatch.Of(from, id, [change]), silence).ConfigureAwait(false);
                break;
        }
        return subscription.Ended.IsCompleted ? await subscription.Ended.ConfigureAwait(false) : null;
    }

    /// <summary>Passes a batch on. A caller who is only a little slow would otherwise cost a new stream each time that the buffer is full.</summary>
    private async ValueTask TakeAsync(Subscription subscription, ChangeBatch batch, SilenceTimer silence)
    {
        var room = subscription.RoomForAsync(batch);
        if (!room.IsCompleted)
        {
            // It is not the server that is silent.
            silence.Restart(Timeout.InfiniteTimeSpan);
            try
            {
                await room.WaitAsync(Patience, options.TimeProvider, silence.Token).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // Then the watch leaves, and comes back when there is room.
            }

            silence.Restart(options.KeepAliveTimeout);
        }

        subscription.Take(batch);
    }

    private bool Start(Subscription subscription, string cursor)
    {
        if (!subscription.TryStart(cursor))
            return false;
        stillborn.Clear();
        states.Opened();
        return true;
    }

    private static JsonElement? Parse(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = new Utf8JsonReader(data);
            return JsonElement.ParseValue(ref reader);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static RealtimeApiException ProblemOf(JsonElement? data) =>
        data is { ValueKind: JsonValueKind.Object } problem && problem.Deserialize(ClientJsonContext.Default.ProblemDetails) is { } details
            ? new(details)
            : Problems.Invalid("The server ended the watch without saying why.");
}
