using System.Globalization;
using RealtimeApi.Server.Data;

namespace RealtimeApi.Hosting.Maintenance;

/// <summary>Tells how far a reconciliation is, every other second, and what became of it.</summary>
internal sealed class ReconcileReport(TextWriter output, TextWriter progress, TimeProvider clock) : IProgress<(string Resource, ReconciliationProgress Progress, bool IsDone)>
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private long last = clock.GetTimestamp();

    public void Report((string Resource, ReconciliationProgress Progress, bool IsDone) value)
    {
        var (resource, state, isDone) = value;
        if (isDone)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{resource}: {state.Rows:N0} rows compared; written to the log: {state.Created:N0} created, {state.Updated:N0} updated, {state.Deleted:N0} deleted."));
            if (state.Note is { } note)
                output.WriteLine($"  {note}");
        }
        else if (clock.GetElapsedTime(last) >= Interval)
        {
            last = clock.GetTimestamp();
            progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{resource}: {state.Rows:N0}{(state.Total is { } total ? $" of about {total:N0}" : "")} rows compared"));
        }
    }
}
