namespace RealtimeApi.Client;

/// <summary>How the changes of watches arrive. They are the same, in the same order and with the same cursors, whichever way they take.</summary>
public enum WatchTransport
{
    /// <summary>The best that works, tried in the order of the others, and tried again some minutes later where the best did not work.</summary>
    Automatic,

    /// <summary>The SignalR hub over a WebSocket: one connection for all watches.</summary>
    WebSockets,

    /// <summary>Server-sent events: one HTTP answer for each watch, which stays open.</summary>
    ServerSentEvents,

    /// <summary>HTTP requests that are answered when something has changed.</summary>
    LongPolling,

    /// <summary>HTTP requests at intervals of <see cref="RealtimeApiClientOptions.PollInterval"/>.</summary>
    Polling,
}
