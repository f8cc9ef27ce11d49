namespace RealtimeApi.Client;

/// <summary>How a <see cref="LiveView{T}"/> stands, and since when. Immutable.</summary>
/// <param name="State">How it stands.</param>
/// <param name="Since">When it came to stand so, by <see cref="RealtimeApiClientOptions.TimeProvider"/>. Of <see cref="LiveState.Stale"/>: until when the items were current, or, when the list was complete only after the server was lost, when that was.</param>
public sealed record LiveStatus(LiveState State, DateTimeOffset Since)
{
    /// <summary>Why the view ended.</summary>
    /// <value>Null unless it ended by an error; a <see cref="RealtimeApiException"/> where the server refused.</value>
    public Exception? Error { get; init; }
}
