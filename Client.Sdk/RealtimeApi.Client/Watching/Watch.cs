using Microsoft.Extensions.Logging;
using RealtimeApi.Contracts;

namespace RealtimeApi.Client;

/// <summary>One watch across connections and transports: starts, and starts again from its last cursor, until it is disposed or the server refuses.</summary>
/// <remarks>Owned by one loop; the caller reads <see cref="Buffer"/>. All it takes to go on is <see cref="cursor"/>.</remarks>
internal sealed partial class Watch : IDisposable
{
    /// <summary>A watch that has stood for so long is sound: the next failure starts from the shortest wait again.</summary>
    private static readonly TimeSpan Stable = TimeSpan.FromSeconds(10);

    private static int lastNumber;

    private readonly TransportChain transports;
    private readonly WatchRequest request;
    private readonly Action<bool, Exception?>? standing;
    private readonly Backoff backoff;
    private readonly Backoff busy;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stopping;
    private readonly TaskCompletionSource<string> started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int number = Interlocked.Increment(ref lastNumber);
    private string? cursor;
    private IWatchTransport transport;
    private IDisposable use;
    private bool isNew = true;
    private int attempts;
    private int failures;
    private long stoodSince;

    public Watch(TransportChain transports, WatchRequest request, int bufferSize, Action<bool, Exception?>? standing, Func<Backoff> newBackoff, TimeProvider time, ILogger logger)
    {
        this.transports = transports;
        this.request = request;
        this.standing = standing;
        (backoff, busy) = (newBackoff(), newBackoff());
        this.time = time;
        this.logger = logger;
        cursor = request.Since;
        Buffer = new(bufferSize);
        transport = transports.Current.Transport;
        use = transport.Use();
        stopping = CancellationTokenSource.CreateLinkedTokenSource(transports.Stopping);
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
            if (transports.Stopping.IsCancellationRequested)
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
            use.Dispose();
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
            var (current, left) = transports.Current;
            if (current != transport)
            {
                use.Dispose();
                transport = current;
                use = current.Use();
                isNew = true;
            }

            var subscription = new Subscription($"{number}.{++attempts}", Buffer, OnStarted);
            var end = await RunAsync(subscription, left, cancellationToken).ConfigureAwait(false);
            cursor = subscription.Cursor ?? cursor;
            var wasAccepted = subscription.Cursor is not null;
            var hasHeld = wasAccepted && time.GetElapsedTime(stoodSince) >= Stable;
            if (subscription.Taken > 0 || hasHeld)
            {
                backoff.Reset();
                failures = 0;
            }
            // One that says it is busy after each few changes is asked ever less often, too.
            if (hasHeld)
                busy.Reset();
            await PrepareNextAsync(end, wasAccepted, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>One run on one transport. When it has ended, the buffer is given nothing more and the subscription's cursor stays.</summary>
    private async Task<SubscriptionEnd> RunAsync(Subscription subscription, CancellationToken left, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, left);
        try
        {
            if (isNew)
                await HeedRespiteAsync(either.Token).ConfigureAwait(false);
            isNew = false;
            return await transport.RunAsync(subscription, request with { Since = cursor }, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (left.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return SubscriptionEnd.Left;
        }
        finally
        {
            subscription.End(SubscriptionEnd.Disconnected);
            if (subscription.Cursor is not null)
                standing?.Invoke(false, null);
        }
    }

    /// <summary>What the server has told other watches holds for a new one, too.</summary>
    private async Task HeedRespiteAsync(CancellationToken cancellationToken)
    {
        if (transport.Respite is not { } left)
            return;
        standing?.Invoke(false, left.Refusal);
        Log.Busy(logger, request.Resource, left.Refusal.Message);
        await busy.WaitAsync(left.Time, cancellationToken).ConfigureAwait(false);
    }

    private void OnStarted(string start)
    {
        stoodSince = time.GetTimestamp();
        started.TrySetResult(start);
        standing?.Invoke(true, null);
    }

    /// <summary>Does what must be done before the watch can go on, or throws why it cannot.</summary>
    private async Task PrepareNextAsync(SubscriptionEnd end, bool wasAccepted, CancellationToken cancellationToken)
    {
        if (end is { IsFailure: true, Cause: { } trouble })
            standing?.Invoke(false, trouble);
        switch (end.Reason)
        {
            case SubscriptionEndReason.Disconnected or SubscriptionEndReason.Left:
                cancellationToken.ThrowIfCancellationRequested();
                break;

            case SubscriptionEndReason.Full:
                Log.Full(logger, request.Resource);
                await Buffer.RoomAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
                break;

            case SubscriptionEndReason.Failed when started.Task.IsCompleted && ++failures <= RealtimeApiException.MaximumServerFailures: // Of a new watch it is news; of one that stood before, a disturbance to get over.
                Log.Failed(logger, request.Resource, end.Error!.Message);
                await busy.WaitWhileBusyAsync(end.Error, cancellationToken).ConfigureAwait(false);
                break;

            case SubscriptionEndReason.Gap:
                Log.Gap(logger, request.Resource);
                await backoff.WaitAsync(null, cancellationToken).ConfigureAwait(false);
                break;

            case SubscriptionEndReason.Broken:
                Log.Broken(logger, request.Resource, end.Cause?.Message ?? "the connection was lost");
                await backoff.WaitAsync((end.Cause as RealtimeApiException)?.RetryAfter, cancellationToken).ConfigureAwait(false);
                break;

            case SubscriptionEndReason.Unsuitable when transports.IsPinned && end.Error is { } answer:
                throw answer;

            case SubscriptionEndReason.Unsuitable:
                if (!transports.Leave(transport, end.Cause))
                    await backoff.WaitAsync(null, cancellationToken).ConfigureAwait(false);
                break;

            // A server that does not take the watch is waited for as long as it takes; one that takes it and breaks off, again and again at the same place, fails at it.
            case SubscriptionEndReason.Ended when end.Error!.IsTransient && !(wasAccepted && ++failures > RealtimeApiException.MaximumServerFailures):
                Log.Busy(logger, request.Resource, end.Error.Message);
                await busy.WaitWhileBusyAsync(end.Error, cancellationToken).ConfigureAwait(false);
                break;

            default:
                throw end.Error!;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The caller of a watch of {Resource} is slow; it resumes when the buffer has room", EventName = "Full")]
        public static partial void Full(ILogger logger, string resource);

        [LoggerMessage(2, LogLevel.Warning, "A watch of {Resource} was not continued where it stood; it subscribes again from its last cursor", EventName = "Gap")]
        public static partial void Gap(ILogger logger, string resource);

        [LoggerMessage(3, LogLevel.Information, "A watch of {Resource} waits: {Reason}", EventName = "Busy")]
        public static partial void Busy(ILogger logger, string resource, string reason);

        [LoggerMessage(4, LogLevel.Information, "A watch of {Resource} was cut off and goes on from its last cursor: {Reason}", EventName = "Broken")]
        public static partial void Broken(ILogger logger, string resource, string reason);

        [LoggerMessage(5, LogLevel.Warning, "The server failed at a watch of {Resource}, which is tried again from its last cursor: {Reason}", EventName = "Failed")]
        public static partial void Failed(ILogger logger, string resource, string reason);
    }
}
