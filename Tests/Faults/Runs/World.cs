using System.Collections.Concurrent;
using RealtimeApi.Tests.Faults.Nodes;
using RealtimeApi.Tests.Faults.Shop;
using RealtimeApi.Tests.Faults.Writers;
using RealtimeApi.Tests.TestSupport;

namespace RealtimeApi.Tests.Faults.Runs;

/// <summary>What faults can be done to.</summary>
internal sealed class World(ShopDatabase shop, Cluster cluster, RedisServer? redis, Tally tally, WriterErrors errors)
{
    private readonly ConcurrentDictionary<string, bool> expected = new();

    public ShopDatabase Shop => shop;

    /// <summary>The file, where the database is one.</summary>
    public TempDatabase File => (TempDatabase)shop.Database;

    public Cluster Cluster => cluster;

    /// <summary>Null where the hosts have none.</summary>
    public RedisServer? Redis => redis;

    public Tally Tally => tally;

    public WriterErrors WriterErrors => errors;

    /// <summary>From now on hosts may log errors with this text, because the test itself does it to them.</summary>
    public void ExpectError(string fragment) => expected[fragment] = true;

    /// <summary>The errors that hosts logged and that nobody expects, each with the lines that follow it.</summary>
    public IReadOnlyList<string> FindErrors()
    {
        List<string> found = [];
        foreach (var node in cluster.Nodes)
        {
            string[] lines = [.. node.Lines];
            for (var i = 0; i < lines.Length; i++)
            {
                if (!IsError(lines[i]))
                    continue;
                var block = string.Join('\n', lines.Skip(i).TakeWhile((line, n) => n == 0 || (n < 15 && line.Contains("]       ", StringComparison.Ordinal))));
                if (!expected.Keys.Any(fragment => block.Contains(fragment, StringComparison.Ordinal)))
                    found.Add(block);
            }
        }

        return found;
    }

    private static bool IsError(string line) =>
        line.Contains("] fail:", StringComparison.Ordinal) || line.Contains("] crit:", StringComparison.Ordinal) || line.Contains("Unhandled exception", StringComparison.Ordinal)
        || line.Contains("Out of memory", StringComparison.Ordinal);
}
