namespace RealtimeApi.Client;

/// <summary>How the one hub connection of a client stands.</summary>
public enum ConnectionState
{
    /// <summary>There is none: no watch is active, or the server refused the last attempt.</summary>
    Disconnected,

    /// <summary>The first connect is under way, or waits for its next attempt.</summary>
    Connecting,

    /// <summary>The connection is open.</summary>
    Connected,

    /// <summary>A connection was lost; the next is under way, or waits for its next attempt. Watches go on when it is there.</summary>
    Reconnecting,
}
