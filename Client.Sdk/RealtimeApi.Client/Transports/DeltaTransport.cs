using RealtimeApi.Contracts;

namespace RealtimeApi.Client;

/// <summary>Watches by asking for what has changed: requests that wait on the server for it, or requests at intervals.</summary>
/// <remarks>PROTOCOL, section Long polling and deltas.</remarks>
internal sealed class DeltaTransport(WatchTransport kind, RestApi rest, RealtimeApiClientOptions options, StreamStates states, Func<double> random) : IWatchTransport
{
    /// <summary>Shorter than the 30 seconds after which some proxies give up on an answer.</summary>
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(25);

    /// <summary>An answer that waited for a change and has none comes later than this.</summary>
    private static readonly TimeSpan TooSoon = TimeSpan.FromSeconds(1);

    /// <summary>Requests that wait and fail, each time followed by one that does not wait and succeeds.</summary>
    private readonly Suspicions failedWaits = new(maximum: 2);

    public WatchTransport Kind => kind;

    public (RealtimeApiException Refusal, TimeSpan Time)? Respite => states.Respite;

    public IDisposable Use() => states.Use();

    public Task<SubscriptionEnd> RunAsync(Subscription subscription, WatchRequest request, CancellationToken cancellationToken) =>
        states.RunAsync(subscription, () => FollowAsync(subscription, request, cancellationToken));

    private async Task<SubscriptionEnd> FollowAsync(Subscription subscription, WatchRequest request, CancellationToken cancellationToken)
    {
        var cursor = request.Since;
        var wait = TimeSpan.Zero;
        var wasEmptyTooSoon = false;
        while (true)
        {
            ChangesAnswer answer;
            var begun = failedWaits.Begin();
            var asked = options.TimeProvider.GetTimestamp();
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
                return end.Reason == SubscriptionEndReason.Broken ? Broken(wait, begun, e) : end;
            }
            catch (Exception e)
            {
                // Whatever broke it, the token provider included, is tried again.
                return Broken(wait, begun, e);
            }

            var mayNotWait = wait == TimeSpan.Zero && failedWaits.Confirm();
            if (wait > TimeSpan.Zero)
                failedWaits.Clear();
            if (subscription.TryStart(cursor ?? answer.Cursor!))
                states.Opened();
            if (cursor is not null && (answer.Changes!.Count > 0 || answer.Cursor != cursor))
                subscription.Take(ChangeBatch.Of(cursor, answer.Cursor!, answer.Changes));
            if (subscription.Ended.IsCompleted)
                return await subscription.Ended.ConfigureAwait(false);
            if (mayNotWait)
                return new(SubscriptionEndReason.Unsuitable) { Cause = new TransportUnsuitableException("Requests that wait for changes fail, and others do not.") };

            // So does a server that stops, and another one is there. Whatever makes it answer so again, asking at once each time would help nobody.
            var isEmptyTooSoon = wait > TimeSpan.Zero && answer.Changes!.Count == 0 && options.TimeProvider.GetElapsedTime(asked) < TooSoon;
            var hasComeOn = answer.Cursor != cursor;
            cursor = answer.Cursor;
            if (answer.More && hasComeOn)
                wait = TimeSpan.Zero;
            else if (kind == WatchTransport.LongPolling && !(isEmptyTooSoon && wasEmptyTooSoon) && !answer.More)
                wait = Wait;
            else
                await options.TimeProvider.Delay(TimeSpan.FromTicks((long)(options.PollInterval.Ticks * (0.75 + (random() / 2)))), cancellationToken).ConfigureAwait(false);
            wasEmptyTooSoon = isEmptyTooSoon;
        }
    }

    private SubscriptionEnd Broken(TimeSpan wait, long begun, Exception cause)
    {
        if (wait > TimeSpan.Zero)
            failedWaits.Raise(begun);
        else
            failedWaits.Clear(); // It is the server that is away.
        return new(SubscriptionEndReason.Broken) { Cause = cause };
    }
}
