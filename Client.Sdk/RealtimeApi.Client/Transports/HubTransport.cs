using Microsoft.AspNetCore.SignalR;
using RealtimeApi.Contracts;

namespace RealtimeApi.Client;

/// <summary>Watches over the hub: all of them on one connection, which <see cref="ConnectionLoop"/> keeps open.</summary>
/// <remarks>PROTOCOL, section SignalR.</remarks>
internal sealed class HubTransport(ConnectionLoop connection, TimeProvider time) : IWatchTransport
{
    /// <summary>How long a broken session may take to notice that it is.</summary>
    private static readonly TimeSpan Dying = TimeSpan.FromMilliseconds(250);

    public WatchTransport Kind => WatchTransport.WebSockets;

    /// <summary>None: <see cref="ConnectionLoop"/> sees to it.</summary>
    public (RealtimeApiException Refusal, TimeSpan Time)? Respite => null;

    public IDisposable Use()
    {
        connection.Enter();
        return new Usage(connection);
    }

    public async Task<SubscriptionEnd> RunAsync(Subscription subscription, WatchRequest request, CancellationToken cancellationToken)
    {
        HubSession session;
        var opening = connection.GetSessionAsync(cancellationToken);
        var wasOpen = opening.IsCompleted;
        try
        {
            session = await opening.ConfigureAwait(false);
        }
        catch (TransportUnsuitableException e)
        {
            return new(SubscriptionEndReason.Unsuitable) { Cause = e };
        }

        var end = await SubscribeAsync(session, subscription, request, cancellationToken).ConfigureAwait(false);
        switch (end.Reason)
        {
            case SubscriptionEndReason.Disconnected:
                // A session that is dying may still be the current one for a moment, and one that lives may have failed just this call.
                if (!session.Closed.IsCompleted)
                    await Task.WhenAny(session.Closed, time.Delay(Dying, cancellationToken)).ConfigureAwait(false);
                return session.Closed.IsCompleted ? end : SubscriptionEnd.Broken;

            case SubscriptionEndReason.Full or SubscriptionEndReason.Gap or SubscriptionEndReason.Invalid:
                await session.UnsubscribeAsync(subscription).WaitAsync(cancellationToken).ConfigureAwait(false);
                return end;

            case SubscriptionEndReason.Ended when wasOpen && end.Error!.Code == ProblemCodes.Unauthorized && session.LeaveForAnotherToken():
                return SubscriptionEnd.Disconnected;

            default:
                session.Forget(subscription);
                return end;
        }
    }

    /// <summary>Subscribes, and gives the end of it. When cancelled, the server is told to stop as soon as it has answered.</summary>
    internal static async Task<SubscriptionEnd> SubscribeAsync(HubSession session, Subscription subscription, WatchRequest request, CancellationToken cancellationToken)
    {
        var call = session.SubscribeAsync(subscription, request);
        try
        {
            var reply = await call.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (reply?.Cursor is not { } start)
                return new(SubscriptionEndReason.Invalid, Problems.Invalid("The reply to Subscribe came without a cursor."));

            subscription.Start(start);
            return await subscription.Ended.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _ = UnsubscribeAfterAsync(session, subscription, call);
            throw;
        }
        catch (HubException e)
        {
            session.Forget(subscription);
            return Problems.Parse(e) is { } refusal
                ? new(SubscriptionEndReason.Ended, refusal)
                : new(SubscriptionEndReason.Failed, new(Problems.Make(RealtimeApiException.InvalidAnswer, 500, e.Message), e));
        }
        catch (Exception)
        {
            // The connection broke before the reply. Where the watch leaves it in the same moment, it left.
            session.Forget(subscription);
            cancellationToken.ThrowIfCancellationRequested();
            return SubscriptionEnd.Disconnected;
        }
    }

    private static async Task UnsubscribeAfterAsync(HubSession session, Subscription subscription, Task call)
    {
        session.Forget(subscription);
        try
        {
            await call.ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Refused or disconnected: there is nothing to stop.
            return;
        }
        await session.UnsubscribeAsync(subscription).ConfigureAwait(false);
    }

    private sealed class Usage(ConnectionLoop connection) : IDisposable
    {
        private int disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref disposed, 1) == 0)
                connection.Leave();
        }
    }
}
