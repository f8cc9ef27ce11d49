using System.Collections.Concurrent;

namespace RealtimeApi.Tests.Faults.Runs;

/// <summary>Counts what happens in a run. Thread-safe.</summary>
internal sealed class Tally
{
    private readonly ConcurrentDictionary<string, long> counts = new();

    public void Add(string what, long count = 1) => counts.AddOrUpdate(what, count, (_, before) => before + count);

    public long this[string what] => counts.GetValueOrDefault(what);

    public override string ToString() => string.Join(", ", counts.OrderBy(count => count.Key, StringComparer.Ordinal).Select(count => $"{count.Key} {count.Value}"));
}
