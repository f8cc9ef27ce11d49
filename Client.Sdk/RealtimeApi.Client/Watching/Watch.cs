using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;
using RealtimeApi.Contracts;

namespace RealtimeApi.Client;

/// <summary>One watch across connections: subscribes, and subscribes again from its last cursor, until it is disposed or the server refuses.</summary>
/// <remarks>Owned by one loop; the caller reads <see cref="Buffer"/>. All it takes to go on is <see cref="cursor"/>.</remarks>
internal sealed partial class Watch : IDisposable
{
    private static int lastNumber;

    private readonly ConnectionLoop connection;
    private readonly WatchRequest request;
    private readonly Action<bool>? standing;
    private readonly Backoff backoff;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stopping;
    private readonly TaskCompletionSource<string> started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int number = Interlocked.Increment(ref lastNumber);
    private string? cursor;
    private int attempts;

    public Watch(ConnectionLoop connection, WatchRequest request, int bufferSize, Action<bool>? standing, Backoff backoff, ILogger logger)
    {
        this.connection = connection;
        this.request = request;
        this.standing = standing;
        this.backoff = backoff;
        this.logger = logger;
        cursor = request.Since;
        Buffer = new(bufferSize);
        connection.Enter();
        stopping = CancellationTokenSource.CreateLinkedTokenSource(connection.Stopping);
        _ = Task.Run(RunAsync);
    }

    public WatchBuffer Buffer { get; }

    /// <summary>The cursor at which the watch began, once the server has accepted it.</summary>
    public Task<string> Started => started.Task;

    /// <summary>Ends the watch. The server is told without waiting for it.</summary>
    public void Dispose()
    {
        // The loop disposes the source when it ends.
        try
        {
            stopping.Cancel();
        }
        catch (ObjectDisposedException)
        {
        }
    }

    private async Task RunAsync()
    {
        Exception? error = null;
        try
        {
            await RunUntilRefusedAsync(stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            if (connection.Stopping.IsCancellationRequested)
                error = new ObjectDisposedException(nameof(RealtimeApiClient));
        }
        catch (Exception e)
        {
            error = e;
        }
        finally
        {
            // Not within Cancel(), which may be what brought the loop here.
            await Task.Yield();
            connection.Leave();
            stopping.Dispose();
        }

        Buffer.Complete(error);
        if (error is null)
            started.TrySetCanceled();
        else if (started.TrySetException(error))
            _ = started.Task.Exception; // Seen, also where the caller has left.
    }

    private async Task RunUntilRefusedAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var session = await connection.GetSessionAsync(cancellationToken).ConfigureAwait(false);
            var subscription = new Subscription($"{number}.{++attempts}", Buffer);
            SubscriptionEnd end;
            try
            {
                end = await SubscribeAsync(session, subscription, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                subscription.End(SubscriptionEnd.Disconnected);
                throw;
            }

            cursor = subscription.Cursor ?? cursor;
            if (subscription.Taken > 0)
                backoff.Reset();
            await PrepareNextAsync(session, subscription, end, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Subscribes, and gives the end of it. When cancelled, the server is told to stop as soon as it has answered.</summary>
    private async Task<SubscriptionEnd> SubscribeAsync(HubSession session, Subscription subscription, CancellationToken cancellationToken)
    {
        var call = session.SubscribeAsync(subscription, request with { Since = cursor });
        try
        {
            var reply = await call.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (reply?.Cursor is not { } start)
                return new(SubscriptionEndReason.Invalid, Problems.Invalid("The reply to Subscribe came without a cursor."));

            subscription.Start(start);
            started.TrySetResult(start);
            standing?.Invoke(true);
            try
            {
                return await subscription.Ended.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                standing?.Invoke(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _ = UnsubscribeAfterAsync(session, subscription, call);
            throw;
        }
        catch (HubException e)
        {
            session.Forget(subscription);
            if (Problems.Parse(e) is { } refusal)
                return new(SubscriptionEndReason.Ended, refusal);

            // The server failed. Of a watch that stood before, that is a disturbance to get over; of a new one, it is news.
            return started.Task.IsCompleted ? SubscriptionEnd.Gap : new(SubscriptionEndReason.Invalid, Problems.Invalid(e.Message, e));
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The connection broke before the reply.
            session.Forget(subscription);
            return SubscriptionEnd.Disconnected;
        }
    }

    /// <summary>Does what must be done before the watch can subscribe again, or throws why it cannot.</summary>
    private async Task PrepareNextAsync(HubSession session, Subscription subscription, SubscriptionEnd end, CancellationToken cancellationToken)
    {
        switch (end.Reason)
        {
            case SubscriptionEndReason.Disconnected:
                // A session that is dying may still be the current one for a moment, and one that lives may have failed just this call.
                if (!session.Closed.IsCompleted)
                    await Task.WhenAny(session.Closed, backoff.WaitAsync(null, cancellationToken)).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                break;

            case SubscriptionEndReason.Full:
                Log.Full(logger, request.Resource);
                await session.UnsubscribeAsync(subscription).WaitAsync(cancellationToken).ConfigureAwait(false);
                await Buffer.RoomAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
                break;

            case SubscriptionEndReason.Gap:
                Log.Gap(logger, request.Resource);
                await session.UnsubscribeAsync(subscription).WaitAsync(cancellationToken).ConfigureAwait(false);
                await backoff.WaitAsync(null, cancellationToken).ConfigureAwait(false);
                break;

            case SubscriptionEndReason.Ended when end.Error!.IsTransient:
                Log.Busy(logger, request.Resource, end.Error.Message);
                await backoff.WaitAsync(end.Error.RetryAfter, cancellationToken).ConfigureAwait(false);
                break;

            default:
                session.Forget(subscription);
                throw end.Error!;
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

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The caller of a watch of {Resource} is slow; it resumes when the buffer has room", EventName = "Full")]
        public static partial void Full(ILogger logger, string resource);

        [LoggerMessage(2, LogLevel.Warning, "A watch of {Resource} was not continued where it stood; it subscribes again from its last cursor", EventName = "Gap")]
        public static partial void Gap(ILogger logger, string resource);

        [LoggerMessage(3, LogLevel.Information, "A watch of {Resource} waits: {Reason}", EventName = "Busy")]
        public static partial void Busy(ILogger logger, string resource, string reason);
    }
}
