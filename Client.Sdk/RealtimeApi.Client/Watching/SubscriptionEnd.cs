namespace RealtimeApi.Client;

/// <summary>Why a subscription delivers nothing more.</summary>
internal enum SubscriptionEndReason
{
    /// <summary>The connection is gone.</summary>
    Disconnected,

    /// <summary>The server ended it.</summary>
    Ended,

    /// <summary>The caller's buffer is full.</summary>
    Full,

    /// <summary>A batch did not start where the one before had ended.</summary>
    Gap,

    /// <summary>A batch does not follow the protocol.</summary>
    Invalid,
}

/// <summary>How a subscription ended.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Error">What the server said, where it did.</param>
internal sealed record SubscriptionEnd(SubscriptionEndReason Reason, RealtimeApiException? Error = null)
{
    public static SubscriptionEnd Disconnected { get; } = new(SubscriptionEndReason.Disconnected);

    public static SubscriptionEnd Full { get; } = new(SubscriptionEndReason.Full);

    public static SubscriptionEnd Gap { get; } = new(SubscriptionEndReason.Gap);
}
