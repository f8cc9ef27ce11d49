namespace RealtimeApi.Server.Hubs;

/// <summary>Limits of the messages that clients send each other, where a resource allows it (<see cref="Resources.ResourceOptions.Messages"/>).</summary>
public sealed class MessagesOptions
{
    /// <summary>The largest message, in bytes of its JSON without white space; a larger one is refused with <c>payload-too-large</c>.</summary>
    /// <value>Default: 4,096. At most 24,576.</value>
    public int MaxBytes { get; set; } = 4096;

    /// <summary>How many messages a connection may send in a second, in the long run; more are refused with <c>limit-exceeded</c>.</summary>
    /// <value>Default: 30, enough for a pointer that moves.</value>
    public int PerSecond { get; set; } = 30;

    /// <summary>How many messages a connection may send at once, after a pause.</summary>
    /// <value>Default: 60. At least <see cref="PerSecond"/>.</value>
    public int Burst { get; set; } = 60;
}
