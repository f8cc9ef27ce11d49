using System.Runtime.InteropServices;

namespace RealtimeApi.Hosting.Startup;

/// <summary>Lets the host start on a Linux without ICU, the library that .NET takes the rules of languages from.</summary>
/// <remarks>
/// Nothing on the wire depends on them, so that the SQLite default needs no more than .NET. But the client library of SQL Server refuses to connect in .NET's
/// invariant mode, so that mode (the project's InvariantGlobalization) cannot be the rule either: it is chosen, before anything has asked for it, where ICU is not there. (A start without ICU and
/// without that mode is ended by the runtime.)
/// </remarks>
internal static class GlobalizationData
{
    private const string Invariant = "System.Globalization.Invariant";

    /// <summary>The names under which the runtime itself looks for ICU, by the library's major version.</summary>
    private const int OldestVersion = 50;
    private const int NewestVersion = 130;

    private static readonly string[] libraries = ["libicuuc.so.", "libicui18n.so."];

    /// <summary>Chooses; to be called before anything else, because the first use of a culture settles it.</summary>
    public static void Choose()
    {
        if (OperatingSystem.IsLinux() && !AppContext.TryGetSwitch(Invariant, out _) && !IsSaidOtherwise() && !IsThere())
            AppContext.SetSwitch(Invariant, true);
    }

    // Whoever says where ICU is, or that none is wanted, is obeyed by the runtime.
    private static bool IsSaidOtherwise() =>
        Environment.GetEnvironmentVariable("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT") is not null
        || Environment.GetEnvironmentVariable("DOTNET_SYSTEM_GLOBALIZATION_APPLOCALICU") is not null
        || Environment.GetEnvironmentVariable("DOTNET_ICU_VERSION_OVERRIDE") is not null
        || Environment.GetEnvironmentVariable("CLR_ICU_VERSION_OVERRIDE") is not null;

    private static bool IsThere()
    {
        for (var version = NewestVersion; version >= OldestVersion; version--)
        {
            if (Array.TrueForAll(libraries, library => NativeLibrary.TryLoad(library + version.ToString((IFormatProvider?)null), out _)))
                return true;
        }

        return false;
    }
}
