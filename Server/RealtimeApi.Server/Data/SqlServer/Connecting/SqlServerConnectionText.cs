using System.Globalization;
using Microsoft.Data.SqlClient;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>Finds what is wrong with a connection string before anything connects, in words for the person who wrote it.</summary>
internal static class SqlServerConnectionText
{
    private const string Example = "e.g. \"Server=db.example;Database=Shop;User Id=realtime;Password=…\"";

    /// <summary>Whether it is one of SQL Server's, whatever it lacks.</summary>
    public static bool CanRead(string connectionString) => TryRead(connectionString, out _) is null;

    /// <summary>Every mistake, each as the end of a sentence whose subject is the connection string.</summary>
    public static IEnumerable<string> FindMistakes(string connectionString) =>
        TryRead(connectionString, out var builder) is { } error ? [Explain(error)] : FindMistakes(builder);

    /// <summary>What works and should not be left so: sentences.</summary>
    public static IEnumerable<string> FindWarnings(SqlConnectionStringBuilder builder)
    {
        if (builder.Encrypt == SqlConnectionEncryptOption.Optional)
            yield return "The connection string says Encrypt=False (or Optional): rows and, with some logins, passwords cross the network readable. Leave Encrypt out: the default encrypts.";
        else if (builder.TrustServerCertificate && !IsLocal(builder.DataSource))
            yield return "The connection string says TrustServerCertificate=True: the server's certificate is not checked, so that another machine could pass for the server. "
                + "Install the certificate's authority on this machine and leave it out.";
    }

    private static IEnumerable<string> FindMistakes(SqlConnectionStringBuilder builder)
    {
        if (builder.DataSource.Length == 0)
            yield return $"names no server; add Server, {Example}.";
        if (builder.InitialCatalog.Length == 0)
            yield return $"names no database; add Database, {Example}.";
        var authentication = builder.Authentication;
        if (authentication is SqlAuthenticationMethod.NotSpecified or SqlAuthenticationMethod.SqlPassword && !builder.IntegratedSecurity && builder.UserID.Length == 0)
        {
            yield return "names no login; add User Id and Password, or Authentication=Active Directory Default (Azure), or Integrated Security=True "
                + "(on Linux with a Kerberos ticket).";
        }

        if (authentication is not (SqlAuthenticationMethod.NotSpecified or SqlAuthenticationMethod.SqlPassword) && SqlAuthenticationProvider.GetProvider(authentication) is null)
        {
            yield return $"asks for Authentication={builder["Authentication"]}, for which this program has no provider; add the package Microsoft.Data.SqlClient.Extensions.Azure "
                + "to it, or use User Id and Password.";
        }

        if (builder.ApplicationIntent == ApplicationIntent.ReadOnly)
            yield return "asks for a read-only replica (ApplicationIntent=ReadOnly), whose log lags and cannot be written; leave it out.";
    }

    /// <summary>Reads it, or gives what is wrong with it.</summary>
    private static Exception? TryRead(string connectionString, out SqlConnectionStringBuilder builder)
    {
        try
        {
            builder = new(connectionString);
            return null;
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            builder = new();
            return e;
        }
    }

    // SqlClient's messages name the keyword ("Keyword not supported: 'foo'.") or the value that it cannot read.
    private static string Explain(Exception error) =>
        error.Message.Split('\'') is [_, var keyword, ..] && error.Message.StartsWith("Keyword not supported", StringComparison.Ordinal)
            ? string.Create(CultureInfo.InvariantCulture, $"has '{keyword}', which SQL Server's client library does not know; write {Example}.")
            : $"cannot be read: {error.Message}";

    private static bool IsLocal(string server)
    {
        var name = server.Split(',', '\\')[0].Replace("tcp:", "", StringComparison.OrdinalIgnoreCase).Trim();
        return name is "." or "(local)" or "localhost" or "127.0.0.1" or "::1" || name.StartsWith("(localdb)", StringComparison.OrdinalIgnoreCase);
    }
}
