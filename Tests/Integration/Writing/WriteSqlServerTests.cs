using System.Net;
using RealtimeApi.Contracts;
using RealtimeApi.Tests.Integration.Rest;
using RealtimeApi.Tests.TestSupport;
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
        await AssertPutOfWhatGetGaveChangesNothingAsync(
            "SELECT MAX(CAST([Position] AS bigint)) FROM [realtime].[ChangeLog]",
            "/api/types/1", "/api/types/2", "/api/types/3", "/api/orders/1", "/api/customers/alfki", "/api/lines/1,a%2Cb");
    }

    /// <summary>An identity column is the database's alone.</summary>
    [Fact]
    public async Task Post_WithAnIdentity_IsRefused()
    {
        using var response = await Server.PostAsync("/api/orders", """{"id":77}""");
        Assert.Equal(["id"], await response.FaultsAsync());
    }

    [Theory]
    [InlineData("POST", "/api/customers", """{"code":"NEW","name":"x","email":"alfred@example.org"}""", "Another item has the same 'email', which must be unique.")]
    [InlineData("PUT", "/api/customers/BERGS", """{"name":"x","email":"alfred@example.org"}""", "Another item has the same 'email', which must be unique.")]
    [InlineData("POST", "/api/orders", """{"customer":"NOBODY"}""", null)]
    [InlineData("PUT", "/api/orders/1", """{"customer":"NOBODY"}""", null)]
    [InlineData("DELETE", "/api/customers/ALFKI", "", "Other rows refer to this item.")]
    [InlineData("POST", "/api/orders", """{"quantity":0}""", "The values do not satisfy the database's check 'enough'.")]
    [InlineData("POST", "/api/guarded", """{"level":10}""", "The database refuses the write: Levels end at 9.")]
    [InlineData("POST", "/api/guarded", """{"level":5}""", "Nothing was written: a trigger of the database removes the item, or changes its key, as soon as it is written.")]
    public async Task Write_AgainstAConstraint_IsAConflict(string method, string path, string body, string? detail)
    {
        var before = Database.Execute("SELECT MAX(CAST([Position] AS bigint)) FROM [realtime].[ChangeLog]");
        using var response = await Server.WriteAsync(new(method), path, body, "application/json");
        var problem = await response.AssertProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
        if (detail is not null)
            Assert.Equal(detail, problem.GetProperty("detail").GetString());
        Assert.Equal(before, Database.Execute("SELECT MAX(CAST([Position] AS bigint)) FROM [realtime].[ChangeLog]"));
        using var next = await Server.PostAsync("/api/notes", """{"text":"goes on"}""");
        Assert.Equal(HttpStatusCode.Created, next.StatusCode);
    }

    [Fact]
    public async Task Write_ThatATriggerChanges_ShowsTheEnd()
    {
        using var response = await Server.PostAsync("/api/guarded", """{"level":1}""");
        Assert.Equal(2, (await response.ItemAsync(HttpStatusCode.Created)).GetProperty("level").GetInt32());
    }
}
