using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using RealtimeApi.Server.Feed;
using RealtimeApi.Tests.Faults.Nodes;
using RealtimeApi.Tests.Faults.Runs;
using RealtimeApi.Tests.Faults.Writers;
using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.TestSupport.Following;
using Xunit;

namespace RealtimeApi.Tests.Faults.Shop;

/// <summary>The shop in a SQLite file. SQLite commits one transaction at a time, so the test's triggers and the product's tell of the same changes in the same order, one for one.</summary>
internal sealed class SqliteShop : ShopDatabase
{
    private readonly TempDatabase database;
    private long logStart;

    /// <param name="hasDisk">Whether it is to be on a disk of its own, where one can be made.</param>
    public SqliteShop(bool hasDisk)
    {
        Disk = hasDisk ? SmallDisk.TryCreate(megabytes: 8192) : null;
        database = new(ShopSchema.Sqlite, Disk?.Directory);
    }

    public override TestDatabase Database => database;

    public override SmallDisk? Disk { get; }

    public override Task BeginAsync(Cluster cluster)
    {
        Assert.Equal(0L, database.Execute("SELECT count(*) FROM Audit"));
        logStart = (long)database.Execute("SELECT max(position) FROM realtime_changelog")!;
        return Task.CompletedTask;
    }

    public override IEnumerable<Func<CancellationToken, Task>> Writers(int seed, WriterErrors errors, Tally tally) =>
    [
        new OwnWriter(database, $"own{seed}", seed, errors, tally).WriteAsync,
        new ShellWriter(database, $"shell-a{seed}", seed + 1, errors, tally).WriteAsync,
        new ShellWriter(database, $"shell-b{seed}", seed + 2, errors, tally).WriteAsync,
    ];

    public override Task<IReadOnlyDictionary<string, ChangeHistory>> ReadAsync(Cluster cluster)
    {
        var histories = new Dictionary<string, ChangeHistory> { ["orders"] = new(ShopSchema.Orders), ["stock"] = new(ShopSchema.Stock) };
        using var connection = database.Open();
        using var transaction = connection.BeginTransaction(deferred: true);
        var last = 0L;
        foreach (var (id, resource, operation, text) in Rows(connection))
        {
            Assert.Equal(last + 1, last = id);
            var item = JsonNode.Parse(text)!.AsObject();
            var view = operation switch { "created" => "added", "updated" => "modified", _ => "removed" };
            histories[resource].Add(new(new LogPosition(logStart + id), true, operation, view, ShopSchema.KeyOf(resource, item), operation == "deleted" ? null : item, null));
        }

        using var command = connection.CreateCommand();
        command.CommandText = "SELECT max(position) FROM realtime_changelog";
        var end = (long)command.ExecuteScalar()!;
        Assert.True(logStart + last == end, $"The log ends at {end}, and {last} changes were made after {logStart}.");
        return Task.FromResult<IReadOnlyDictionary<string, ChangeHistory>>(histories);
    }

    public override IReadOnlyDictionary<string, int> CountStamps()
    {
        using var connection = database.Open();
        return Rows(connection).Select(row => (string?)JsonNode.Parse(row.Item)!["stamp"]).OfType<string>().GroupBy(stamp => stamp).ToDictionary(group => group.Key, group => group.Count());
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Disk?.Dispose();
    }

    private static IEnumerable<(long Id, string Resource, string Operation, string Item)> Rows(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT Id, Resource, Operation, Item FROM Audit ORDER BY Id";
        using var reader = command.ExecuteReader();
        while (reader.Read())
            yield return (reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3));
    }
}
