using Microsoft.Data.SqlClient;
using Xunit;

namespace RealtimeApi.Tests.TestSupport.SqlServer;

/// <summary>The server that tests run on, where the environment names one; its login may create databases.</summary>
public static class TestSqlServer
{
    /// <summary>A connection string without a database, e.g. <c>Server=127.0.0.1,1433;User Id=sa;Password=…;TrustServerCertificate=True</c>.</summary>
    public const string Variable = "REALTIMEAPI_TEST_SQLSERVER";

    /// <summary>Why tests are skipped without one.</summary>
    public const string Missing = $"No SQL Server: set {Variable} to the connection string of one whose login may create databases.";

    /// <summary>Whether there is one; for <c>SkipUnless</c>.</summary>
    public static bool IsAvailable => ConnectionString is not null;

    /// <summary>The connection string, or null.</summary>
    public static string? ConnectionString { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } text ? text : null;

    /// <summary>Skips the test that calls it where there is no server.</summary>
    /// <returns>The connection string.</returns>
    public static SqlConnectionStringBuilder Require()
    {
        Assert.SkipUnless(IsAvailable, Missing);
        // Tests judge what happens, not how fast; the server may share a small machine with them.
        return new(ConnectionString) { ConnectTimeout = 60, CommandTimeout = 120 };
    }
}
