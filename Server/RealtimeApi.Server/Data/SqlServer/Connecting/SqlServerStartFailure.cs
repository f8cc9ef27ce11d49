using Microsoft.Data.SqlClient;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>Why a connection was not made, and the fix, from the error that SqlClient reports.</summary>
internal static class SqlServerStartFailure
{
    public static string Explain(int number, byte severity, string message, SqlConnectionStringBuilder connection)
    {
        var server = connection.DataSource;
        var database = connection.InitialCatalog;
        return number switch
        {
            4060 or 911 => $"The server {server} has no database {database}, or does not let this login into it. Name one that is there, or let the login in: USE {SqlServerName.Quote(database)}; "
                + $"CREATE USER {LoginOf(connection)} FOR LOGIN {LoginOf(connection)}",
            18456 or 18452 or 18450 or 18451 or 18470 or 18486 or 18487 or 18488 =>
                $"The server {server} refuses the login{(connection.UserID.Length > 0 ? $" '{connection.UserID}'" : "")}: {message.TrimEnd('.')}. Mend User Id and Password of the connection string; the server's own log says more.",
            40615 => $"The firewall of {server} keeps this machine out: {message}",
            229 or 230 or 262 or 297 or 300 or 916 => $"The login may not do what the server needs in the database {database}: {message.TrimEnd('.')}. Make it a member of the role realtime_server, or grant it this.",
            _ when IsCertificate(message) =>
                $"The certificate of the server {server} is not trusted by this machine ({message.TrimEnd('.')}). Install the certificate's authority here; only in a network that you trust, add "
                + "TrustServerCertificate=True to the connection string.",
            26 => $"The server {server} has no instance of this name, or its SQL Server Browser does not answer (UDP port 1434). Name its port instead: Server=host,1433.",
            _ when SqlServerErrors.Judge(number, severity, message) is SqlServerFault.Connection or SqlServerFault.TimedOut =>
                $"The server {server} does not answer: {message.TrimEnd('.')}. Look whether its name and port are right (Server=host,1433), it listens on TCP, and no firewall is between.",
            _ => $"The database {database} on {server} cannot be used: {message.TrimEnd('.')} (error {number}).",
        };
    }

    private static bool IsCertificate(string message) =>
        message.Contains("certificate", StringComparison.OrdinalIgnoreCase) || message.Contains("SSL Provider", StringComparison.Ordinal);

    private static string LoginOf(SqlConnectionStringBuilder connection) => connection.UserID.Length > 0 ? SqlServerName.Quote(connection.UserID) : "[…]";
}
