using System.Collections.Concurrent;
using RealtimeApi.Tests.Faults.Runs;
using Xunit;

namespace RealtimeApi.Tests.Faults.Writers;

/// <summary>What writers were told when a transaction failed. None may fail by the product's doing.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class WriterErrors(Tally tally)
{
    private readonly ConcurrentQueue<string> unexpected = new();
    private readonly ConcurrentDictionary<string, bool> expected = new();

    /// <summary>From now on writers may be told so, because the test itself does it to them.</summary>
    public void Expect(string fragment) => expected[fragment] = true;

    /// <summary>Takes down an error.</summary>
    /// <param name="message">What the writer was told.</param>
    /// <param name="waits">Whether the writer waits for others' locks, as every writer on a file that others use must.</param>
    public void Add(string message, bool waits)
    {
        if (!waits && message.Contains("database is locked", StringComparison.Ordinal))
            tally.Add("writers that did not wait and lost");
        else if (expected.Keys.Any(fragment => message.Contains(fragment, StringComparison.Ordinal)))
            tally.Add("writes that failed as the fault must have it");
        else
            unexpected.Enqueue(message);
    }

    public void Check() => Assert.True(unexpected.IsEmpty, $"Writers' transactions failed:\n{string.Join('\n', unexpected.Take(20))}");
}
