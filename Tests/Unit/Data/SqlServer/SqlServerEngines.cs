using RealtimeApi.Server.Data.SqlServer;

namespace RealtimeApi.Tests.Unit.Data.SqlServer;

/// <summary>Engines without a server.</summary>
internal static class SqlServerEngines
{
    public static readonly SqlServerEngine SqlServer = Of(isBabelfish: false);

    public static readonly SqlServerEngine Babelfish = Of(isBabelfish: true);

    private static SqlServerEngine Of(bool isBabelfish) => new()
    {
        IsBabelfish = isBabelfish,
        IsAzure = false,
        Version = new(14, 0),
        Database = "d",
        CompatibilityLevel = 140,
        SnapshotIsolation = true,
        ReadCommittedSnapshot = true,
    };
}
