namespace RealtimeApi.Client;

/// <summary>How the connection of a client's watches stands.</summary>
public enum ConnectionState
{
    /// <summary>There is none: no watch is active, or the server refused the last attempt.</summary>
    Disconnected,

    /// <summary>The first connect is under way, or waits for its next attempt.</summary>
    Connecting,

    /// <summary>The connection is open. Of a transport with a connection for each watch: all of them, as far as is known.</summary>
    Connected,

    /// <summary>A connection was lost; the next is under way, or waits for its next attempt. Watches go on when it is there.</summary>
    Reconnecting,
}
