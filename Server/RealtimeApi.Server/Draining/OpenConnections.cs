using System.Diagnostics.Metrics;

namespace RealtimeApi.Server.Draining;

/// <summary>How many connections this host's Kestrel has, by its own count, which is kept for nobody unless somebody asks for it.</summary>
internal sealed class OpenConnections : IDisposable
{
    private readonly MeterListener listener = new();
    private long count;

    public OpenConnections(IMeterFactory meters)
    {
        listener.InstrumentPublished = (instrument, listener) =>
        {
            // Those that have been accepted and wait for a thread, and those that have one. A process may have several hosts.
            if (instrument.Meter.Scope == meters && instrument.Name is "kestrel.queued_connections" or "kestrel.active_connections")
                listener.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, change, _, _) => Interlocked.Add(ref count, change));
        listener.Start();
    }

    public long Count => Interlocked.Read(ref count);

    public void Dispose() => listener.Dispose();
}
