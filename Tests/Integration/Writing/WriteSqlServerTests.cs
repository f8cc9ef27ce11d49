using System.Net;
using RealtimeApi.Tests.Integration.Rest;
using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.TestSupport.SqlServer;
using Xunit;

namespace RealtimeApi.Tests.Integration.Writing;

public sealed class WriteSqlServerTests() : WriteSpecification(TestDatabaseKind.SqlServer)
{
    [Fact]
    public async Task Put_OfWhatGetGave_ChangesNothing()
    {
        Database.Execute(
            """
            INSERT INTO Types VALUES
                (9007199254740993, 12345678901234.56, 0.1, 1, '2026-01-02', '11:06:26.1234567', '2026-01-02 03:04:05.1234567', '0B1C5F4E-6C3A-4F0E-9D3B-2F6A1E5C7D80', 0x00FF, N'a'),
                (-1, -0.0001, -1e-300, 0, '0001-01-01', '00:00', '9999-12-31 23:59:59.9999999', NULL, 0x, N' trailing  '),
                (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
            """);
        await AssertPutOfWhatGetGaveChangesNothingAsync("/api/types/1", "/api/types/2", "/api/types/3", "/api/orders/1", "/api/customers/alfki", "/api/lines/1,a%2Cb");
    }

    /// <summary>The answers of writes have a table of their own, and are kept where nothing is watched.</summary>
    [Fact]
    public async Task Post_WithAnIdempotencyKeyWhereNothingIsWatched_IsDoneOnce()
    {
        await using var database = await TempSqlServerDatabase.CreateAsync("CREATE TABLE Notes (Id int IDENTITY PRIMARY KEY, Text nvarchar(20))", TestContext.Current.CancellationToken);
        await using var server = await TestServer.StartAsync(database, static options => (options.Resources["*"].Watch, options.Resources["*"].Write) = (false, true));
        for (var i = 0; i < 2; i++)
        {
            using var response = await server.PostAsync("/api/notes", """{"text":"once"}""", ("Idempotency-Key", "k"));
            await response.ItemAsync(HttpStatusCode.Created);
        }

        Assert.Equal(1L, database.Execute("SELECT COUNT(*) FROM Notes"));
        Assert.Equal(0L, database.Execute("SELECT COUNT(*) FROM [realtime].[Capture]"));
    }

    /// <summary>An identity column is the database's alone.</summary>
    [Fact]
    public async Task Post_WithAnIdentity_IsRefused()
    {
        using var response = await Server.PostAsync("/api/orders", """{"id":77}""");
        Assert.Equal(["id"], await response.FaultsAsync());
    }
}
