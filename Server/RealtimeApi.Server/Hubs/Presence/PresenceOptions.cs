namespace RealtimeApi.Server.Hubs;

/// <summary>How nodes tell each other who watches what, where a resource allows it (<see cref="Resources.ResourceOptions.Presence"/>).</summary>
public sealed class PresenceOptions
{
    /// <summary>How often a node tells the others that it is there. One that is silent for three to four times as long is taken for dead, and its clients have left.</summary>
    /// <value>Default: 5 seconds. The same on all nodes.</value>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(5);
}
