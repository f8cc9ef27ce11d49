using System.Globalization;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>Whether this process can connect at all: SqlClient refuses to in .NET's globalization-invariant mode.</summary>
internal static class SqlServerGlobalization
{
    /// <summary>Said where it cannot.</summary>
    public const string Fix =
        "SQL Server's client library needs .NET's globalization data, and this process runs without. Install ICU (Debian and Ubuntu: libicu followed by its version, "
        + "e.g. apt install libicu-dev; Alpine: apk add icu-libs), leave the environment variable DOTNET_SYSTEM_GLOBALIZATION_INVARIANT unset, and InvariantGlobalization out of the project.";

    /// <summary>Whether it is missing.</summary>
    public static bool IsMissing { get; } = Detect();

    private static bool Detect()
    {
        try
        {
            return CultureInfo.GetCultureInfo("en-US").EnglishName.Contains("Invariant", StringComparison.Ordinal);
        }
        catch (CultureNotFoundException)
        {
            return true;
        }
    }
}
