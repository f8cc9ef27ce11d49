using Microsoft.Extensions.Logging;

namespace RealtimeApi.Client;

/// <summary>How a client's connection stands, whatever the transport, told one step at a time.</summary>
/// <param name="changed">Tells the handlers, and gives on what each of them throws.</param>
/// <param name="logger">The client's.</param>
internal sealed partial class ConnectionStates(Action<ConnectionStateChange, Action<Exception>> changed, ILogger logger)
{
    private readonly object gate = new();
    private readonly Action<Exception> failed = error => Log.HandlerFailed(logger, error);

    public ConnectionState State { get; private set; }

    public void Raise(ConnectionStateChange change)
    {
        lock (gate)
        {
            State = change.State;
            changed(change, failed);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3, LogLevel.Error, "A handler of ConnectionStateChanged failed", EventName = "HandlerFailed")]
        public static partial void HandlerFailed(ILogger logger, Exception exception);
    }
}
