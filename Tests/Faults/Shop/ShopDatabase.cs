using RealtimeApi.Tests.Faults.Nodes;
using RealtimeApi.Tests.Faults.Runs;
using RealtimeApi.Tests.Faults.Writers;
using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.TestSupport.Following;
using Xunit;

namespace RealtimeApi.Tests.Faults.Shop;

/// <summary>A database with the shop's tables and the test's own record of what happens to them.</summary>
internal abstract class ShopDatabase : IAsyncDisposable
{
    public abstract TestDatabase Database { get; }

    /// <summary>The disk that it has for itself, if any.</summary>
    public virtual SmallDisk? Disk => null;

    /// <summary>Remembers where the log begins, before the first change and while the hosts run.</summary>
    public abstract Task BeginAsync(Cluster cluster);

    /// <summary>Programs that write into it until they are stopped, and know nothing of the hosts.</summary>
    /// <param name="seed">Draws what they write, and is in its stamps.</param>
    /// <param name="errors">Told of transactions that failed.</param>
    /// <param name="tally">Counts.</param>
    public abstract IEnumerable<Func<CancellationToken, Task>> Writers(int seed, WriterErrors errors, Tally tally);

    /// <summary>What has happened to each resource, once nobody writes any more.</summary>
    public abstract Task<IReadOnlyDictionary<string, ChangeHistory>> ReadAsync(Cluster cluster);

    /// <summary>How often each stamp was written.</summary>
    public abstract IReadOnlyDictionary<string, int> CountStamps();

    /// <summary>The tables themselves hold what has happened to them.</summary>
    public void CheckTables(IReadOnlyDictionary<string, ChangeHistory> histories)
    {
        foreach (var (resource, key) in new[] { ("orders", "Id"), ("stock", "Code") })
        {
            var rows = (string?)Database.Execute(Database.Choose(
                $"SELECT group_concat({key} || '=' || Stamp, char(10)) FROM {resource}",
                $"SELECT STRING_AGG(CAST(CONCAT({key}, '=', Stamp) AS nvarchar(max)), CHAR(10)) FROM {resource}")) ?? "";
            Assert.Equal(
                rows.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal),
                histories[resource].Items.Select(item => $"{item.Key}={item.Value["stamp"]}").Order(StringComparer.Ordinal));
        }
    }

    public virtual async ValueTask DisposeAsync() => await Database.DisposeAsync();
}
