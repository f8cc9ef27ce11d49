namespace RealtimeApi.Client;

/// <summary>How a <see cref="LiveView{T}"/> stands, and since when. Immutable.</summary>
/// <param name="State">How it stands.</param>
/// <param name="Since">When it came to stand so, by <see cref="RealtimeApiClientOptions.TimeProvider"/>. Of <see cref="LiveState.Stale"/>: until when the items were current, or, when the list was complete only after the server was lost, when that was.</param>
public sealed record LiveStatus(LiveState State, DateTimeOffset Since)
{
    /// <summary>Why the view ended, or, while it is <see cref="LiveState.Connecting"/> or <see cref="LiveState.Stale"/>, what the last attempt failed by.</summary>
    /// <value>Null where nothing is known to be wrong; a <see cref="RealtimeApiException"/> where the server refused or failed.</value>
    public Exception? Error { get; init; }
}
