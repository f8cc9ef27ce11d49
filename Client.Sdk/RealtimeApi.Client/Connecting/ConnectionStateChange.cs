namespace RealtimeApi.Client;

/// <summary>A step in the life of the connection of a client's watches, see <see cref="RealtimeApiClient.ConnectionStateChanged"/>.</summary>
public sealed record ConnectionStateChange
{
    /// <summary>The state now.</summary>
    public required ConnectionState State { get; init; }

    /// <summary>By which transport.</summary>
    public WatchTransport Transport { get; init; }

    /// <summary>What broke the connection or the last attempt, or why the server refused it.</summary>
    /// <value>Null where nothing failed.</value>
    public Exception? Error { get; init; }

    /// <summary>How many attempts have failed since a connection last held.</summary>
    public int FailedAttempts { get; init; }

    /// <summary>The time until the next attempt.</summary>
    /// <value>Null while no attempt is waited for.</value>
    public TimeSpan? RetryIn { get; init; }
}
