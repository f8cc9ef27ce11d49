using Microsoft.Data.SqlClient;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Data.SqlServer;
using RealtimeApi.Server.DependencyInjection;
using RealtimeApi.Server.Resources;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.SqlServer;

public sealed class SqlServerReconciliationTests(SqlServerTestDatabase database) : IClassFixture<SqlServerTestDatabase>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_OfAWholeLog_WritesExactlyWhatIsMissing()
    {
        await using var harness = new SqlServerChangeLogHarness(database.Get());
        await harness.PrepareAsync();
        harness.Execute("INSERT INTO orders (id, status, total) VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3), (4, 'd', 4); DELETE FROM orders WHERE id = 4");
        Unseen(harness, "UPDATE orders SET status = 'x' WHERE id = 1; DELETE FROM orders WHERE id = 2; INSERT INTO orders (id, status, total) VALUES (4, 'd', 4), (5, 'e', 5)");
        var before = await harness.PrepareWithoutRepairAsync();
        var reports = new List<ReconciliationProgress>();
        var done = await RunAsync(harness, "orders", reports);
        Assert.Equal((2, 1, 1), (done.Created, done.Updated, done.Deleted));
        Assert.Null(done.Note);
        Assert.NotEmpty(reports);
        Assert.Equal(
            ["orders + {4,d,4}", "orders + {5,e,5}", "orders - {2,b,2}", "orders {1,a,1} > {1,x,1}"],
            (await harness.ReadAsync(before.Head.Position)).Order(StringComparer.Ordinal));
        Assert.Equal(before.CaptureStarts["orders"], (await harness.PrepareWithoutRepairAsync()).CaptureStarts["orders"]);
        Assert.Equal(0, (await RunAsync(harness, "orders", [])) is var again ? again.Created + again.Updated + again.Deleted : -1);
    }

    [Fact]
    public async Task Run_OfALogThatDoesNotKnowEveryRow_LetsCursorsExpire()
    {
        await using var harness = new SqlServerChangeLogHarness(database.Get());
        harness.Execute("INSERT INTO orders (id, status, total) VALUES (1, 'old', 1), (2, 'b', 2)");
        await harness.PrepareAsync();
        harness.Execute("UPDATE orders SET total = 3 WHERE id = 2");
        harness.Execute("TRUNCATE TABLE orders");
        var before = await harness.PrepareWithoutRepairAsync();
        var done = await RunAsync(harness, "orders", []);
        Assert.Equal((0, 0, 1), (done.Created, done.Updated, done.Deleted));
        Assert.NotNull(done.Note);
        var page = await harness.Log.ReadAsync(harness.Catalog(), before.Head.Position, 1 << 20, null, Cancellation);
        Assert.Equal("orders", Assert.Single(page.Resets).ResourceName);
        Assert.Equal(["orders - {2,b,3}"], page.Changes.Select(Specifications.ChangeLogHarness.Describe));
        Assert.Equal(page.Resets[0].Point.Position, (await harness.PrepareWithoutRepairAsync()).CaptureStarts["orders"]);
    }

    [Fact]
    public async Task Run_OfManyRows_ComparesThemInBatches()
    {
        await using var harness = new SqlServerChangeLogHarness(database.Get());
        await harness.PrepareAsync();
        harness.Execute($"INSERT INTO customers (id, name) VALUES {string.Join(',', Enumerable.Range(0, 450).Select(static n => $"({n}, 'n')"))}");
        Unseen(harness, "DELETE FROM customers WHERE id % 2 = 0; UPDATE customers SET name = 'N' WHERE id % 3 = 0; INSERT INTO customers (id, name) VALUES (1000, 'new')", "customers");
        var before = await harness.PrepareWithoutRepairAsync();
        var done = await RunAsync(harness, "customers", []);
        Assert.Equal((1, 75, 225), (done.Created, done.Updated, done.Deleted));
        Assert.Equal(301, (await harness.ReadAsync(before.Head.Position)).Count);
    }

    [Fact]
    public async Task Run_OfAKeyOfManyColumns_ComparesFewerAtOnce()
    {
        const int Parts = 16;
        string[] key = [.. Enumerable.Range(1, Parts).Select(static part => $"k{part}")];
        await using var harness = new SqlServerChangeLogHarness(
            database.Get(), $"CREATE TABLE lots ({string.Join(", ", key.Select(static part => $"{part} int NOT NULL"))}, name nvarchar(100) NULL, PRIMARY KEY ({string.Join(", ", key)}))");
        var lots = harness.Define("lots", true, key);
        await harness.Log.PrepareAsync(new([lots]), Cancellation);
        var zeros = string.Concat(Enumerable.Repeat("0, ", Parts - 1));
        harness.Execute($"INSERT INTO lots VALUES {string.Join(", ", Enumerable.Range(0, 300).Select(n => $"({zeros}{n}, 'n')"))}");
        Unseen(harness, $"DELETE FROM lots WHERE k{Parts} % 2 = 0; UPDATE lots SET name = 'N' WHERE k{Parts} % 3 = 0", "lots");
        var done = await RunAsync(harness, lots, []);
        Assert.Equal((300, 0, 50, 150), (done.Rows, done.Created, done.Updated, done.Deleted));
    }

    [Fact]
    public async Task Run_WhileATransactionHoldsTheLogBack_KnowsWhatFollowsIt()
    {
        await using var harness = new SqlServerChangeLogHarness(database.Get(), settles: false);
        await harness.PrepareAsync();
        await using var open = await harness.ConnectAsync();
        await using var transaction = (SqlTransaction)await open.BeginTransactionAsync(Cancellation);
        await open.RunAsync(transaction, "INSERT INTO customers (id, name) VALUES (1, 'open')", Cancellation);
        harness.Execute("INSERT INTO orders (id, status, total) VALUES (1, 'a', 1)");
        Unseen(harness, "DELETE FROM orders");
        var done = await RunAsync(harness, "orders", []);
        Assert.Equal((0, 0, 1), (done.Created, done.Updated, done.Deleted));
        await transaction.RollbackAsync(Cancellation);
    }

    [Fact]
    public async Task Run_OfAResourceThatIsNotCaptured_SaysSo()
    {
        await using var harness = new SqlServerChangeLogHarness(database.Get());
        await harness.PrepareAsync("customers");
        var refusal = await Assert.ThrowsAsync<RealtimeApiStartException>(() => RunAsync(harness, "orders", []));
        Assert.Contains("migrate", refusal.Message, StringComparison.Ordinal);
    }

    private static void Unseen(SqlServerChangeLogHarness harness, string sql, string table = "orders")
    {
        harness.Execute($"DISABLE TRIGGER ALL ON {table}");
        harness.Execute(sql);
        harness.Execute($"ENABLE TRIGGER ALL ON {table}");
    }

    private static Task<ReconciliationProgress> RunAsync(SqlServerChangeLogHarness harness, string table, List<ReconciliationProgress> reports) =>
        RunAsync(harness, harness.Define(table), reports);

    private static Task<ReconciliationProgress> RunAsync(SqlServerChangeLogHarness harness, ResourceDefinition table, List<ReconciliationProgress> reports)
    {
        var reconciliation = new SqlServerReconciliation(harness.Connections, new(harness.Connections, TimeProvider.System), new(harness.Connections));
        return reconciliation.RunAsync(table, new Reports(reports), Cancellation);
    }

    private sealed class Reports(List<ReconciliationProgress> list) : IProgress<ReconciliationProgress>
    {
        public void Report(ReconciliationProgress value) => list.Add(value);
    }
}
