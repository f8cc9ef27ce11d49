using System.Globalization;
using Microsoft.Data.SqlClient;
using RealtimeApi.Client;
using RealtimeApi.Tests.Faults.Nodes;
using RealtimeApi.Tests.Faults.Runs;
using RealtimeApi.Tests.Faults.Writers;
using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.TestSupport.Following;
using RealtimeApi.Tests.TestSupport.SqlServer;
using Xunit;

namespace RealtimeApi.Tests.Faults.Shop;

/// <summary>
/// The shop on SQL Server. Transactions run beside each other there, and only the changes of one row have an order that the test's triggers can know; so what has happened is read by one undisturbed
/// watch at the end, and held against the test's record row by row.
/// </summary>
internal sealed class SqlServerShop : ShopDatabase
{
    private const int WriterCount = 3;

    private readonly TempSqlServerDatabase database;
    private string start = "";

    private SqlServerShop(TempSqlServerDatabase database) => this.database = database;

    public override TestDatabase Database => database;

    /// <summary>Makes one; skips the test that calls it where there is no server.</summary>
    public static async Task<ShopDatabase> CreateAsync() => new SqlServerShop(await TempSqlServerDatabase.CreateAsync(ShopSchema.SqlServer, TestContext.Current.CancellationToken));

    public override async Task BeginAsync(Cluster cluster)
    {
        await using var client = new RealtimeApiClient(new RealtimeApiClientOptions(cluster.Nodes[0].Address));
        start = (await client.Resource("orders").ListAsync(cancellationToken: TestContext.Current.CancellationToken)).Cursor!;
    }

    public override IEnumerable<Func<CancellationToken, Task>> Writers(int seed, WriterErrors errors, Tally tally) =>
        Enumerable.Range(0, WriterCount).Select(i => (Func<CancellationToken, Task>)new SqlServerWriter(database, $"sql{i}-{seed}", seed + i, errors, tally).WriteAsync);

    public override async Task<IReadOnlyDictionary<string, ChangeHistory>> ReadAsync(Cluster cluster)
    {
        // Marks the end: who has seen these has seen everything.
        database.Execute("INSERT INTO Orders VALUES (999999, 0, N'open', N'last-order', NULL); INSERT INTO Stock VALUES (N'last', 0, N'last-stock')");
        var histories = new Dictionary<string, ChangeHistory> { ["orders"] = new(ShopSchema.Orders), ["stock"] = new(ShopSchema.Stock) };
        foreach (var (resource, last) in new[] { ("orders", "999999"), ("stock", "last") })
        {
            var follower = new HubFollower(cluster.Nodes[0].Address, "json", ShopSchema.All(resource), initial: false, new Random(1), since: start);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            var following = follower.FollowAsync(stop.Token);
            await Until.TrueAsync(() => follower.Followed.Has(last), following, $"The undisturbed watch of {resource} comes to its end.");

            await stop.CancelAsync();
            await following;
            foreach (var seen in follower.Followed.Stretches.Single().Events)
                histories[resource].Add(seen);
            Assert.Equal(Recorded(resource), histories[resource].All.GroupBy(seen => seen.Key).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group =>
                $"{group.Key}: {string.Join(' ', group.Select(seen => $"{seen.Operation} {seen.Data?["stamp"]}".Trim()))}"));
        }

        return histories;
    }

    public override IReadOnlyDictionary<string, int> CountStamps() =>
        Rows("SELECT Stamp, CAST(COUNT(*) AS nvarchar(20)), '', '' FROM Audit WHERE Stamp IS NOT NULL GROUP BY Stamp").ToDictionary(row => row[0], row => int.Parse(row[1], CultureInfo.InvariantCulture));

    /// <summary>What was done to each row, in its order.</summary>
    private IEnumerable<string> Recorded(string resource) =>
        Rows($"SELECT ItemKey, Operation, COALESCE(Stamp, ''), '' FROM Audit WHERE Resource = '{resource}' ORDER BY Id")
            .GroupBy(row => row[0]).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => $"{group.Key}: {string.Join(' ', group.Select(row => $"{row[1]} {row[2]}".Trim()))}");

    private List<string[]> Rows(string sql)
    {
        using var connection = new SqlConnection(database.ConnectionString);
        connection.Open();
#pragma warning disable CA2100 // The test's own text.
        using var command = new SqlCommand(sql, connection) { CommandTimeout = 120 };
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        var rows = new List<string[]>();
        while (reader.Read())
            rows.Add([reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3)]);
        return rows;
    }
}
