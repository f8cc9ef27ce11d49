using System.Runtime.InteropServices;

namespace RealtimeApi.Hosting.Startup;

/// <summary>Notices that the process is told to stop once more while it is stopping: whoever does that will not wait.</summary>
/// <remarks>Thread-safe. The first signal is the generic host's, which lets what is under way end in order. To be made when the host has started: who asked last for a signal is told first, and the host keeps the others waiting.</remarks>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource again = new();
    private readonly PosixSignalRegistration[] signals;
    private int count;

    public StopSignals() => signals = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT }.Select(signal => PosixSignalRegistration.Create(signal, OnSignal))];

    /// <summary>Cancelled by the second signal.</summary>
    public CancellationToken Again => again.Token;

    public void Dispose()
    {
        foreach (var signal in signals)
            signal.Dispose();
        again.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        // Without this the process would end here and now.
        context.Cancel = true;
        if (Interlocked.Increment(ref count) == 2)
            again.Cancel();
    }
}
