using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using RealtimeApi.Server.Feed;
using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.TestSupport.Following;
using Xunit;

namespace RealtimeApi.Tests.Faults.Shop;

/// <summary>What has really happened to a database of <see cref="ShopSchema"/>: the test's own record, and what the product's log makes of it.</summary>
/// <param name="database">The database.</param>
/// <param name="logStart">The log's newest position before the first change.</param>
internal sealed class Audit(TempDatabase database, long logStart)
{
    /// <summary>Begins, while nothing has been written and the hosts have made their log.</summary>
    public static Audit Begin(TempDatabase database)
    {
        Assert.Equal(0L, database.Execute("SELECT count(*) FROM Audit"));
        return new(database, (long)database.Execute("SELECT max(position) FROM realtime_changelog")!);
    }

    /// <summary>Reads the record of each resource.</summary>
    /// <remarks>SQLite commits one transaction at a time, so the test's triggers and the product's tell of the same changes in the same order, one for one.</remarks>
    public IReadOnlyDictionary<string, ChangeHistory> Read()
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
        Assert.True(logStart + last == (long)command.ExecuteScalar()!, $"The log ends at {command.ExecuteScalar()}, and {last} changes after {logStart} were made.");
        return histories;
    }

    /// <summary>How often each stamp was written.</summary>
    public IReadOnlyDictionary<string, int> CountStamps()
    {
        using var connection = database.Open();
        return Rows(connection).Select(row => (string?)JsonNode.Parse(row.Item)!["stamp"]).Where(stamp => stamp is not null).GroupBy(stamp => stamp!).ToDictionary(group => group.Key, group => group.Count());
    }

    /// <summary>The tables themselves hold what the record leads to.</summary>
    public void CheckTables(IReadOnlyDictionary<string, ChangeHistory> histories)
    {
        foreach (var (resource, key) in new[] { ("orders", "Id"), ("stock", "Code") })
        {
            var rows = (string?)database.Execute($"SELECT group_concat({key} || '=' || Stamp, char(10)) FROM {resource}") ?? "";
            Assert.Equal(
                rows.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal),
                histories[resource].Items.Select(item => $"{item.Key}={item.Value["stamp"]}").Order(StringComparer.Ordinal));
        }
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
