using Microsoft.Data.SqlClient;
using RealtimeApi.Server.Data.SqlServer;
using RealtimeApi.Server.Feed;
using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.Unit.Data.Specifications;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.SqlServer;

/// <summary>Transactions that are open at the same time and end in any order: what a feed reads meanwhile has no gap, and each row's changes in the order of their commits.</summary>
public sealed class SqlServerHighWaterTests(SqlServerTestDatabase database) : IClassFixture<SqlServerTestDatabase>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_WhileAnEarlierTransactionIsOpen_GivesNothingAfterItUntilItEnds()
    {
        await using var harness = new SqlServerChangeLogHarness(database.Get(), settles: false);
        var start = await harness.PrepareAsync();
        await using var open = await harness.ConnectAsync();
        await using var transaction = (SqlTransaction)await open.BeginTransactionAsync(Cancellation);
        await open.RunAsync(transaction, "INSERT INTO orders (id, status, total) VALUES (1, 'open', 1)", Cancellation);
        harness.Execute("INSERT INTO orders (id, status, total) VALUES (2, 'done', 2)");
        Assert.Empty(await harness.ReadAsync(start.Head.Position));
        await transaction.CommitAsync(Cancellation);
        Assert.Equal(["orders + {1,open,1}", "orders + {2,done,2}"], await ReadAsync(harness, start.Head.Position, 2));
    }

    [Fact]
    public async Task Read_AfterAnEarlierTransactionRolledBack_GoesOn()
    {
        await using var harness = new SqlServerChangeLogHarness(database.Get(), settles: false);
        var start = await harness.PrepareAsync();
        await using var open = await harness.ConnectAsync();
        await using var transaction = (SqlTransaction)await open.BeginTransactionAsync(Cancellation);
        await open.RunAsync(transaction, "INSERT INTO orders (id, status, total) VALUES (1, 'open', 1)", Cancellation);
        harness.Execute("INSERT INTO orders (id, status, total) VALUES (2, 'done', 2)");
        Assert.Empty(await harness.ReadAsync(start.Head.Position));
        await transaction.RollbackAsync(Cancellation);
        Assert.Equal(["orders + {2,done,2}"], await ReadAsync(harness, start.Head.Position, 1));
    }

    [Fact]
    public async Task Read_OfARowThatALongerTransactionWroteLast_GivesItsChangeLast()
    {
        await using var harness = new SqlServerChangeLogHarness(database.Get(), settles: false);
        harness.Execute("INSERT INTO orders (id, status, total) VALUES (1, 'a', 1)");
        var start = await harness.PrepareAsync();
        await using var longer = await harness.ConnectAsync();
        await using var transaction = (SqlTransaction)await longer.BeginTransactionAsync(Cancellation);
        await longer.RunAsync(transaction, "INSERT INTO customers (id, name) VALUES (1, 'first')", Cancellation);
        harness.Execute("UPDATE orders SET status = 'b' WHERE id = 1");
        await longer.RunAsync(transaction, "UPDATE orders SET status = 'c' WHERE id = 1", Cancellation);
        await transaction.CommitAsync(Cancellation);
        Assert.Equal(
            ["customers + {1,first}", "orders {1,a,1} > {1,b,1}", "orders {1,b,1} > {1,c,1}"], await ReadAsync(harness, start.Head.Position, 3));
    }

    [Fact]
    public async Task Find_OfAPointThatAnotherNodeGaveOut_Continues()
    {
        await using var harness = new SqlServerChangeLogHarness(database.Get(), settles: false);
        await harness.PrepareAsync();
        var another = harness.OpenAnother();
        await another.PrepareAsync(harness.Catalog(), Cancellation);
        harness.Execute("INSERT INTO orders (id, status, total) VALUES (1, 'a', 1)");
        await ReadAsync(harness, LogPosition.Zero, 1);
        var point = (await harness.Log.ReadAsync(harness.Catalog(), LogPosition.Zero, 1 << 20, null, Cancellation)).Through;
        await using var open = await harness.ConnectAsync();
        await using var transaction = (SqlTransaction)await open.BeginTransactionAsync(Cancellation);
        await open.RunAsync(transaction, "INSERT INTO orders (id, status, total) VALUES (2, 'open', 1)", Cancellation);
        var state = await another.FindAsync(point.Position, Cancellation);
        Assert.True(state.Continues(state.LogId, point));
    }

    [Fact]
    public async Task Read_WhileManyWrite_HasNoGapAndKeepsTheOrderOfEachRow()
    {
        var seed = Environment.GetEnvironmentVariable("HIGHWATER_SEED") is { Length: > 0 } text ? int.Parse(text) : Random.Shared.Next(1_000_000);
        await using var harness = new SqlServerChangeLogHarness(database.Get(), settles: false);
        var start = await harness.PrepareAsync();
        var catalog = harness.Catalog();
        var writers = Enumerable.Range(0, 5).Select(i => Task.Run(() => WriteAsync(harness, new(seed + i)), Cancellation)).ToList();
        var all = Task.WhenAll(writers);
        var seen = new List<string>();
        var rows = new Dictionary<string, string>();
        var random = new Random(seed);
        var after = start.Head;
        for (var isLast = false; ;)
        {
            isLast = all.IsCompleted;
            var page = await harness.Log.ReadAsync(catalog, after.Position, random.Next(3) == 0 ? 1 : 10_000, null, Cancellation);
            Assert.True(page.After is null || page.After == after, $"seed {seed}: the page does not follow");
            foreach (var change in page.Changes)
            {
                Assert.True(change.Point.Position > after.Position, $"seed {seed}: out of order");
                var line = ChangeLogHarness.Describe(change);
                seen.Add($"{change.Point.Position.Major} {line}");
                Apply(rows, line, change.Before is not null, change.After is not null, seed);
                after = change.Point;
            }

            after = page.Through;
            if (isLast && !page.HasMore && after.Position.Major == harness.Scalar<long>("SELECT MAX(CONVERT(bigint, [Position])) FROM [realtime].[ChangeLog]") && after == (await harness.Log.FindAsync(LogPosition.Max, Cancellation)).Head && page.Changes.Count == 0)
                break;
        }

        await all;
        Assert.Equal(
            harness.Rows("SELECT id, status, total FROM orders ORDER BY id", static row => $"{{{row.GetInt32(0)},{row.GetString(1)},{row.GetInt32(2)}}}"),
            rows.OrderBy(static row => int.Parse(row.Key)).Select(static row => row.Value));
        var again = new List<string>();
        for (var position = start.Head.Position; ;)
        {
            var page = await harness.Log.ReadAsync(catalog, position, 1 << 20, null, Cancellation);
            again.AddRange(page.Changes.Select(static change => $"{change.Point.Position.Major} {ChangeLogHarness.Describe(change)}"));
            position = page.Through.Position;
            if (!page.HasMore)
                break;
        }

        Assert.Equal(again, seen);
        Assert.NotEmpty(seen);
    }

    /// <summary>What there is, once there are so many changes: transactions of other databases may hold Babelfish's mark for a moment, too.</summary>
    private static async Task<List<string>> ReadAsync(SqlServerChangeLogHarness harness, LogPosition after, int count)
    {
        List<string> lines = [];
        await Until.TrueAsync(async () => (lines = await harness.ReadAsync(after)).Count >= count);
        return lines;
    }

    /// <summary>Short and long transactions of one to five statements; a third of them is rolled back.</summary>
    private static async Task WriteAsync(SqlServerChangeLogHarness harness, Random random)
    {
        await using var connection = await harness.ConnectAsync();
        for (var i = 0; i < 40; i++)
        {
            try
            {
                await using var transaction = (SqlTransaction)await connection.BeginTransactionAsync(Cancellation);
                for (var statements = random.Next(1, 6); statements > 0; statements--)
                {
                    var id = random.Next(8);
                    var value = random.Next(1000);
                    await connection.RunAsync(
                        transaction,
                        random.Next(4) switch
                        {
                            0 => $"DELETE FROM orders WHERE id = {id}",
                            1 => $"UPDATE orders SET total = {value}",
                            2 => $"UPDATE orders SET status = 's{value}' WHERE id = {id}",
                            _ => $"INSERT INTO orders (id, status, total) SELECT {id}, 'n', {value} WHERE NOT EXISTS (SELECT 1 FROM orders WHERE id = {id})",
                        },
                        Cancellation);
                }

                if (random.Next(3) == 0)
                    await transaction.RollbackAsync(Cancellation);
                else
                    await transaction.CommitAsync(Cancellation);
            }
            catch (SqlException e) when (e.Number is 2627 or 2601 || SqlServerErrors.Judge(e) == SqlServerFault.Undone)
            {
                // They get in each other's way; what was undone is to leave no trace.
            }
        }
    }

    private static void Apply(Dictionary<string, string> rows, string line, bool hasBefore, bool hasAfter, int seed)
    {
        var images = line[(line.IndexOf('{', StringComparison.Ordinal))..].Split(" > ");
        var key = images[0][1..images[0].IndexOf(',', StringComparison.Ordinal)];
        if (hasBefore)
            Assert.True(rows.TryGetValue(key, out var held) && held == images[0], $"seed {seed}: {line}, but the log said {rows.GetValueOrDefault(key)} before");
        else
            Assert.False(rows.ContainsKey(key), $"seed {seed}: {line}, but it is there");
        if (hasAfter)
            rows[key] = images[^1];
        else
            rows.Remove(key);
    }
}
