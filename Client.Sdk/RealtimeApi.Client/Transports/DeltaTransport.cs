using RealtimeApi.Contracts;

namespace RealtimeApi.Client;

/// <summary>Watches by asking for what has changed: requests that wait on the server for it, or requests at intervals.</summary>
/// <remarks>PROTOCOL, section Long polling and deltas.</remarks>
internal sealed class DeltaTransport(WatchTransport kind, RestApi rest, RealtimeApiClientOptions options, StreamStates states, Func<double> random) : IWatchTransport
{
    /// <summary>Shorter than the 30 seconds after which some proxies give up on an answer.</summary>
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(25);

    /// <summary>So many requests in a row that wait and fail, each after one that did not wait and succeeded, are no accident.</summary>
    private const int MaximumFailedWaits = 2;

    private int failedWaits;

    public WatchTransport Kind => kind;

    public IDisposable Use() => states.Use();

    public async Task<SubscriptionEnd> RunAsync(Subscription subscription, WatchRequest request, CancellationToken cancellationToken)
    {
        var end = await FollowAsync(subscription, request, cancellationToken).ConfigureAwait(false);
        if (end.Reason is SubscriptionEndReason.Broken or SubscriptionEndReason.Unsuitable)
            states.Broke(end.Cause);
        return end;
    }

    private async Task<SubscriptionEnd> FollowAsync(Subscription subscription, WatchRequest request, CancellationToken cancellationToken)
    {
        var cursor = request.Since;
        var wait = TimeSpan.Zero;
        while (true)
        {
            ChangesAnswer answer;
            using var timeout = options.TimeProvider.CreateCancellationTokenSource(wait + options.ConnectTimeout);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
            try
            {
                answer = await rest.GetChangesAsync(request with { Since = cursor }, wait, limit: null, either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw;
            }
            catch (RealtimeApiException e)
            {
                var end = RestApi.EndOf(e);
                return end.Reason == SubscriptionEndReason.Broken ? Broken(wait, e) : end;
            }
            catch (Exception e)
            {
                // Whatever broke it, the token provider included, is tried again.
                return Broken(wait, e);
            }

            if (wait > TimeSpan.Zero)
                Interlocked.Exchange(ref failedWaits, 0);
            if (subscription.TryStart(cursor ?? answer.Cursor!))
                states.Opened();
            if (cursor is not null && (answer.Changes!.Count > 0 || answer.Cursor != cursor))
                subscription.Take(ChangeBatch.Of(cursor, answer.Cursor!, answer.Changes));
            if (subscription.Ended.IsCompleted)
                return await subscription.Ended.ConfigureAwait(false);

            cursor = answer.Cursor;
            if (answer.More)
            {
                wait = TimeSpan.Zero;
                continue;
            }
            if (kind == WatchTransport.LongPolling)
                wait = Wait;
            else
                await options.TimeProvider.Delay(TimeSpan.FromTicks((long)(options.PollInterval.Ticks * (0.75 + (random() / 2)))), cancellationToken).ConfigureAwait(false);
        }
    }

    private SubscriptionEnd Broken(TimeSpan wait, Exception cause) =>
        wait > TimeSpan.Zero && Interlocked.Increment(ref failedWaits) >= MaximumFailedWaits
            ? new(SubscriptionEndReason.Unsuitable) { Cause = new TransportUnsuitableException("Requests that wait for changes fail.", cause) }
            : new(SubscriptionEndReason.Broken) { Cause = cause };
}
