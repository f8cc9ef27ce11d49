using RealtimeApi.Server.Data.SqlServer;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.SqlServer;

public sealed class SqlServerStartFailureTests
{
    [Theory]
    [InlineData(4060, "Cannot open database", "USE [Shop]; CREATE USER [realtime] FOR LOGIN [realtime]")]
    [InlineData(18456, "Login failed for user 'realtime'.", "refuses the login 'realtime'")]
    [InlineData(10061, "A network-related error", "db.example does not answer")]
    [InlineData(-2, "Connection Timeout Expired.", "db.example does not answer")]
    [InlineData(-2146893019, "A connection was established, but the certificate chain was issued by an authority that is not trusted.", "TrustServerCertificate=True")]
    [InlineData(26, "Error Locating Server/Instance Specified", "Server=host,1433")]
    [InlineData(229, "The SELECT permission was denied on the object 'Log'", "realtime_server")]
    [InlineData(50000, "Out of ideas.", "Out of ideas (error 50000)")]
    public void Explain_ErrorOfTheServer_NamesTheFix(int number, string message, string named) =>
        Assert.Contains(named, SqlServerStartFailure.Explain(number, severity: 16, message, new("Server=db.example;Database=Shop;User Id=realtime;Password=secret")), StringComparison.Ordinal);

    [Fact]
    public void Explain_Anything_NeverTellsThePassword() =>
        Assert.DoesNotContain("secret", SqlServerStartFailure.Explain(1, severity: 16, "x", new("Server=db.example;Database=Shop;User Id=realtime;Password=secret")), StringComparison.Ordinal);
}
