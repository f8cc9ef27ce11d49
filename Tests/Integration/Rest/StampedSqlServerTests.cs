using System.Net;
using RealtimeApi.Tests.Integration.Writing;
using RealtimeApi.Tests.TestSupport;
using RealtimeApi.Tests.TestSupport.SqlServer;
using Xunit;

namespace RealtimeApi.Tests.Integration.Rest;

/// <summary>A table with a <c>rowversion</c>, whose new value alone is no change in the log.</summary>
public sealed class StampedSqlServerTests
{
    private const string Script = """
        IF SERVERPROPERTY('Babelfish') = 1 EXEC sp_babelfish_configure 'escape_hatch_rowversion', 'ignore';
        GO
        CREATE TABLE Plain (Id int PRIMARY KEY, Name nvarchar(20));
        CREATE TABLE Stamped (Id int PRIMARY KEY, Name nvarchar(20), Stamp rowversion);
        INSERT INTO Plain VALUES (1, 'a');
        INSERT INTO Stamped (Id, Name) VALUES (1, 'a');
        """;

    [Fact]
    public async Task Item_WhoseRowversionAloneIsAnother_IsReadAndCanBeWritten()
    {
        await using var database = await TempSqlServerDatabase.CreateAsync(Script, TestContext.Current.CancellationToken);
        await using var server = await TestServer.StartAsync(
            database,
            static options =>
            {
                options.Resources.All = true;
                options.Resources["*"] = new() { Write = true };
            },
            CountingDatabase.Decorate);
        await WaitForMemoryAsync(server);
        using var first = await server.SendAsync("/api/stamped/1");
        database.Execute("UPDATE Stamped SET Name = Name");

        using var second = await server.SendAsync("/api/stamped/1");

        Assert.NotEqual(first.Header("ETag"), second.Header("ETag"));
        using var write = await server.PatchAsync("/api/stamped/1", """{"name":"b"}""", ("If-Match", second.Header("ETag")));
        Assert.Equal(HttpStatusCode.OK, write.StatusCode);
    }

    /// <summary>Completes when an item of another table is answered from memory, for which the feed must have come to rest.</summary>
    private static Task WaitForMemoryAsync(TestServer server)
    {
        var counted = (CountingDatabase)server.Services.GetService(typeof(CountingDatabase))!;
        return Until.TrueAsync(async () =>
        {
            var reads = counted.Reads;
            using var read = await server.SendAsync("/api/plain/1");
            return reads == counted.Reads;
        });
    }
}
