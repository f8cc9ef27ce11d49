using Microsoft.Data.SqlClient;
using RealtimeApi.Server.Data.SqlServer;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.SqlServer;

public sealed class SqlServerConnectionTextTests
{
    [Theory]
    [InlineData("Database=d;User Id=u;Password=p", "names no server")]
    [InlineData("Server=s;User Id=u;Password=p", "names no database")]
    [InlineData("Server=s;Database=d", "names no login")]
    [InlineData("Server=s;Database=d;User Id=u;Password=p;Colour=red", "has 'colour', which SQL Server's client library does not know")]
    [InlineData("Server=s;Database=d;User Id=u;Password=p;Command Timeout=soon", "cannot be read")]
    [InlineData("Server=s;Database=d;Authentication=Active Directory Default", "asks for Authentication=ActiveDirectoryDefault, for which this program has no provider")]
    [InlineData("Server=s;Database=d;User Id=u;Password=p;ApplicationIntent=ReadOnly", "asks for a read-only replica")]
    public void FindMistakes_ConnectionStringThatCannotWork_SaysWhy(string connectionString, string start) =>
        Assert.StartsWith(start, Assert.Single(SqlServerConnectionText.FindMistakes(connectionString)), StringComparison.OrdinalIgnoreCase);

    [Theory]
    [InlineData("Server=s;Database=d;User Id=u;Password=p")]
    [InlineData("Data Source=tcp:s,1433;Initial Catalog=d;Integrated Security=True")]
    public void FindMistakes_ConnectionStringThatCanWork_FindsNone(string connectionString) => Assert.Empty(SqlServerConnectionText.FindMistakes(connectionString));

    [Theory]
    [InlineData("Server=s;Encrypt=False", "Encrypt=False")]
    [InlineData("Server=s;Encrypt=Optional", "Encrypt=False")]
    [InlineData("Server=s;TrustServerCertificate=True", "TrustServerCertificate=True")]
    public void FindWarnings_Unsafe_NamesIt(string connectionString, string named) =>
        Assert.Contains(named, Assert.Single(SqlServerConnectionText.FindWarnings(new SqlConnectionStringBuilder(connectionString))), StringComparison.Ordinal);

    [Theory]
    [InlineData("Server=s")]
    [InlineData("Server=s;Encrypt=Strict")]
    [InlineData("Server=127.0.0.1,1433;TrustServerCertificate=True")]
    [InlineData("Server=tcp:localhost;TrustServerCertificate=True")]
    public void FindWarnings_Safe_FindsNone(string connectionString) =>
        Assert.Empty(SqlServerConnectionText.FindWarnings(new SqlConnectionStringBuilder(connectionString)));
}
