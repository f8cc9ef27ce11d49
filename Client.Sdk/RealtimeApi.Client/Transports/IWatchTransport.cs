using RealtimeApi.Contracts;

namespace RealtimeApi.Client;

/// <summary>One way for the events of a watch to arrive. Thread-safe: all watches of a client share it.</summary>
internal interface IWatchTransport
{
    /// <summary>Which way it is.</summary>
    WatchTransport Kind { get; }

    /// <summary>What a server said that is busy, and what is left of the time for which it asked not to be asked again: a watch that is new here waits for that first. Null where it need not.</summary>
    (RealtimeApiException Refusal, TimeSpan Time)? Respite { get; }

    /// <summary>Counts a watch in until the result is disposed. What watches share, they keep open meanwhile.</summary>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    IDisposable Use();

    /// <summary>
    /// Follows a view from <see cref="WatchRequest.Since"/>, or from now on, until that ends: starts the subscription where the server says, and gives it the
    /// batches in the order of the log, each where the one before ended. Once this has ended, the subscription is given nothing more.
    /// </summary>
    /// <returns>Why it ended. <see cref="SubscriptionEndReason.Unsuitable"/> says that the server is there but this way to it is not.</returns>
    /// <exception cref="OperationCanceledException">Cancelled. The subscription may go on until the caller ends it.</exception>
    Task<SubscriptionEnd> RunAsync(Subscription subscription, WatchRequest request, CancellationToken cancellationToken);
}
