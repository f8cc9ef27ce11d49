using System.Net;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Rest;

public sealed class ConcurrencyTests : IAsyncLifetime
{
    private readonly TempDatabase database = new(
        """
        CREATE TABLE Orders (Id INTEGER PRIMARY KEY, Status TEXT, Total REAL);
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO Orders SELECT i, 'open', i FROM n;
        """);

    private TestServer server = null!;

    public async ValueTask InitializeAsync() => server = await TestServer.StartAsync(database.File);

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        database.Dispose();
    }

    /// <summary>Other programs write all the time; no reader is told so.</summary>
    [Fact]
    public async Task Reads_WhileOthersWrite_AllSucceed()
    {
        var writers = Enumerable.Range(0, 2).Select(writer => Task.Run(() =>
        {
            using var connection = database.Open();
            var random = new Random(writer);
            for (var i = 0; i < 200; i++)
            {
                using var command = connection.CreateCommand();
                command.CommandText = $"UPDATE Orders SET Total = Total + 1 WHERE Id BETWEEN {random.Next(500)} AND {random.Next(500)}";
                command.ExecuteNonQuery();
            }
        }, TestContext.Current.CancellationToken)).ToList();
        var readers = Enumerable.Range(0, 16).Select(reader => Task.Run(async () =>
        {
            var random = new Random(reader + 100);
            for (var i = 0; i < 40 || writers.Exists(writer => !writer.IsCompleted); i++)
            {
                var path = random.Next(3) == 0 ? $"/api/orders?$filter=total%20gt%20{random.Next(400)}&$top=20&$count=true" : $"/api/orders/{random.Next(1, 501)}";
                using var response = await server.SendAsync(path);
                Assert.True(response.StatusCode == HttpStatusCode.OK, await response.TextAsync());
            }
        }, TestContext.Current.CancellationToken));
        await Task.WhenAll([.. writers, .. readers]);
    }
}
