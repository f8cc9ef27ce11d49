using System.Net;
using RealtimeApi.Contracts;
using RealtimeApi.Tests.Integration.Rest;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Writing;

public sealed class WriteTests() : WriteSpecification(TestDatabaseKind.Sqlite)
{
    /// <summary>SQLite numbers a key and takes one, too.</summary>
    [Fact]
    public async Task Post_OfANumberedKeyThatIsThere_IsAConflict()
    {
        using var response = await Server.PostAsync("/api/orders", """{"id":1}""");
        var problem = await response.AssertProblemAsync(HttpStatusCode.Conflict, ProblemCodes.Conflict);
        Assert.Contains("'id'", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    /// <summary>Even where the database holds what could not be written.</summary>
    [Fact]
    public async Task Put_OfWhatGetGave_ChangesNothing()
    {
        Database.Execute(
            """
            INSERT INTO Types VALUES (1, 9007199254740993, 12345678901234.56, 9e999, 1, '2026-01-02', '11:06:26', '2026-01-02 03:04:05', '0B1C5F4E-6C3A-4F0E-9D3B-2F6A1E5C7D80', x'00FF', 'a', 'b');
            INSERT INTO Types VALUES (2, 'not a number', 'x', 'y', 7, 'someday', 'noon', 20260102, 'no guid', x'0102030405', 5, x'00');
            INSERT INTO Types VALUES (3, 1.5, 1e300, -0.0, 1.5, 3, 1.5, '2026-01-02T03:04:05+02:00', 1, 'text', x'FF', 9007199254740993);
            INSERT INTO Types VALUES (4, NULL, 0.1234567, NULL, NULL, NULL, NULL, NULL, NULL, NULL, CAST(x'EDA080' AS TEXT) || char(0) || 'x', NULL);
            """);
        Database.Execute("UPDATE Orders SET Status = 'far too long for the column'");
        await AssertPutOfWhatGetGaveChangesNothingAsync(
            "/api/types/1", "/api/types/2", "/api/types/3", "/api/types/4", "/api/orders/1", "/api/customers/alfki", "/api/lines/1,a%2Cb");
    }
}
