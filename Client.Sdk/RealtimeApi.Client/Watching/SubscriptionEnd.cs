namespace RealtimeApi.Client;

/// <summary>Why a subscription delivers nothing more.</summary>
internal enum SubscriptionEndReason
{
    /// <summary>The connection is gone; the transport sees to the wait for the next one.</summary>
    Disconnected,

    /// <summary>The connection is gone, or could not be made; the next attempt should wait.</summary>
    Broken,

    /// <summary>The server is there, but this transport does not lead to it.</summary>
    Unsuitable,

    /// <summary>The watches have gone on to another transport.</summary>
    Left,

    /// <summary>The server failed, without saying what that means.</summary>
    Failed,

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
    /// <summary>What broke it, where something did.</summary>
    public Exception? Cause { get; init; } = Error;

    /// <summary>Whether it was not the watch that was refused or left: something, or the server, failed.</summary>
    public bool IsFailure => Reason is SubscriptionEndReason.Broken or SubscriptionEndReason.Unsuitable or SubscriptionEndReason.Failed || (Reason == SubscriptionEndReason.Ended && Error!.IsTransient);

    public static SubscriptionEnd Broken { get; } = new(SubscriptionEndReason.Broken);

    public static SubscriptionEnd Left { get; } = new(SubscriptionEndReason.Left);

    public static SubscriptionEnd Disconnected { get; } = new(SubscriptionEndReason.Disconnected);

    public static SubscriptionEnd Full { get; } = new(SubscriptionEndReason.Full);

    public static SubscriptionEnd Gap { get; } = new(SubscriptionEndReason.Gap);
}
