using Microsoft.Extensions.Logging;

namespace RealtimeApi.Client;

/// <summary>How a client's connection stands, whatever the transport, told one step at a time.</summary>
internal sealed partial class ConnectionStates(Action<ConnectionStateChange> changed, ILogger logger)
{
    private readonly object gate = new();

    public ConnectionState State { get; private set; }

    public void Raise(ConnectionStateChange change)
    {
        lock (gate)
        {
            State = change.State;
            try
            {
                changed(change);
            }
            catch (Exception e)
            {
                Log.HandlerFailed(logger, e);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3, LogLevel.Error, "A handler of ConnectionStateChanged failed", EventName = "HandlerFailed")]
        public static partial void HandlerFailed(ILogger logger, Exception exception);
    }
}
