using RealtimeApi.Server.DependencyInjection;

namespace RealtimeApi.Server.Data;

/// <summary>The names of the kinds of databases, as <see cref="DatabaseOptions.Provider"/> has them.</summary>
internal static class DatabaseProviders
{
    public const string Sqlite = "Sqlite";

    public const string SqlServer = "SqlServer";

    public static bool IsSqlite(this DatabaseOptions options) => string.Equals(options.Provider, Sqlite, StringComparison.OrdinalIgnoreCase);

    public static bool IsSqlServer(this DatabaseOptions options) => string.Equals(options.Provider, SqlServer, StringComparison.OrdinalIgnoreCase);
}
